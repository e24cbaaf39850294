import { AppError } from '../../src/base/appError.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { TraceWindow } from '../../src/domain/waveform/traceWindow.ts';
import {
  isServed,
  tagOf,
  type TraceRequest,
  type TraceWish,
  wideRequest,
  WindowPlan,
} from './windowPlan.ts';

/** Three screens are asked for only once a filter has not been turned for so long. */
const SETTLED_MS = 120;

interface Running {
  readonly request: TraceRequest;
  readonly controller: AbortController;
}

/** What is likely to be wished for next: on its way, or there and kept out of the picture until it is. */
interface Ahead extends Running {
  readonly wish: TraceWish;
  traces: TraceWindow[] | undefined;
}

/**
 * Asks for traces: one request at a time, the latest wish wins. While a filter is being turned two are on their
 * way, so that the backend filters the next picture while the page paints the one before.
 */
export class WindowLoader {
  readonly #plan = new WindowPlan();
  readonly #client: Pick<Client, 'call'>;
  readonly #onTraces: (traces: TraceWindow[]) => void;
  readonly #onError: (error: unknown) => void;
  #wish: TraceWish | undefined;
  #running: Running | undefined;
  /** An outdated quick request that came before the running one; still shown if it comes first. */
  #outdated: Running | undefined;
  #expected: TraceWish | undefined;
  #ahead: Ahead | undefined;
  /** A wish whose request failed; it is not repeated until something changes. */
  #failed: TraceWish | undefined;
  /** Marks the start of loading; what it answers is called at the end. */
  readonly #begin: () => () => void;
  #end: (() => void) | undefined;
  #turnedMs = -Infinity;
  #settling: ReturnType<typeof setTimeout> | undefined;

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
    if (this.#wish && tagOf(this.#wish) !== tagOf(wish)) this.#turnedMs = performance.now();
    this.#wish = wish;
    if (!this.#takeAhead(wish)) this.#follow(wish);
  }

  /** Lets what runs end as far as the wish has a use for it, and asks for what else it needs. */
  #follow(wish: TraceWish): void {
    const running = this.#running;
    if (running && !this.#plan.serves(running.request, wish)) this.#drop();
    else if (running && running.request.tag !== tagOf(wish) && !this.#outdated) {
      this.#outdated = running;
      this.#running = undefined;
    } else if (running) return;
    this.#advance();
  }

  #drop(): void {
    this.#running?.controller.abort();
    this.#outdated?.controller.abort();
    this.#running = this.#outdated = undefined;
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
    this.#drop();
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
    this.#drop();
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
    if (this.#settlesFirst(request)) return;
    const running = { request, controller: new AbortController() };
    this.#running = running;
    void this.#fetch(wish, running);
  }

  /** Whether the request waits until the filter has come to rest. */
  #settlesFirst(request: TraceRequest): boolean {
    clearTimeout(this.#settling);
    const leftMs = this.#turnedMs + SETTLED_MS - performance.now();
    if (request.quick || leftMs <= 0) return false;
    this.#settling = setTimeout(() => this.#advance(), leftMs);
    return true;
  }

  #rest(): void {
    clearTimeout(this.#settling);
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
      if (!this.#isOurs(running)) return;
      this.#plan.answered(request, traces);
      this.#onTraces(traces);
    } catch (error) {
      // What was only expected is asked for again, and its failure told, when it is wished for.
      if (this.#ahead === running) this.#ahead = this.#expected = undefined;
      if (!this.#isOurs(running)) return;
      this.#failed = wish;
      if (!(error instanceof AppError && error.code === 'cancelled')) this.#onError(error);
    }
    if (this.#running === running) {
      // An older answer must not replace this one.
      this.#outdated?.controller.abort();
      this.#running = undefined;
    }
    this.#outdated = undefined;
    if (this.#wish) this.#follow(this.#wish);
  }

  #isOurs(running: Running): boolean {
    return running === this.#running || running === this.#outdated;
  }
}
