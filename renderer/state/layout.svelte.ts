import type { Settings } from './settings.svelte.ts';

interface Sizes {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly zoomShare: number;
  readonly leftOpen: boolean;
  readonly rightOpen: boolean;
}

export const LEFT_RANGE_PX = [200, 560] as const;
export const RIGHT_RANGE_PX = [232, 560] as const;
export const ZOOM_RANGE = [0.15, 0.75] as const;
/** Of the traces, until somebody moves the divider. */
export const USUAL_ZOOM_SHARE = 0.4;

const within = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value));

/** Widths of the panels and the share of the zoom, remembered. Undefined sizes follow the window. */
export class Layout {
  leftPx = $state<number | undefined>(undefined);
  rightPx = $state<number | undefined>(undefined);
  zoomShare = $state<number>(USUAL_ZOOM_SHARE);
  leftOpen = $state(true);
  rightOpen = $state(true);
  /** Width of the zoom's plot as drawn, for moves by a pixel; set by the page. */
  zoomWidthPx = $state(800);
  readonly #settings: Settings;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  restore(): void {
    const saved = (this.#settings.rest['layout'] ?? {}) as Partial<Sizes>;
    if (typeof saved.leftPx === 'number') this.leftPx = within(saved.leftPx, LEFT_RANGE_PX);
    if (typeof saved.rightPx === 'number') this.rightPx = within(saved.rightPx, RIGHT_RANGE_PX);
    if (typeof saved.zoomShare === 'number') this.zoomShare = within(saved.zoomShare, ZOOM_RANGE);
    if (typeof saved.leftOpen === 'boolean') this.leftOpen = saved.leftOpen;
    if (typeof saved.rightOpen === 'boolean') this.rightOpen = saved.rightOpen;
  }

  setLeft(px: number): void {
    this.leftPx = within(px, LEFT_RANGE_PX);
    this.#saveSoon();
  }

  setRight(px: number): void {
    this.rightPx = within(px, RIGHT_RANGE_PX);
    this.#saveSoon();
  }

  setZoomShare(share: number): void {
    this.zoomShare = within(share, ZOOM_RANGE);
    this.#saveSoon();
  }

  toggle(side: 'left' | 'right'): void {
    if (side === 'left') this.leftOpen = !this.leftOpen;
    else this.rightOpen = !this.rightOpen;
    this.#save();
  }

  reset(): void {
    this.leftPx = undefined;
    this.rightPx = undefined;
    this.zoomShare = USUAL_ZOOM_SHARE;
    this.leftOpen = true;
    this.rightOpen = true;
    this.#save();
  }

  /** Saves what a drag has not saved yet; for a page that goes away. */
  flush(): void {
    if (this.#timer !== undefined) this.#save();
  }

  /** A drag ends in one save. */
  #saveSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), 300);
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { leftPx, rightPx, zoomShare, leftOpen, rightOpen } = this;
    this.#settings.save('layout', { leftPx, rightPx, zoomShare, leftOpen, rightOpen });
  }
}
