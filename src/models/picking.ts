// From a probability curve to picks.

/** A pick as samples of its curve. */
export interface CurvePick {
  readonly sample: number;
  readonly probability: number;
  readonly lowerUncertaintyS: number;
  readonly upperUncertaintyS: number;
}

export interface PeakRule {
  readonly threshold: number;
  readonly minimumPeakDistanceSamples: number;
}

/** Names the rule behind a machine pick's uncertainties; stored as part of the pick's method. */
export const UNCERTAINTY_METHOD = 'probability width exp(-1/2)';

const LONGEST_UNCERTAINTY_S = 1;

/**
 * Appends to `peaks` the local maxima of `curve[from … to)` at or above the threshold. A level top counts
 * once, at its middle sample. The first and last sample of the curve are never a peak.
 * May be called slice by slice; neighbouring samples outside the slice are looked at.
 */
export function collectPeaks(
  curve: Float32Array,
  threshold: number,
  from: number,
  to: number,
  peaks: number[],
): void {
  const end = Math.min(to, curve.length - 1);
  for (let i = Math.max(from, 1); i < end; i += 1) {
    const value = curve[i] as number;
    if (value < threshold || (curve[i - 1] as number) >= value) continue;
    let right = i;
    while (right + 1 < curve.length && curve[right + 1] === value) right += 1;
    if (right + 1 < curve.length && (curve[right + 1] as number) < value) {
      peaks.push((i + right) >> 1);
    }
  }
}

/** Of `peaks` (ascending) those kept when the highest go first and none may lie closer than `distance`. */
export function keepHighest(
  curve: Float32Array,
  peaks: readonly number[],
  distance: number,
): number[] {
  const byHeight = peaks.map((_, index) => index);
  byHeight.sort((a, b) => heightAt(curve, peaks, b) - heightAt(curve, peaks, a) || a - b);
  const dropped = new Uint8Array(peaks.length);
  for (const index of byHeight) {
    if (dropped[index] === 1) continue;
    const at = peaks[index] as number;
    for (let i = index - 1; i >= 0 && at - (peaks[i] as number) < distance; i -= 1) dropped[i] = 1;
    for (let i = index + 1; i < peaks.length && (peaks[i] as number) - at < distance; i += 1) {
      dropped[i] = 1;
    }
  }
  return peaks.filter((_, index) => dropped[index] === 0);
}

function heightAt(curve: Float32Array, peaks: readonly number[], index: number): number {
  return curve[peaks[index] as number] as number;
}

/** Picks of a whole curve: peaks at or above the threshold, highest first, in order of time. */
export function pickCurve(curve: Float32Array, sampleRateHz: number, rule: PeakRule): CurvePick[] {
  const peaks: number[] = [];
  collectPeaks(curve, rule.threshold, 0, curve.length, peaks);
  return keepHighest(curve, peaks, rule.minimumPeakDistanceSamples).map((sample) =>
    measurePick(curve, sample, sampleRateHz),
  );
}

/**
 * The pick at a peak. Its uncertainties are the times from the peak to where the curve has fallen to
 * exp(−½) of it (one standard deviation of a Gaussian), by linear interpolation between samples;
 * at least half a sample, at most 1 s, also where the curve ends before.
 */
export function measurePick(curve: Float32Array, sample: number, sampleRateHz: number): CurvePick {
  const probability = curve[sample] as number;
  const level = probability * Math.exp(-0.5);
  const side = (step: 1 | -1): number => {
    const samples = samplesToLevel(
      curve,
      sample,
      step,
      level,
      LONGEST_UNCERTAINTY_S * sampleRateHz,
    );
    return Math.min(Math.max(samples, 0.5) / sampleRateHz, LONGEST_UNCERTAINTY_S);
  };
  return { sample, probability, lowerUncertaintyS: side(-1), upperUncertaintyS: side(1) };
}

function samplesToLevel(
  curve: Float32Array,
  peak: number,
  step: 1 | -1,
  level: number,
  longest: number,
): number {
  for (let distance = 1; distance <= longest + 1; distance += 1) {
    const value = curve[peak + step * distance];
    if (value === undefined) return longest;
    if (value <= level) {
      const before = curve[peak + step * (distance - 1)] as number;
      return distance - 1 + (before - level) / (before - value);
    }
  }
  return longest;
}
