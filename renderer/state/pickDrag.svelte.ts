import { type EpochNs, secondsBetween } from '../../src/base/time.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import type { App } from './app.svelte.ts';

/** A pick under the hand: an old one being moved or a new one being set. Nothing of it is stored yet. */
export interface LivePick {
  /** Undefined for a new pick. */
  readonly pick: Pick | undefined;
  readonly streamKey: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly lowerS: number | undefined;
  readonly upperS: number | undefined;
  /** Whether the hand has gone far enough to mean it. */
  readonly meant: boolean;
}

/** Below this many pixels a press is a click. */
export const CLICK_PX = 3;
/** A drag must be this clearly vertical to widen the uncertainty. */
const VERTICAL_FROM_PX = 6;

export interface DragTo {
  readonly dxPx: number;
  readonly dyPx: number;
  /** The sample under the pointer. */
  readonly time: EpochNs;
  readonly secondsPerPx: number;
  /** Shift: only the side the hand goes to, up for later. */
  readonly oneSide: boolean;
}

/** Moves and makes picks by hand, shared by the zoom and the list. */
export class PickDrag {
  live = $state.raw<LivePick | undefined>(undefined);
  #axis: 'undecided' | 'time' | 'uncertainty' = 'undecided';
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Difference to where the pick was, in seconds. */
  readonly shiftS = $derived(
    this.live?.pick ? secondsBetween(this.live.pick.time, this.live.time) : undefined,
  );

  grab(pick: Pick, streamKey: string): void {
    this.#axis = 'undecided';
    const { phase, time, lowerUncertaintyS: lowerS, upperUncertaintyS: upperS } = pick;
    this.live = { pick, streamKey, phase, time, lowerS, upperS, meant: false };
  }

  place(streamKey: string, phase: string, time: EpochNs): void {
    this.#axis = 'undecided';
    const live = { pick: undefined, streamKey, phase, time, lowerS: undefined, upperS: undefined };
    this.live = { ...live, meant: true };
  }

  to(drag: DragTo): void {
    const { live } = this;
    if (!live) return;
    const { dxPx, dyPx, time } = drag;
    const meant = live.meant || Math.hypot(dxPx, dyPx) >= CLICK_PX;
    if (
      this.#axis === 'undecided' &&
      Math.abs(dyPx) >= VERTICAL_FROM_PX &&
      Math.abs(dyPx) > 1.5 * Math.abs(dxPx)
    ) {
      // prettier-ignore
      this.#axis = 'uncertainty';
    } else if (this.#axis === 'undecided' && Math.abs(dxPx) >= CLICK_PX) this.#axis = 'time';
    if (this.#axis === 'time') this.live = { ...live, time, meant };
    else if (this.#axis === 'uncertainty')
      this.live = { ...live, ...this.#widened(live, drag), meant };
  }

  #widened(live: LivePick, drag: DragTo): Partial<LivePick> {
    const wideS = (Math.abs(drag.dyPx) - VERTICAL_FROM_PX) * drag.secondsPerPx;
    const s = Math.max(0, wideS);
    if (!drag.oneSide) return { lowerS: s, upperS: s };
    const before = live.pick;
    return drag.dyPx < 0
      ? { lowerS: before?.lowerUncertaintyS, upperS: s }
      : { lowerS: s, upperS: before?.upperUncertaintyS };
  }

  /** `Esc`: everything is as before the press. */
  cancel(): void {
    this.live = undefined;
  }

  /** Stores what the hand has done; nothing below 3 px. True when something was stored. */
  release(): boolean {
    const { live } = this;
    this.live = undefined;
    if (!live?.meant || this.#app.readOnly) return false;
    const { pick, time, lowerS, upperS } = live;
    if (pick) {
      const same =
        pick.time === time &&
        pick.lowerUncertaintyS === lowerS &&
        pick.upperUncertaintyS === upperS;
      if (same) return false;
      this.#store(pick, live);
    } else this.#make(live);
    return true;
  }

  #store(pick: Pick, { time, lowerS, upperS }: LivePick): void {
    const filter = this.#app.filter.inForce;
    const widened = pick.lowerUncertaintyS !== lowerS || pick.upperUncertaintyS !== upperS;
    const change = widened
      ? { time, filter, lowerUncertaintyS: lowerS, upperUncertaintyS: upperS }
      : { time, filter };
    void this.#app.act(() => this.#app.picks.change([pick.id], change));
  }

  #make({ streamKey, phase, time, lowerS, upperS }: LivePick): void {
    void this.#app.act(async () => {
      const id = await this.#app.picks.add({
        stream: parseNslc(streamKey),
        time,
        lowerUncertaintyS: lowerS,
        upperUncertaintyS: upperS,
        phase,
        polarity: undefined,
        onset: undefined,
        weight: undefined,
        probability: undefined,
        filter: this.#app.filter.inForce,
      });
      if (id !== undefined) this.#app.selection.currentPickId = id;
    });
  }
}
