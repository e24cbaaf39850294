// The day of all stations: what is painted, and what a hand does.

import { type EpochNs, epochNs } from '../../../src/base/time.ts';
import { isKept } from '../../../src/domain/event/candidates.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { paintTimeAxis } from '../../canvas/axes/paintAxis.ts';
import {
  dayColumns,
  type DayInk,
  dayPeaks,
  paintDayColumns,
} from '../../canvas/overlays/dayStrip.ts';
import { type Palette, toPixel, withAlpha } from '../../canvas/palette.ts';
import type { Pen } from '../../canvas/pen.ts';
import type { App } from '../../state/app.svelte.ts';
import { CHANGE_KINDS } from '../../state/tuningChanges.ts';
import { xOfTime } from '../traces/plotMath.ts';
import { PlotSurface } from '../traces/plotSurface.svelte.ts';

export const CHANGES_PX = 22;
export const AXIS_PX = 20;
const LEAST_HANDLE_PX = 9;

export class DayPanel {
  readonly surface = new PlotSurface();
  /** Hours shown; undefined: all data. */
  hours = $state<number | undefined>(undefined);
  #context: CanvasRenderingContext2D | undefined;
  #image: ImageData | undefined;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** What is shown: all data, or so many hours around the detail. */
  readonly window = $derived.by((): TimeWindow => {
    const { dataSpan, zoom, window } = this.#app.timeline;
    const span = dataSpan ?? window;
    if (this.hours === undefined) return span;
    const lengthNs = BigInt(this.hours) * 3_600_000_000_000n;
    if (lengthNs >= span.endNs - span.startNs) return span;
    // On a grid of quarters, so that it stands still while the detail moves a little.
    const step = lengthNs / 4n;
    const middle = (zoom.startNs + zoom.endNs) / 2n - span.startNs;
    const wanted = span.startNs + (middle / step) * step - lengthNs / 2n;
    const latest = span.endNs - lengthNs;
    const startNs = wanted < span.startNs ? span.startNs : wanted > latest ? latest : wanted;
    return { startNs: epochNs(startNs), endNs: epochNs(startNs + lengthNs) };
  });

  readonly picksPx = $derived(Math.max(0, this.surface.heightPx - CHANGES_PX - AXIS_PX));

  /** Takes the canvas of the picks. */
  readonly attach = (canvas: HTMLCanvasElement): void => {
    this.#context = canvas.getContext('2d') ?? undefined;
  };

  /** Stays while a threshold is dragged. */
  readonly #peaks = $derived.by(() => {
    const { table } = this.#app.tuning;
    const { widthDevicePx: widthPx } = this.surface;
    if (!table || widthPx < 1) return undefined;
    const { startNs, endNs } = this.window;
    const [fromNs, toNs] = [startNs, endNs].map((time) => Number(time - table.originNs));
    return dayPeaks(table, { fromNs: fromNs ?? 0, toNs: toNs ?? 1, widthPx });
  });

  /** What is painted in each column; follows a slider from frame to frame. */
  readonly columns = $derived.by(() => {
    const { picks } = this.#app.tuning;
    return picks && this.#peaks && dayColumns(this.#peaks, picks.limits);
  });

  paintPicks(palette: Palette): void {
    const { columns, surface } = this;
    const context = this.#context;
    const width = surface.widthDevicePx;
    const height = Math.floor(this.picksPx * surface.ratio);
    if (!context || !columns || width < 1 || height < 1) return;
    const { canvas } = context;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== surface.heightDevicePx) canvas.height = surface.heightDevicePx;
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = context.createImageData(width, height);
    }
    const pixels = new Uint32Array(this.#image.data.buffer);
    paintDayColumns(pixels, { width, height }, columns, inkOf(palette));
    context.putImageData(this.#image, 0, 0);
  }

  paintOver(pen: Pen): void {
    const { palette } = pen;
    const top = this.picksPx;
    const { window } = this;
    pen.horizontal(0, pen.widthPx, top, palette.border);
    this.#paintChanges(pen, top + CHANGES_PX / 2);
    pen.horizontal(0, pen.widthPx, top + CHANGES_PX, palette.border);
    paintTimeAxis(pen, window, { top: top + CHANGES_PX });
    const [left, right] = this.#handle(pen.widthPx);
    pen.rect(left, 0, right - left, top + CHANGES_PX, withAlpha(palette.ink, 0.12));
    pen.vertical(left, 0, top + CHANGES_PX, palette['text-2']);
    pen.vertical(right, 0, top + CHANGES_PX, palette['text-2']);
  }

  #handle(widthPx: number): [number, number] {
    const { zoom } = this.#app.timeline;
    const x = [zoom.startNs, zoom.endNs].map((time) => xOfTime(this.window, widthPx, time));
    const [left = 0, right = 0] = x;
    const short = Math.max(0, LEAST_HANDLE_PX - (right - left)) / 2;
    return [left - short, right + short];
  }

  /** Gained up, lost down, moved across: one mark a column of pixels. */
  #paintChanges(pen: Pen, middle: number): void {
    const { tuning } = this.#app;
    const { basePicks, picks, diff } = tuning;
    pen.horizontal(0, pen.widthPx, middle, pen.palette.border);
    if (!basePicks || !picks || !diff) return;
    const reach = { gained: [middle - 8, middle], lost: [middle + 1, middle + 9], moved: [middle - 3, middle + 4] }; // prettier-ignore
    const { startNs, endNs } = this.window;
    const lengthNs = Number(endNs - startNs);
    for (const kind of CHANGE_KINDS) {
      const [from = 0, to = 0] = reach[kind];
      const { offsetsNs, originNs } = (kind === 'lost' ? basePicks : picks).table;
      const shift = Number(originNs - startNs);
      const seen = new Uint8Array(Math.ceil(pen.widthPx));
      const places = diff[kind];
      const pairs = kind === 'moved' ? 2 : 1;
      // Of a moved one the second place is that of now.
      for (let k = pairs - 1; k < places.length; k += pairs) {
        const offset = (offsetsNs[places[k] as number] as number) + shift;
        const x = Math.floor((offset / lengthNs) * pen.widthPx);
        if (x < 0 || x >= seen.length || seen[x] === 1) continue;
        seen[x] = 1;
        pen.vertical(x + 0.5, from, to, pen.palette[`diff-${kind}`]);
      }
    }
  }

  /** The station under a height of the plot. */
  sensorAt(yPx: number): string | undefined {
    const keys = this.#app.tuning.table?.sensorKeys ?? [];
    return keys[Math.floor((yPx / Math.max(1, this.picksPx)) * keys.length)];
  }

  /** The candidate nearest to a place of a station's row, within a few pixels; else the bare time. */
  nearest(sensorKey: string, time: EpochNs): { time: EpochNs; phase: string } | undefined {
    const { picks } = this.#app.tuning;
    const sensor = picks?.table.sensorKeys.indexOf(sensorKey) ?? -1;
    if (!picks || sensor < 0) return undefined;
    const { table } = picks;
    const withinNs = (5 * Number(this.window.endNs - this.window.startNs)) / this.surface.widthPx;
    const wanted = Number(time - table.originNs);
    let best: number | undefined;
    for (let i = table.starts[sensor] ?? 0; i < (table.starts[sensor + 1] ?? 0); i += 1) {
      if (!isKept(picks, i) || Math.abs((table.offsetsNs[i] ?? 0) - wanted) > withinNs) continue;
      if (best === undefined || (table.heights[i] ?? 0) > (table.heights[best] ?? 0)) best = i;
    }
    if (best === undefined) return undefined;
    return { time: epochNs(table.timesNs[best] ?? 0n), phase: table.labels[table.phases[best] ?? 0] ?? 'P' }; // prettier-ignore
  }

  /** How many picks there are of each phase, and what has changed, in a sentence. */
  readonly words = $derived.by((): string => {
    const { picks, changeCounts, perBin } = this.#app.tuning;
    if (!picks) return 'no candidates yet';
    const found = [...perBin].map(
      ([label, counts]) => `${counts.reduce((sum, n) => sum + n, 0)} ${label} picks`,
    );
    const changed = CHANGE_KINDS.map((kind) => `${changeCounts[kind]} ${kind}`).join(', ');
    return `${picks.table.sensorKeys.length} stations: ${found.join(', ')}; ${changed}`;
  });
}

function inkOf(palette: Palette): DayInk {
  return {
    background: toPixel(palette['surface-well']),
    up: toPixel(palette['phase-p']),
    down: toPixel(palette['phase-s']),
    below: toPixel(palette['n-7']),
    middle: toPixel(palette.border),
    between: toPixel(palette['border-subtle']),
  };
}
