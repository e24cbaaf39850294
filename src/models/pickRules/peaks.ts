// Local maxima of probability curves, and which of them stay when none may lie close to a higher one.

import { type Curve, pieceCount, pieceFrom, pieceValues, type SparseCurve } from './sparseCurve.ts';

/**
 * Whose reading of "peak" and "distance": `middle` finds level tops at their middle and allows a distance of exactly the
 * minimum; `rising` is `detect_peaks` of PhaseNet and EQTransformer (M. Duarte): a top counts at its first sample, also
 * when the curve rises on after it, and peaks at exactly the distance are too close.
 */
export type PeakConvention = 'middle' | 'rising';

/** Peaks in order of time. */
export interface Peaks {
  readonly samples: Float64Array;
  readonly heights: Float64Array;
  /** The piece of the curve each lies in. */
  readonly pieces: Uint32Array;
}

/**
 * Appends to `peaks` the local maxima of `curve[from … to)` at or above the threshold. A level top counts
 * once, at its middle sample. The first and last sample of the curve are never a peak.
 * May be called slice by slice; neighbouring samples outside the slice are looked at.
 */
export function collectPeaks(
  curve: Curve,
  threshold: number,
  from: number,
  to: number,
  peaks: number[],
): void {
  const end = Math.min(to, curve.length - 1);
  for (let i = Math.max(from, 1); i < end; i += 1) {
    const value = curve[i] as number;
    if (!(value >= threshold && (curve[i - 1] as number) < value)) continue;
    let right = i;
    while (right + 1 < curve.length && curve[right + 1] === value) right += 1;
    if (right + 1 < curve.length && (curve[right + 1] as number) < value) {
      peaks.push((i + right) >> 1);
    }
  }
}

/** The peaks of `detect_peaks`: rising edges. A sample beside one without a value is no peak. */
function collectRising(curve: Curve, threshold: number, peaks: number[]): void {
  for (let i = 1; i < curve.length - 1; i += 1) {
    const value = curve[i] as number;
    if (value >= threshold && (curve[i - 1] as number) < value && (curve[i + 1] as number) <= value)
      peaks.push(i);
  }
}

/** All peaks of a curve at or above the threshold. */
export function findPeaks(
  curve: SparseCurve,
  threshold: number,
  convention: PeakConvention = 'middle',
): Peaks {
  const samples: number[] = [];
  const heights: number[] = [];
  const pieces: number[] = [];
  const found: number[] = [];
  for (let piece = 0; piece < pieceCount(curve); piece += 1) {
    if (curve.maxima !== undefined && !((curve.maxima[piece] as number) >= threshold)) continue;
    const values = pieceValues(curve, piece);
    const from = pieceFrom(curve, piece);
    found.length = 0;
    if (convention === 'rising') collectRising(values, threshold, found);
    else collectPeaks(values, threshold, 0, values.length, found);
    for (const i of found) {
      samples.push(from + i);
      heights.push(values[i] as number);
      pieces.push(piece);
    }
  }
  return {
    samples: Float64Array.from(samples),
    heights: Float64Array.from(heights),
    pieces: Uint32Array.from(pieces),
  };
}

/** How near two peaks may lie, and which of two equally high ones stays. */
export interface PeakDistance {
  /** In samples. */
  readonly distance: number;
  /** A peak at exactly the distance is too close. */
  readonly inclusive: boolean;
  readonly ofEquals: 'earlier' | 'later';
}

/** Places of peaks, the highest first. The same for all distances. */
export function heightOrder(
  { heights }: Peaks,
  ofEquals: PeakDistance['ofEquals'],
): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(heights.length);
  for (let k = 0; k < order.length; k += 1) order[k] = k;
  const sign = ofEquals === 'earlier' ? 1 : -1;
  return order.sort((a, b) => (heights[b] as number) - (heights[a] as number) || sign * (a - b));
}

/**
 * Those of `peaks` that stay when the highest go first and none may lie closer than the distance, in order of time.
 * Lower peaks have no say about higher ones: what stays at a threshold is what stays at a lower one, less what lies below.
 * `order` is their `heightOrder`, where it is known.
 */
export function keepHighest(
  peaks: Peaks,
  { distance, inclusive, ofEquals }: PeakDistance,
  order: Uint32Array = heightOrder(peaks, ofEquals),
): Peaks {
  const { samples } = peaks;
  const count = samples.length;
  // Samples are whole numbers: this is the first distance that is far enough.
  const enough = inclusive ? Math.floor(distance) + 1 : distance;
  const dropped = new Uint8Array(count);
  for (let n = 0; n < count; n += 1) {
    const k = order[n] as number;
    if (dropped[k] === 1) continue;
    const at = samples[k] as number;
    for (let i = k - 1; i >= 0 && at - (samples[i] as number) < enough; i -= 1) dropped[i] = 1;
    for (let i = k + 1; i < count && (samples[i] as number) - at < enough; i += 1) dropped[i] = 1;
  }
  return selectPeaks(peaks, (k) => dropped[k] === 0);
}

export function selectPeaks(peaks: Peaks, wanted: (k: number) => boolean): Peaks {
  const count = peaks.samples.length;
  const places = new Uint32Array(count);
  let found = 0;
  for (let k = 0; k < count; k += 1) {
    if (!wanted(k)) continue;
    places[found] = k;
    found += 1;
  }
  if (found === count) return peaks;
  const samples = new Float64Array(found);
  const heights = new Float64Array(found);
  const pieces = new Uint32Array(found);
  for (let n = 0; n < found; n += 1) {
    const k = places[n] as number;
    samples[n] = peaks.samples[k] as number;
    heights[n] = peaks.heights[k] as number;
    pieces[n] = peaks.pieces[k] as number;
  }
  return { samples, heights, pieces };
}
