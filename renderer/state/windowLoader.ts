import { AppError } from '../../src/base/appError.ts';
import { epochNs } from '../../src/base/time.ts';
import type { Client } from '../../src/contract/rpc.ts';
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

function tagOf(wish: TraceWish): string {
  const { lowHz, highHz, corners, zeroPhase } = wish.filter ?? {};
  return [wish.revision, wish.demean, lowHz, highHz, corners, zeroPhase].join('|');
}

function grown(window: TimeWindow, share: number): TimeWindow {
  const extra = BigInt(Math.round(Number(window.endNs - window.startNs) * share));
  return { startNs: epochNs(window.startNs - extra), endNs: epochNs(window.endNs + extra) };
}

/** Whether an answer to the request is all that a wish needs on the screen. */
function isServed(request: TraceRequest, wish: TraceWish): boolean {
  const isWhole = wish.streamKeys.every((key) => request.streamKeys.includes(key));
  return isWhole && request.tag === tagOf(wish) && covers(request.window, wish.view);
}

function covers(window: TimeWindow, part: TimeWindow): boolean {
  return window.startNs <= part.startNs && window.endNs >= part.endNs;
}

/** Three screens of some of the wish's streams. */
function wideRequest(wish: TraceWish, streamKeys: readonly string[]): TraceRequest {
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
      const widthPx = Math.ceil(wish.widthDevicePx * 1.04 * (unseen.length > MANY_STREAMS ? 1 : BINS_PER_PX)); // prettier-ignore
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

interface Running {
  readonly request: TraceRequest;
  readonly controller: AbortController;
}

/** What is likely to be wished for next: on its way, or there and kept out of the picture until it is. */
interface Ahead extends Running {
  readonly wish: TraceWish;
  traces: TraceWindow[] | undefined;
}

/** Asks for traces: one request at a time, the latest wish wins. */
export class WindowLoader {
  readonly #plan = new WindowPlan();
  readonly #client: Pick<Client, 'call'>;
  readonly #onTraces: (traces: TraceWindow[]) => void;
  readonly #onError: (error: unknown) => void;
  #wish: TraceWish | undefined;
  #running: Running | undefined;
  #expected: TraceWish | undefined;
  #ahead: Ahead | undefined;
  /** A wish whose request failed; it is not repeated until something changes. */
  #failed: TraceWish | undefined;
  /** Marks the start of loading; what it answers is called at the end. */
  readonly #begin: () => () => void;
  #end: (() => void) | undefined;

  constructor(
    client: Pick<Client, 'call'>,
    begin: () => () => void,
    on: { traces: (traces: TraceWindow[]) => void; error: (error: unknown) => void },
  ) {
    this.#client = client;
    this.#begin = begin;
    this.#onTraces = on.traces;
    this.#onError = on.error;
  }

  want(wish: TraceWish): void {
    this.#wish = wish;
    if (this.#takeAhead(wish)) return;
    if (this.#running && this.#plan.serves(this.#running.request, wish)) return;
    this.#running?.controller.abort();
    this.#running = undefined;
    this.#advance();
  }

  /** What the next wish is likely to be; it is asked for when nothing else is to be done. */
  expect(wish: TraceWish | undefined): void {
    this.#expected = wish;
    if (this.#ahead && !(wish && isServed(this.#ahead.request, wish))) {
      this.#ahead.controller.abort();
      this.#ahead = undefined;
    }
    if (!this.#running) this.#lookAhead();
  }

  /** Shows at once what was looked up ahead, or waits for it. */
  #takeAhead(wish: TraceWish): boolean {
    const ahead = this.#ahead;
    if (!ahead || !isServed(ahead.request, wish) || !this.#plan.next(wish)?.quick) return false;
    this.#ahead = undefined;
    this.#running?.controller.abort();
    this.#running = ahead.traces ? undefined : ahead;
    if (ahead.traces) {
      this.#plan.answered(ahead.request, ahead.traces);
      this.#onTraces(ahead.traces);
      this.#advance();
    }
    return true;
  }

  #lookAhead(): void {
    const wish = this.#expected;
    if (!wish || this.#ahead || wish.streamKeys.length === 0 || wish.widthDevicePx < 1) return;
    if (this.#plan.next(wish)?.quick !== true) return;
    const request = wideRequest(wish, wish.streamKeys);
    const ahead: Ahead = { wish, request, controller: new AbortController(), traces: undefined };
    this.#ahead = ahead;
    const end = this.#begin();
    void this.#fetch(wish, ahead).finally(end);
  }

  /** Streams no longer wished for are asked for anew when they come back. */
  keepOnly(keys: ReadonlySet<string>): void {
    this.#plan.keepOnly(keys);
  }

  close(): void {
    this.#wish = undefined;
    this.#expected = undefined;
    this.#ahead?.controller.abort();
    this.#ahead = undefined;
    this.#running?.controller.abort();
    this.#running = undefined;
    this.#rest();
  }

  #advance(): void {
    const wish = this.#wish;
    const request = wish && wish !== this.#failed ? this.#plan.next(wish) : undefined;
    if (!wish || !request) {
      this.#rest();
      this.#lookAhead();
      return;
    }
    this.#end ??= this.#begin();
    const running = { request, controller: new AbortController() };
    this.#running = running;
    void this.#fetch(wish, running);
  }

  #rest(): void {
    this.#end?.();
    this.#end = undefined;
  }

  async #fetch(wish: TraceWish, running: Running): Promise<void> {
    const { request, controller } = running;
    try {
      const { streamKeys, window, widthPx } = request;
      const traces = await this.#client.call(
        'waveform.window',
        { streamKeys, window, widthPx, filter: wish.filter, demean: wish.demean },
        { signal: controller.signal },
      );
      if (this.#ahead === running) this.#ahead.traces = traces;
      if (this.#running !== running) return;
      this.#plan.answered(request, traces);
      this.#onTraces(traces);
    } catch (error) {
      // What was only expected is asked for again, and its failure told, when it is wished for.
      if (this.#ahead === running) this.#ahead = this.#expected = undefined;
      if (this.#running !== running) return;
      this.#failed = wish;
      if (!(error instanceof AppError && error.code === 'cancelled')) this.#onError(error);
    }
    this.#running = undefined;
    this.#advance();
  }
}
