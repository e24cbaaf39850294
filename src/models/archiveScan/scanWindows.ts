// Windows of a chunk through a network that answers once per window.

import { assertDefined } from '../../base/assert.ts';
import { SCAN_LABELS, SCAN_WINDOW_SAMPLES } from './scanOptions.ts';

/**
 * Runs a network over windows × components × samples and answers windows × labels. The input is filled anew after the
 * answer has come.
 */
export type InferWindows = (input: Float32Array, windows: number) => Promise<Float32Array>;

export interface ScanWindowing {
  readonly shiftSamples: number;
  readonly batchSize: number;
  /** By what each window is divided. */
  readonly normalisation: 'window' | 'chunk';
}

/** Windows of 400 samples each `shiftSamples`; none when there are fewer samples. */
export function scanWindowCount(samples: number, shiftSamples: number): number {
  return Math.max(0, Math.floor((samples - SCAN_WINDOW_SAMPLES) / shiftSamples) + 1);
}

/**
 * Scores of all windows, windows × labels, in batches of `batchSize` from the first window on: a network that scales
 * over its batch depends on that. Windows without any signal are fed as zeros, where the program gives NaN.
 */
export async function scoreWindows(
  components: readonly (Float32Array | Float64Array)[],
  { shiftSamples, batchSize, normalisation }: ScanWindowing,
  infer: InferWindows,
): Promise<Float32Array> {
  const count = scanWindowCount(components[0]?.length ?? 0, shiftSamples);
  const peaks = windowPeaks(components, count, shiftSamples);
  if (normalisation === 'chunk') peaks.fill(largestOf(components));
  const scores = new Float32Array(count * SCAN_LABELS.length);
  const size = components.length * SCAN_WINDOW_SAMPLES;
  const input = new Float32Array(Math.min(batchSize, count) * size);
  for (let first = 0; first < count; first += batchSize) {
    const windows = Math.min(batchSize, count - first);
    for (let w = 0; w < windows; w += 1) {
      const start = (first + w) * shiftSamples;
      fillWindow(components, start, peaks[first + w] as number, input.subarray(w * size));
    }
    const answer = await infer(input.subarray(0, windows * size), windows);
    scores.set(answer.subarray(0, windows * SCAN_LABELS.length), first * SCAN_LABELS.length);
  }
  return scores;
}

function fillWindow(
  components: readonly (Float32Array | Float64Array)[],
  start: number,
  divisor: number,
  out: Float32Array,
): void {
  let at = 0;
  for (const samples of components) {
    for (let i = start; i < start + SCAN_WINDOW_SAMPLES; i += 1) {
      out[at] = divisor > 0 ? (samples[i] as number) / divisor : 0;
      at += 1;
    }
  }
}

/** The largest absolute value of all components. */
export function largestOf(components: readonly (Float32Array | Float64Array)[]): number {
  const samples = components[0]?.length ?? 0;
  return blockPeaks(components, Math.max(1, samples), 1)[0] ?? 0;
}

/** The largest absolute value of each window over all components, of the largest ones of blocks that windows share. */
export function windowPeaks(
  components: readonly (Float32Array | Float64Array)[],
  count: number,
  shiftSamples: number,
): Float64Array {
  const shared = SCAN_WINDOW_SAMPLES % shiftSamples === 0;
  const block = shared ? shiftSamples : 1;
  const perWindow = SCAN_WINDOW_SAMPLES / block;
  const step = shiftSamples / block;
  const blocks = count === 0 ? 0 : (count - 1) * step + perWindow;
  const peaks = blockPeaks(components, block, blocks);
  const out = new Float64Array(count);
  for (let w = 0; w < count; w += 1) {
    let largest = 0;
    for (let b = w * step; b < w * step + perWindow; b += 1) {
      if ((peaks[b] as number) > largest) largest = peaks[b] as number;
    }
    out[w] = largest;
  }
  return out;
}

function blockPeaks(
  components: readonly (Float32Array | Float64Array)[],
  blockSamples: number,
  blocks: number,
): Float64Array {
  const peaks = new Float64Array(blocks);
  for (const samples of components) {
    for (let b = 0; b < blocks; b += 1) {
      let largest = peaks[b] as number;
      const end = Math.min(samples.length, (b + 1) * blockSamples);
      for (let i = b * blockSamples; i < end; i += 1) {
        const size = Math.abs(samples[i] as number);
        if (size > largest) largest = size;
      }
      peaks[b] = largest;
    }
  }
  return peaks;
}

/**
 * Scores back at every sample, one curve per label: straight lines from window to window, the end point of each left
 * out. Sample k belongs to the window that starts there; after the last full step everything is 0.
 */
export function restoreScores(
  scores: Float32Array,
  samples: number,
  shiftSamples: number,
): readonly Float64Array[] {
  const labels = SCAN_LABELS.length;
  const curves = SCAN_LABELS.map(() => new Float64Array(samples));
  const windows = scores.length / labels;
  for (let label = 0; label < labels; label += 1) {
    const curve = assertDefined(curves[label], 'curve of a label');
    for (let w = 1; w < windows; w += 1) {
      const from = scores[(w - 1) * labels + label] as number;
      const step = ((scores[w * labels + label] as number) - from) / shiftSamples;
      for (let i = 0; i < shiftSamples; i += 1) curve[(w - 1) * shiftSamples + i] = from + i * step;
    }
  }
  return curves;
}
