// Windows for a network and back to curves, as PNSN ml_prediction does it.
// Source: core/preprocessing.py (`prepare_windows_from_stream`) and core/postprocessing.py
// (`reassemble_multistation_preds`); its faults (bit-wise mask, pairwise mean, dropped tail) are not copied.

import { AppError } from '../../base/appError.ts';
import { assertDefined } from '../../base/assert.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';

export interface PredictionWindowing {
  readonly windowSamples: number;
  readonly stepSamples: number;
  /** `drop` leaves out samples after the last full step, as the original; `flush` adds a window that ends with the data. */
  readonly tail: 'flush' | 'drop';
}

/** First samples of the windows; none when the data are shorter than one. */
export function predictionStarts(
  samples: number,
  { windowSamples, stepSamples, tail }: PredictionWindowing,
): number[] {
  const starts: number[] = [];
  for (let start = 0; start + windowSamples <= samples; start += stepSamples) starts.push(start);
  const last = samples - windowSamples;
  if (tail === 'flush' && last > (starts.at(-1) ?? last)) starts.push(last);
  return starts;
}

export interface PredictionPreparation {
  readonly detrend: 'mean' | 'median';
  /** Divisor n. */
  readonly normalise: 'max' | 'std';
  /** Length of the cosine flank at each end. */
  readonly taperSamples: number;
}

export const DEFAULT_PREPARATION: PredictionPreparation = {
  detrend: 'mean',
  normalise: 'max',
  taperSamples: 6,
};

/**
 * Windows ready for the network, windows × components × samples. Each row by itself: mean or median removed, divided by
 * its largest absolute value or standard deviation, tapered. A flat row stays zeros, where the original gives NaN.
 * Throws `bad-input` when components differ in length.
 */
export function prepareWindows(
  components: readonly Samples[],
  starts: readonly number[],
  windowSamples: number,
  preparation: PredictionPreparation = DEFAULT_PREPARATION,
): Float32Array {
  if (components.some(({ length }) => length !== components[0]?.length)) {
    throw new AppError(
      'bad-input',
      `components have ${components.map(({ length }) => length).join(', ')} samples; trim them to one span first`,
    );
  }
  const out = new Float32Array(starts.length * components.length * windowSamples);
  const row = new Float64Array(windowSamples);
  const flank = taperFlank(preparation.taperSamples);
  let at = 0;
  for (const start of starts) {
    for (const component of components) {
      row.set(component.subarray(start, start + windowSamples));
      prepareRow(row, preparation, flank);
      out.set(row, at);
      at += windowSamples;
    }
  }
  return out;
}

function prepareRow(
  row: Float64Array,
  { detrend, normalise }: PredictionPreparation,
  flank: Float64Array,
): void {
  const centre = detrend === 'mean' ? meanOf(row) : medianOf(row);
  for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) - centre;
  const divisor = normalise === 'max' ? largestOf(row) : deviationOf(row);
  // Also a row with NaN: the network would spread it over the whole window.
  if (!(divisor > 0)) {
    row.fill(0);
    return;
  }
  for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) / divisor;
  const last = row.length - 1;
  for (let i = 0; i < flank.length; i += 1) {
    row[i] = (row[i] as number) * (flank[i] as number);
    row[last - i] = (row[last - i] as number) * (flank[i] as number);
  }
}

/** ½ (1 + cos θ), θ from π to 2π with both ends. */
function taperFlank(samples: number): Float64Array {
  return Float64Array.from(
    { length: samples },
    (_, i) => 0.5 * (1 - Math.cos((Math.PI * i) / Math.max(1, samples - 1))),
  );
}

function meanOf(row: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i += 1) sum += row[i] as number;
  return sum / row.length;
}

function medianOf(row: Float64Array): number {
  const sorted = row.toSorted();
  const upper = sorted[sorted.length >> 1] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? 0) + upper) / 2;
}

function largestOf(row: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < row.length; i += 1) largest = Math.max(largest, Math.abs(row[i] as number));
  return largest;
}

function deviationOf(row: Float64Array): number {
  const mean = meanOf(row);
  let squares = 0;
  for (let i = 0; i < row.length; i += 1) squares += ((row[i] as number) - mean) ** 2;
  return Math.sqrt(squares / row.length);
}

export interface PredictionStacking {
  readonly merge: 'max' | 'mean';
  /** Samples not used at the start and the end of every window. */
  readonly blindingSamples: readonly [number, number];
  /** Leaves out the blinded samples at the two ends of the curve. */
  readonly trim: boolean;
}

export interface StackedPredictions {
  /** One curve per label; NaN where no window has a say. */
  readonly curves: readonly Float32Array[];
  /** The sample of the data at which the curves begin. */
  readonly firstSample: number;
}

/**
 * Curves from a network's answers (windows × labels × samples), windows in any order. The mean is that of all windows
 * present at a sample, not the original's mean of means.
 */
export function stackPredictions(
  predictions: Float32Array,
  {
    starts,
    windowSamples,
    labels,
  }: { starts: readonly number[]; windowSamples: number; labels: number },
  { merge, blindingSamples: [before, after], trim }: PredictionStacking,
): StackedPredictions {
  if (predictions.length !== starts.length * labels * windowSamples) {
    throw new AppError(
      'bad-input',
      `${predictions.length} predictions are not ${starts.length} windows of ${labels} labels and ${windowSamples} samples`,
    );
  }
  if (starts.length === 0) return { curves: [], firstSample: 0 };
  const firstSample = starts.reduce((a, b) => Math.min(a, b)) + (trim ? before : 0);
  const end = starts.reduce((a, b) => Math.max(a, b)) + windowSamples - (trim ? after : 0);
  const length = Math.max(0, end - firstSample);
  const curves = Array.from({ length: labels }, () => new Float32Array(length).fill(NaN));
  const folds = new Uint16Array(length);
  starts.forEach((start, w) => {
    const from = start + before - firstSample;
    const to = start + windowSamples - after - firstSample;
    for (let label = 0; label < labels; label += 1) {
      const curve = assertDefined(curves[label], 'curve of a label');
      const shift = (w * labels + label) * windowSamples + firstSample - start;
      for (let i = from; i < to; i += 1) {
        const value = predictions[i + shift] as number;
        const held = curve[i] as number;
        if (held !== held) curve[i] = value;
        else curve[i] = merge === 'max' ? Math.max(held, value) : held + value;
      }
    }
    for (let i = from; i < to; i += 1) folds[i] = (folds[i] as number) + 1;
  });
  if (merge === 'mean') divideByFolds(curves, folds);
  return { curves, firstSample };
}

function divideByFolds(curves: readonly Float32Array[], folds: Uint16Array): void {
  for (const curve of curves) {
    for (let i = 0; i < curve.length; i += 1) {
      if ((folds[i] as number) > 1) curve[i] = (curve[i] as number) / (folds[i] as number);
    }
  }
}
