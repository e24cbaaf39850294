import { type EpochNs, epochNs, secondsToNs } from '../../src/base/time.ts';
import { revealed } from './revealed.ts';
import { durationS, type TimeWindow } from '../../src/domain/waveform/timeWindow.ts';

const SHORTEST_S = 0.001;
const LONGEST_S = 100 * 365.25 * 86_400;

/** Where the pointer is over a trace. */
export interface DataCursor {
  readonly time: EpochNs;
  readonly streamKey: string | undefined;
}

function shows(window: TimeWindow): boolean {
  const lengthS = durationS(window);
  return lengthS >= SHORTEST_S && lengthS <= LONGEST_S;
}

/** The time the page shows: the window of the trace list, the window of the zoom and the span of all data. */
export class Timeline {
  /** What the trace list shows. */
  window = $state.raw<TimeWindow>({ startNs: epochNs(0n), endNs: epochNs(60_000_000_000n) });
  /** What the zoom shows; follows the current pick. */
  zoom = $state.raw<TimeWindow>({ startNs: epochNs(0n), endNs: epochNs(15_000_000_000n) });
  /** From the first to the last sample of the project; undefined while nothing is open. */
  dataSpan = $state.raw<TimeWindow | undefined>(undefined);
  /** The time under the pointer, on a sample; undefined while the pointer is not over a trace. */
  cursor = $state.raw<DataCursor | undefined>(undefined);

  readonly lengthS = $derived(durationS(this.window));

  setWindow(window: TimeWindow): void {
    if (shows(window)) this.window = window;
  }

  setZoom(window: TimeWindow): void {
    if (shows(window)) this.zoom = window;
  }

  /** `Space` and `b`: one whole window forward (+1) or back (−1). */
  page(direction: 1 | -1): void {
    const length = this.window.endNs - this.window.startNs;
    this.pan(BigInt(direction) * length);
  }

  pan(byNs: bigint): void {
    const { startNs, endNs } = this.window;
    this.setWindow({ startNs: epochNs(startNs + byNs), endNs: epochNs(endNs + byNs) });
  }

  /** Lengthens (factor > 1) or shortens the window; `anchor` keeps its place on the screen. */
  scale(factor: number, anchor: EpochNs): void {
    const { startNs, endNs } = this.window;
    const before = secondsToNs((Number(anchor - startNs) / 1e9) * factor);
    const after = secondsToNs((Number(endNs - anchor) / 1e9) * factor);
    this.setWindow({ startNs: epochNs(anchor - before), endNs: epochNs(anchor + after) });
  }

  /**
   * Keeps the length and puts `time` at `share` of the width, unless it is comfortably in view already.
   * The window stays on the data where it can: what lies before and after them is of no use to anyone.
   */
  reveal(time: EpochNs, share = 0.35): void {
    this.setWindow(revealed(this.window, time, { share, span: this.dataSpan }));
  }

  /** Where the zoom goes for a pick: its length stays, the pick stands at a quarter. */
  zoomAbout(time: EpochNs): TimeWindow {
    const length = this.zoom.endNs - this.zoom.startNs;
    const start = time - length / 4n;
    return { startNs: epochNs(start), endNs: epochNs(start + length) };
  }

  centreZoom(time: EpochNs): void {
    this.setZoom(this.zoomAbout(time));
  }

  showAll(): void {
    if (this.dataSpan) this.setWindow(this.dataSpan);
  }
}
