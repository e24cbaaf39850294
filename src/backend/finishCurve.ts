import { CURVE_BIN_SAMPLES, maximumBins } from '../models/curveBins.ts';
import {
  collectPeaks,
  type CurvePick,
  keepHighest,
  measurePick,
  type PeakRule,
} from '../models/picking.ts';

/** Samples looked at before other work of the backend gets its turn: well under a millisecond. */
const SLICE_SAMPLES = 262_144;

/**
 * Picks and thinned curve of `curve[from … to)`. Peaks are weighed against the whole curve, so that a pick at
 * the seam of two blocks is found once. Works in slices on the calling thread.
 */
export async function finishCurve(
  curve: Float32Array,
  from: number,
  to: number,
  sampleRateHz: number,
  rule: PeakRule,
): Promise<{ picks: CurvePick[]; bins: Float32Array }> {
  const kept = curve.subarray(from, to);
  const bins = new Float32Array(Math.ceil(kept.length / CURVE_BIN_SAMPLES));
  const peaks: number[] = [];
  collectPeaks(curve, rule.threshold, 0, from, peaks);
  const step = SLICE_SAMPLES / CURVE_BIN_SAMPLES;
  for (let bin = 0; bin < bins.length; bin += step) {
    const end = Math.min(bin + step, bins.length);
    maximumBins(kept, bin, end, bins);
    for (let i = bin; i < end; i += 1) {
      // Most of a day is noise: only bins that reach the threshold are looked at sample by sample.
      if ((bins[i] as number) < rule.threshold) continue;
      const at = from + i * CURVE_BIN_SAMPLES;
      collectPeaks(curve, rule.threshold, at, Math.min(at + CURVE_BIN_SAMPLES, to), peaks);
    }
    await turn();
  }
  collectPeaks(curve, rule.threshold, to, curve.length, peaks);
  const picks = keepHighest(curve, peaks, rule.minimumPeakDistanceSamples)
    .filter((sample) => sample >= from && sample < to)
    .map((sample) => measurePick(curve, sample, sampleRateHz));
  return { picks, bins };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
