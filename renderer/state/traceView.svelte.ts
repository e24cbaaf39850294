import { untrack } from 'svelte';
import { type EpochNs, epochNs } from '../../src/base/time.ts';
import type { StreamInfo, TracePart, TraceWindow } from '../../src/domain/waveform/traceWindow.ts';
import { nearestSample, sampleTime } from '../../src/domain/waveform/traceSegment.ts';
import type { TraceFrame } from '../canvas/traces/frame.ts';
import { TracePainter } from '../canvas/traces/tracePainter.ts';
import type { App } from './app.svelte.ts';
import { WindowLoader } from './windowLoader.ts';
import type { TraceWish } from './windowPlan.ts';

/** What a trace is known by besides its samples, which live in the painter's worker. */
export type TraceFacts = Omit<TraceWindow, 'parts'> & {
  readonly parts: readonly (Omit<TracePart, 'values'> & { readonly count: number })[];
};

function factsOf(trace: TraceWindow): TraceFacts {
  const parts = trace.parts.map(({ values, ...part }) => ({
    ...part,
    count: part.kind === 'bins' ? values.length / 2 : values.length,
  }));
  return { ...trace, parts };
}

/** The traces of one panel: asks for them, hands them to a painter and knows what it has painted. */
export class TraceView {
  /** Facts of each stream answered last. Replaced whole. */
  facts = $state.raw<ReadonlyMap<string, TraceFacts>>(new Map());
  /** Largest amplitude on the screen by stream, as painted. Replaced whole. */
  peaks = $state.raw<ReadonlyMap<string, number>>(new Map());
  /** Grows with every answer: the picture is to be painted again. */
  version = $state(0);
  readonly #painter: TracePainter;
  readonly #loader: WindowLoader;
  readonly #app: App;
  #endPainting: (() => void) | undefined;
  /** The sources that what is held came from. */
  #streams: readonly StreamInfo[] = [];
  #revision = 0;
  #kept: ReadonlySet<string> = new Set();

  constructor(app: App) {
    this.#app = app;
    this.#painter = new TracePainter(({ peaks }, frame) => this.#painted(peaks, frame));
    this.#loader = new WindowLoader(app.client, () => app.idle.begin(), {
      // What was looked up ahead comes while it is wished for: the wish does not depend on it.
      traces: (traces) => untrack(() => this.#put(traces)),
      error: (error) => app.notices.report(error),
    });
  }

  attach(canvas: HTMLCanvasElement): void {
    this.#painter.attach(canvas);
  }

  /** Shows what is wished for as soon as it can be had; changed sources are asked for again. */
  want(wish: Omit<TraceWish, 'revision'>): void {
    const { streams } = this.#app.rows;
    if (streams !== this.#streams) this.#revision += 1;
    this.#streams = streams;
    const kept = new Set([...wish.streamKeys, ...wish.spareKeys]);
    if (kept.size !== this.#kept.size || [...kept].some((key) => !this.#kept.has(key))) {
      this.#kept = kept;
      this.#painter.keepOnly([...kept]);
      this.#loader.keepOnly(kept);
    }
    this.#loader.want({ ...wish, revision: this.#revision });
  }

  /** What is likely to be shown next; after `want`. */
  expect(wish: Omit<TraceWish, 'revision'> | undefined): void {
    this.#loader.expect(wish && { ...wish, revision: this.#revision });
  }

  paint(frame: TraceFrame): void {
    this.#endPainting ??= this.#app.idle.begin();
    this.#painter.paint(frame);
    if (this.#painter.idle) this.#finishPainting();
  }

  close(): void {
    this.#loader.close();
    this.#painter.close();
    this.#finishPainting();
  }

  /** The time of the sample nearest to `time`, on the grid of the stretch that holds it. */
  snap(streamKey: string, time: EpochNs): EpochNs {
    const facts = this.facts.get(streamKey);
    const stretch = facts?.parts.find(({ kind, startNs, stepS, count }) => {
      const endNs = startNs + BigInt(Math.round(count * stepS * 1e9));
      return kind === 'samples' && startNs <= time && time < endNs;
    });
    const stream = this.#streamOf(streamKey);
    const startNs = stretch?.startNs ?? stream?.startNs;
    const rate = facts?.sampleRateHz ?? stream?.sampleRateHz;
    if (startNs === undefined || rate === undefined || !(rate > 0)) return time;
    return epochNs(sampleTime(startNs, nearestSample(startNs, time, rate), rate));
  }

  #streamOf(streamKey: string): StreamInfo | undefined {
    return this.#app.rows.streams.find((stream) => stream.streamKey === streamKey);
  }

  #put(traces: readonly TraceWindow[]): void {
    const facts = new Map(this.facts);
    for (const key of facts.keys()) if (!this.#kept.has(key)) facts.delete(key);
    for (const trace of traces) facts.set(trace.streamKey, factsOf(trace));
    this.#painter.putTraces(traces.map(({ streamKey, parts }) => ({ key: streamKey, parts })));
    this.facts = facts;
    this.version += 1;
  }

  #painted(peaks: Float32Array, frame: TraceFrame): void {
    const seen = new Map(frame.rows.map(({ key }, i) => [key, peaks[i] ?? 0]));
    this.peaks = seen;
    if (this.#painter.idle) this.#finishPainting();
  }

  #finishPainting(): void {
    this.#endPainting?.();
    this.#endPainting = undefined;
  }
}
