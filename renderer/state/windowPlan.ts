import { epochNs } from '../../src/base/time.ts';
import type { BandFilter } from '../../src/domain/waveform/bandFilter.ts';
import { durationS, type TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { TraceWindow } from '../../src/domain/waveform/traceWindow.ts';

// Decides what to ask the backend for, so that panning needs no new data: three screens of bins are held,
// and new ones are asked for before an edge comes into view. What was answered last stays until replaced.

/** What a panel shows or is about to show. */
export interface TraceWish {
  /** Rows on the screen, and rows just above and below. */
  readonly streamKeys: readonly string[];
  readonly spareKeys: readonly string[];
  readonly view: TimeWindow;
  readonly widthDevicePx: number;
  readonly filter: BandFilter | undefined;
  readonly demean: boolean;
  /** Changes when sources change: everything is asked for again. */
  readonly revision: number;
}

export interface TraceRequest {
  readonly streamKeys: readonly string[];
  readonly window: TimeWindow;
  readonly widthPx: number;
  /** What the samples went through; data of another tag are stale. */
  readonly tag: string;
  /** Only what is on the screen, to show something at once. */
  readonly quick: boolean;
}

/** What is held of a stream. */
interface Held {
  readonly window: TimeWindow;
  readonly binsPerS: number;
  readonly tag: string;
  /** Whether samples were answered, which no finer request betters. */
  readonly exact: boolean;
}

const BINS_PER_PX = 2;
/** Above this many streams one bin a pixel must do. */
const MANY_STREAMS = 60;
/** New data are asked for when less than this share of a screen is left beside the view. */
const MARGIN_SHARE = 0.3;

export function tagOf(wish: TraceWish): string {
  const { lowHz, highHz, corners, zeroPhase } = wish.filter ?? {};
  return [wish.revision, wish.demean, lowHz, highHz, corners, zeroPhase].join('|');
}

function grown(window: TimeWindow, share: number): TimeWindow {
  const extra = BigInt(Math.round(Number(window.endNs - window.startNs) * share));
  return { startNs: epochNs(window.startNs - extra), endNs: epochNs(window.endNs + extra) };
}

/** Whether an answer to the request is all that a wish needs on the screen. */
export function isServed(request: TraceRequest, wish: TraceWish): boolean {
  const isWhole = wish.streamKeys.every((key) => request.streamKeys.includes(key));
  return isWhole && request.tag === tagOf(wish) && covers(request.window, wish.view);
}

function covers(window: TimeWindow, part: TimeWindow): boolean {
  return window.startNs <= part.startNs && window.endNs >= part.endNs;
}

/** Three screens of some of the wish's streams. */
export function wideRequest(wish: TraceWish, streamKeys: readonly string[]): TraceRequest {
  const window = grown(wish.view, 1);
  const density = streamKeys.length > MANY_STREAMS ? 1.1 : BINS_PER_PX;
  const screens = durationS(window) / durationS(wish.view);
  const widthPx = Math.ceil(screens * wish.widthDevicePx * density);
  return { streamKeys, window, widthPx, tag: tagOf(wish), quick: false };
}

/** Holds what was answered and plans what to ask for next. No I/O. */
export class WindowPlan {
  readonly #held = new Map<string, Held>();

  /** The next request for a wish, or undefined when everything is there. */
  next(wish: TraceWish): TraceRequest | undefined {
    const keys = [...wish.streamKeys, ...wish.spareKeys];
    if (wish.streamKeys.length === 0 || wish.widthDevicePx < 1) return undefined;
    const tag = tagOf(wish);
    const unseen = wish.streamKeys.filter((key) => !this.#shows(key, wish, tag, wish.view));
    if (unseen.length > 0) {
      const window = grown(wish.view, 0.02);
      // While a filter is being turned each picture is soon outdated: half the bins, twice the pictures.
      const turning = unseen.some((key) => this.#held.has(key));
      const density = turning || unseen.length > MANY_STREAMS ? 1 : BINS_PER_PX;
      const widthPx = Math.ceil(wish.widthDevicePx * 1.04 * density);
      return { streamKeys: unseen, window, widthPx, tag, quick: true };
    }
    const wide = grown(wish.view, MARGIN_SHARE);
    const lacking = keys.filter((key) => !this.#shows(key, wish, tag, wide));
    if (lacking.length === 0) return undefined;
    return wideRequest(wish, lacking);
  }

  /** Whether the data held of a stream are fresh, cover a window and are neither too coarse nor far too fine. */
  #shows(key: string, wish: TraceWish, tag: string, window: TimeWindow): boolean {
    const held = this.#held.get(key);
    if (!held || held.tag !== tag || !covers(held.window, window)) return false;
    const binsPerPx = (held.binsPerS * durationS(wish.view)) / wish.widthDevicePx;
    return (held.exact || binsPerPx >= 0.99) && binsPerPx <= 4 * BINS_PER_PX;
  }

  answered(request: TraceRequest, traces: readonly TraceWindow[]): void {
    const binsPerS = request.widthPx / durationS(request.window);
    for (const trace of traces) {
      const exact = trace.parts.every((part) => part.kind === 'samples');
      this.#held.set(trace.streamKey, {
        window: request.window,
        binsPerS,
        tag: request.tag,
        exact,
      });
    }
  }

  /** A running request that a wish still has use for is left to end. */
  serves(request: TraceRequest, wish: TraceWish): boolean {
    // While a filter is being turned its quick pictures are shown one after the other, each soon outdated.
    if (request.tag !== tagOf(wish)) return request.quick;
    return covers(request.window, wish.view);
  }

  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#held.keys()) if (!keys.has(key)) this.#held.delete(key);
  }
}
