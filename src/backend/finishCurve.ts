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
  const peaks: number[] = [];
  for (let at = 0; at < curve.length; at += SLICE_SAMPLES) {
    collectPeaks(curve, rule.threshold, at, Math.min(at + SLICE_SAMPLES, curve.length), peaks);
    await turn();
  }
  const kept = curve.subarray(from, to);
  const bins = new Float32Array(Math.ceil(kept.length / CURVE_BIN_SAMPLES));
  const step = SLICE_SAMPLES / CURVE_BIN_SAMPLES;
  for (let bin = 0; bin < bins.length; bin += step) {
    maximumBins(kept, bin, Math.min(bin + step, bins.length), bins);
    await turn();
  }
  const picks = keepHighest(curve, peaks, rule.minimumPeakDistanceSamples)
    .filter((sample) => sample >= from && sample < to)
    .map((sample) => measurePick(curve, sample, sampleRateHz));
  return { picks, bins };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
