// Where the windows of a gap-free stretch lie, which answers of theirs are used and how many cover each sample.

import { release } from '../base/release.ts';
import type { RunSettings, Stacking } from '../domain/event/runSettings.ts';
import { hopSamples, shortestStretch, windowLength } from './settings.ts';
import type { RunnerSpec } from './spec.ts';

/**
 * Successive windows over a stretch, one each `hopSamples`. With an answer per sample the last one lies flush
 * with the end; with one answer a window (`point`) what is left of the stretch is not looked at.
 */
export interface Windowing {
  readonly stretchSamples: number;
  readonly windowSamples: number;
  readonly hopSamples: number;
  /** Samples not used at the start and end of a window. */
  readonly blindingSamples: readonly [number, number];
  /** Whether blinding spares the two ends of the stretch, which nothing else covers. */
  readonly keepEnds: boolean;
  readonly stacking: Stacking;
  readonly answers: 'samples' | 'point';
  /** So many values a window in the place of one a sample: each is of its share of the window, and so is the curve's. */
  readonly steps?: number;
  /** The windows one after the other and not put together: value k of window i is value i · `windowSamples` + k. */
  readonly apart?: true;
}

/** The windows of a run over a stretch of so many samples at the rate of the model. */
export function windowingOf(
  spec: RunnerSpec,
  settings: RunSettings,
  stretchSamples: number,
): Windowing {
  const steps = stepsOf(spec, settings);
  return {
    ...(steps !== undefined && { steps }),
    stretchSamples,
    windowSamples: Math.min(
      windowLength(spec, settings),
      Math.max(stretchSamples, shortestStretch(spec, settings)),
    ),
    hopSamples: hopSamples(spec, settings),
    blindingSamples: settings.blindingSamples,
    keepEnds: settings.policy === 'onset',
    stacking: settings.stacking,
    answers: spec.output.kind === 'point' ? 'point' : 'samples',
  };
}

/** SeisBench's curves of a network that answers in steps have a value a step; ours hold it for its samples. */
export function stepsOf(
  { output }: Pick<RunnerSpec, 'output'>,
  { policy }: Pick<RunSettings, 'policy'>,
): number | undefined {
  return output.kind === 'samples' && policy === 'seisbench' ? output.steps : undefined;
}

/** How many windows there are; 0 when the stretch is shorter than one. */
export function windowCount(windowing: Windowing): number {
  const { stretchSamples, windowSamples, hopSamples: hop, answers } = windowing;
  if (stretchSamples < windowSamples) return 0;
  const hops = (stretchSamples - windowSamples) / hop;
  return (answers === 'point' ? Math.floor(hops) : Math.ceil(hops)) + 1;
}

/** Values of a curve of the stretch: one a sample, a step or a window, or all of all windows. */
export function curveLength(windowing: Windowing): number {
  const { answers, steps, apart, stretchSamples } = windowing;
  if (answers === 'samples' && steps === undefined && apart === undefined) return stretchSamples;
  const windows = windowCount(windowing);
  if (answers === 'point') return windows;
  return windows === 0 ? 0 : answerStart(windowing, windows - 1) + answersOfWindow(windowing);
}

/** First sample of window `index`. */
export function windowStart(windowing: Windowing, index: number): number {
  const last = windowing.stretchSamples - windowing.windowSamples;
  return Math.min(index * windowing.hopSamples, last);
}

/** The value of the curve that the first answer of window `index` is of. SeisBench rounds to the nearest step. */
export function answerStart(windowing: Windowing, index: number): number {
  const { steps, apart, windowSamples } = windowing;
  if (apart) return index * windowSamples;
  const start = windowStart(windowing, index);
  return steps === undefined ? start : roundHalfToEven(start * (steps / windowSamples));
}

function answersOfWindow({ steps, windowSamples }: Windowing): number {
  return steps ?? windowSamples;
}

/** As NumPy rounds. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * The values `[from, to)` of the curve to which window `index` contributes: all but its blinded ends. Of steps none are
 * blinded.
 */
export function windowCover(windowing: Windowing, index: number): { from: number; to: number } {
  const from = answerStart(windowing, index);
  const to = from + answersOfWindow(windowing);
  if (windowing.steps !== undefined) return { from, to };
  const [before, after] = windowing.blindingSamples;
  const { keepEnds, stretchSamples, windowSamples } = windowing;
  const start = windowStart(windowing, index);
  return {
    from: keepEnds && start === 0 ? from : from + before,
    to: keepEnds && start + windowSamples === stretchSamples ? to : to - after,
  };
}

/** A run of successive windows that is sent through the network together. */
export interface WindowChunk {
  readonly firstWindow: number;
  readonly windows: number;
  /** The samples `[from, to)` its windows span, blinded ends included. */
  readonly from: number;
  readonly to: number;
}

/** The values `[from, to)` of a curve of the stretch that a chunk has a share in. */
export function chunkSpan(
  windowing: Windowing,
  { firstWindow, windows }: WindowChunk,
): { from: number; to: number } {
  if (windowing.answers === 'point') return { from: firstWindow, to: firstWindow + windows };
  const last = answerStart(windowing, firstWindow + windows - 1);
  return { from: answerStart(windowing, firstWindow), to: last + answersOfWindow(windowing) };
}

/** Cuts the windows of a stretch into chunks of at most `windowsPerChunk`. */
export function windowChunks(windowing: Windowing, windowsPerChunk: number): WindowChunk[] {
  const count = windowCount(windowing);
  const chunks: WindowChunk[] = [];
  for (let first = 0; first < count; first += windowsPerChunk) {
    const windows = Math.min(windowsPerChunk, count - first);
    const from = windowStart(windowing, first);
    const to = windowStart(windowing, first + windows - 1) + windowing.windowSamples;
    chunks.push({ firstWindow: first, windows, from, to });
  }
  return chunks;
}

/**
 * 1 / (number of windows that cover a value) for the values of a chunk's `chunkSpan`, windows of neighbouring
 * chunks counted too; NaN where a large blinding leaves a sample uncovered.
 */
export function inverseCover(windowing: Windowing, chunk: WindowChunk): Float32Array {
  const span = chunkSpan(windowing, chunk);
  // By how many more windows a value is covered than the one before.
  const changes = new Int32Array(span.to - span.from + 1);
  const count = windowCount(windowing);
  const reach = Math.ceil(windowing.windowSamples / windowing.hopSamples) + 1;
  const first = Math.max(0, chunk.firstWindow - reach);
  const last = Math.min(count, chunk.firstWindow + chunk.windows + reach);
  for (let index = first; index < last; index += 1) {
    const cover = windowCover(windowing, index);
    const from = Math.max(cover.from, span.from) - span.from;
    const to = Math.min(cover.to, span.to) - span.from;
    if (from >= to) continue;
    changes[from] = (changes[from] as number) + 1;
    changes[to] = (changes[to] as number) - 1;
  }
  const inverse = new Float32Array(span.to - span.from);
  let covering = 0;
  for (let i = 0; i < inverse.length; i += 1) {
    covering += changes[i] as number;
    inverse[i] = covering === 0 ? NaN : 1 / covering;
  }
  release([changes]);
  return inverse;
}
