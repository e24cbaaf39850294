import { untrack } from 'svelte';
import { devicePixelRatio } from 'svelte/reactivity/window';
import type { Palette } from '../../canvas/palette.ts';
import { Pen } from '../../canvas/pen.ts';

/** The size of a plot in CSS and device pixels, and the canvas drawn on by the page. */
export class PlotSurface {
  /** The box the plot may fill. */
  #boxWidthPx = $state(0);
  #boxHeightPx = $state(0);
  readonly ratio = $derived(devicePixelRatio.current ?? 1);
  readonly widthDevicePx = $derived(Math.floor(this.#boxWidthPx * this.ratio));
  readonly heightDevicePx = $derived(Math.floor(this.#boxHeightPx * this.ratio));
  /** What canvases are sized to: whole device pixels, so that nothing is resampled. */
  readonly widthPx = $derived(this.widthDevicePx / this.ratio);
  readonly heightPx = $derived(this.heightDevicePx / this.ratio);
  #context: CanvasRenderingContext2D | undefined;

  /** Watches the box of the plot. For `{@attach}`. */
  readonly watch = (box: HTMLElement): (() => void) => {
    const observer = new ResizeObserver(([entry]) => {
      this.#boxWidthPx = entry?.contentRect.width ?? 0;
      this.#boxHeightPx = entry?.contentRect.height ?? 0;
    });
    untrack(() => {
      const { width, height } = box.getBoundingClientRect();
      this.#boxWidthPx = width;
      this.#boxHeightPx = height;
    });
    observer.observe(box);
    return () => observer.disconnect();
  };

  /** Takes the canvas of the overlay. For `{@attach}`. */
  readonly overlay = (canvas: HTMLCanvasElement): void => {
    this.#context = canvas.getContext('2d') ?? undefined;
  };

  /** A pen on an emptied overlay; undefined while there is nothing to draw on. */
  pen(palette: Palette): Pen | undefined {
    const context = this.#context;
    const { widthDevicePx, heightDevicePx, ratio } = this;
    if (!context || widthDevicePx < 1 || heightDevicePx < 1) return undefined;
    const { canvas } = context;
    if (canvas.width !== widthDevicePx) canvas.width = widthDevicePx;
    if (canvas.height !== heightDevicePx) canvas.height = heightDevicePx;
    const pen = new Pen(
      context,
      { ratio, widthPx: this.widthPx, heightPx: this.heightPx },
      palette,
    );
    pen.start();
    return pen;
  }
}

/** Runs `paint` in the next frame; calls before it has run are merged, the latest wins. */
export class FramePace {
  #paint: (() => void) | undefined;
  #handle: number | undefined;

  next(paint: () => void): void {
    this.#paint = paint;
    this.#handle ??= requestAnimationFrame(() => {
      this.#handle = undefined;
      this.#paint?.();
    });
  }

  stop(): void {
    if (this.#handle !== undefined) cancelAnimationFrame(this.#handle);
    this.#handle = undefined;
    this.#paint = undefined;
  }
}
