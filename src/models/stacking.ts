// Answers of overlapping windows put together to one curve a label: in a chunk of windows where they are made,
// and the chunks' shares to the whole curve where it is wanted.

import {
  answerStart,
  chunkSpan,
  curveLength,
  inverseCover,
  type WindowChunk,
  type Windowing,
  windowCount,
  windowCover,
} from './windowing.ts';
import type { StackKernel } from './stackKernel.ts';

/** What a chunk has to say of one curve of its stretch. */
export interface ChunkShare {
  /** Values of `chunkSpan`: this chunk's part of the mean, or its largest answer; NaN where there is none. */
  readonly values: Float32Array;
  /** How many answers at each value were not a number and count for nothing; undefined for none anywhere. */
  readonly missing: Float32Array | undefined;
  /** Where `values` are those of some spans only: first and end of each, from the start of the chunk's. */
  readonly spans?: Uint32Array;
}

/**
 * Of a share only what can be part of a run of samples at or above a level, with one more sample on each side; and all
 * of its ends, where the shares of neighbouring chunks are still to be added.
 */
export function wantedShare(
  share: ChunkShare,
  windowSamples: number,
  level: number,
  firstAtLeast: FirstAtLeast = plainFirst,
): ChunkShare {
  const { values, missing } = share;
  const innerTo = values.length - windowSamples;
  if (missing !== undefined || innerTo <= windowSamples) return share;
  const spans = [0, windowSamples];
  const next = (from: number): number => firstAtLeast(values, from, innerTo + 1, level);
  for (let i = next(windowSamples - 1); i <= innerTo; i = next(i + 1)) {
    const from = i - 1;
    while (i < innerTo && (values[i + 1] as number) >= level) i += 1;
    join(spans, from, i + 2);
  }
  join(spans, innerTo, values.length);
  const wanted = new Float32Array(lengthOf(spans));
  eachSpan(spans, (from, to, at) => wanted.set(values.subarray(from, to), at));
  return { values: wanted, missing, spans: Uint32Array.from(spans) };
}

/** The first of the values `[from, to)` that is `level` or more; `to` where there is none. */
export type FirstAtLeast = (
  values: Float32Array,
  from: number,
  to: number,
  level: number,
) => number;

export const plainFirst: FirstAtLeast = (values, from, to, level) => {
  let i = from;
  while (i < to && !((values[i] as number) >= level)) i += 1;
  return i;
};

/** Adds a span that begins after the last one, or goes on with it. */
function join(spans: number[], from: number, to: number): void {
  const last = spans.length - 1;
  const end = spans[last] as number;
  if (from > end) spans.push(from, to);
  else spans[last] = Math.max(end, to);
}

function lengthOf(spans: readonly number[]): number {
  return spans.reduce((sum, each, k) => (k % 2 === 0 ? sum - each : sum + each), 0);
}

/** Told the first sample and the end of each span, and where its values begin among those of all. */
export function eachSpan(
  spans: ArrayLike<number>,
  tell: (from: number, to: number, at: number) => void,
): void {
  let at = 0;
  for (let k = 0; k + 1 < spans.length; k += 2) {
    const from = spans[k] as number;
    const to = spans[k + 1] as number;
    tell(from, to, at);
    at += to - from;
  }
}

/** The share of a chunk in one curve, in the making. */
export interface ShareStack {
  /** Takes `answers[at …]`: the samples, or the one value, of one window and label. */
  add(window: number, answers: Float32Array, at: number): void;
  /** The share; its values may be memory that the next chunk uses again. */
  finish(): ChunkShare;
}

/** What means are made in. */
export interface MeanMemory {
  /** Zeros, one for each value of the chunk's share. */
  readonly sum: Float32Array;
  /** The chunk's `inverseCover`. */
  readonly inverse: Float32Array;
  /** Where both are in its memory. */
  readonly kernel?: StackKernel;
}

/** `memory` is for means, and only for them. */
export function shareStack(
  windowing: Windowing,
  chunk: WindowChunk,
  memory: MeanMemory | undefined,
): ShareStack {
  if (windowing.answers === 'point') return pointStack(chunk);
  return memory === undefined
    ? largestStack(windowing, chunk)
    : meanStack(windowing, chunk, memory);
}

function pointStack(chunk: WindowChunk): ShareStack {
  const values = new Float32Array(chunk.windows);
  return {
    add: (window, answers, at) => {
      values[window - chunk.firstWindow] = answers[at] as number;
    },
    finish: () => ({ values, missing: undefined }),
  };
}

function meanStack(
  windowing: Windowing,
  chunk: WindowChunk,
  { kernel, sum, inverse }: MeanMemory,
): ShareStack {
  const span = chunkSpan(windowing, chunk);
  let missing: Float32Array | undefined;
  return {
    add(window, answers, at) {
      const { from, to } = windowCover(windowing, window);
      const first = at + from - answerStart(windowing, window);
      const count = to - from;
      const holed = kernel?.holds(answers)
        ? kernel.add(answers, first, count, sum, from - span.from)
        : addPlain(answers, first, count, sum, from - span.from);
      if (!holed) return;
      missing ??= new Float32Array(sum.length);
      for (let i = 0; i < to - from; i += 1) {
        const k = from - span.from + i;
        const value = answers[first + i] as number;
        if (value !== value) missing[k] = (missing[k] as number) + 1;
      }
    },
    finish() {
      if (kernel === undefined) multiply(sum, inverse);
      else kernel.scale(sum, inverse);
      return { values: sum, missing };
    },
  };
}

/** As a kernel adds and multiplies. */
function addPlain(
  answers: Float32Array,
  at: number,
  count: number,
  sum: Float32Array,
  to: number,
): boolean {
  let missing = false;
  for (let i = 0; i < count; i += 1) {
    const value = answers[at + i] as number;
    if (value === value) sum[to + i] = (sum[to + i] as number) + value;
    else missing = true;
  }
  return missing;
}

function multiply(sum: Float32Array, factors: Float32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] as number) * (factors[i] as number);
}

function largestStack(windowing: Windowing, chunk: WindowChunk): ShareStack {
  const span = chunkSpan(windowing, chunk);
  const values = new Float32Array(span.to - span.from).fill(NaN);
  return {
    add(window, answers, at) {
      const { from, to } = windowCover(windowing, window);
      const shift = at - answerStart(windowing, window);
      for (let i = from; i < to; i += 1) takeLarger(values, i - span.from, answers, i + shift);
    },
    finish: () => ({ values, missing: undefined }),
  };
}

/** Not-a-number in the curve gives way, and among the answers counts for nothing. */
export function takeLarger(
  curve: Float32Array,
  index: number,
  answers: Float32Array,
  answer: number,
): void {
  const value = answers[answer] as number;
  if (value === value && !(value <= (curve[index] as number))) curve[index] = value;
}

/** The curve of a stretch whose windows were answered apart. */
export function stackApart(windowing: Windowing, answers: Float32Array): Float32Array {
  const together = { ...windowing };
  delete together.apart;
  const windows = windowCount(windowing);
  const chunk = { firstWindow: 0, windows, from: 0, to: windowing.stretchSamples };
  const inverse = windowing.stacking === 'avg' ? inverseCover(together, chunk) : undefined;
  const memory = inverse && { sum: new Float32Array(inverse.length), inverse };
  const stack = shareStack(together, chunk, memory);
  for (let i = 0; i < windows; i += 1) stack.add(i, answers, i * windowing.windowSamples);
  const assembly = new CurveAssembly(together, [chunk], 1);
  assembly.add(0, [stack.finish()]);
  return assembly.finish()[0] as Float32Array;
}

/** The curves of a stretch from the shares of its chunks, which may come in any order. */
export class CurveAssembly {
  readonly #windowing: Windowing;
  readonly #chunks: readonly WindowChunk[];
  readonly #curves: readonly Float32Array[];
  #missing: Float32Array[] | undefined;

  /** `chunks` are all chunks of the stretch. */
  constructor(windowing: Windowing, chunks: readonly WindowChunk[], curves: number) {
    this.#windowing = windowing;
    this.#chunks = chunks;
    const length = curveLength(windowing);
    const adds = windowing.stacking === 'avg' && chunks.length > 0;
    this.#curves = Array.from({ length: curves }, () => {
      const curve = new Float32Array(length);
      return adds ? curve : curve.fill(NaN);
    });
  }

  /** Takes what chunk `index` answered, one share a curve. Values outside the spans of a share stay as they are. */
  add(index: number, shares: readonly ChunkShare[]): void {
    const chunk = this.#chunks[index] as WindowChunk;
    const span = chunkSpan(this.#windowing, chunk);
    shares.forEach(({ values, missing, spans = [0, values.length] }, k) => {
      const curve = this.#curves[k] as Float32Array;
      eachSpan(spans, (from, to, at) => {
        const place = { from: span.from + from, to: span.from + to };
        this.#put(curve, values.subarray(at, at + to - from), index, place);
      });
      if (missing !== undefined) this.#count(k, missing, span.from);
    });
  }

  /** The whole curves; NaN where no window answers. */
  finish(): readonly Float32Array[] {
    if (this.#missing !== undefined) this.#mend(this.#missing);
    return this.#curves;
  }

  /** Where neighbouring chunks overlap their shares add up, or the larger one wins. */
  #put(
    curve: Float32Array,
    share: Float32Array,
    index: number,
    { from, to }: { from: number; to: number },
  ): void {
    if (this.#windowing.answers === 'point') {
      curve.set(share, from);
      return;
    }
    const [before, after] = [this.#chunks[index - 1], this.#chunks[index + 1]];
    const previousTo = before ? chunkSpan(this.#windowing, before).to : from;
    const nextFrom = after ? chunkSpan(this.#windowing, after).from : to;
    const innerFrom = Math.min(Math.max(previousTo, from), to);
    const innerTo = Math.max(Math.min(nextFrom, to), innerFrom);
    this.#join(curve, share, from, from, innerFrom);
    curve.set(share.subarray(innerFrom - from, innerTo - from), innerFrom);
    this.#join(curve, share, from, innerTo, to);
  }

  #join(
    curve: Float32Array,
    share: Float32Array,
    shareFrom: number,
    from: number,
    to: number,
  ): void {
    if (this.#windowing.stacking === 'max') {
      for (let i = from; i < to; i += 1) takeLarger(curve, i, share, i - shareFrom);
      return;
    }
    for (let i = from; i < to; i += 1) {
      curve[i] = (curve[i] as number) + (share[i - shareFrom] as number);
    }
  }

  #count(curve: number, missing: Float32Array, from: number): void {
    this.#missing ??= this.#curves.map(({ length }) => new Float32Array(length));
    const counts = this.#missing[curve] as Float32Array;
    for (let i = 0; i < missing.length; i += 1) {
      counts[from + i] = (counts[from + i] as number) + (missing[i] as number);
    }
  }

  /** Means were divided by all windows that cover a value; those that answered not-a-number do not count. */
  #mend(missing: readonly Float32Array[]): void {
    for (const [k, chunk] of this.#chunks.entries()) {
      const inverse = inverseCover(this.#windowing, chunk);
      const span = chunkSpan(this.#windowing, chunk);
      const next = this.#chunks[k + 1];
      const to = next ? chunkSpan(this.#windowing, next).from : span.to;
      for (const [c, curve] of this.#curves.entries()) {
        for (let i = span.from; i < to; i += 1) {
          const bad = missing[c]?.[i] ?? 0;
          if (bad === 0) continue;
          const covering = Math.round(1 / (inverse[i - span.from] as number));
          curve[i] = bad >= covering ? NaN : ((curve[i] as number) * covering) / (covering - bad);
        }
      }
    }
  }
}
