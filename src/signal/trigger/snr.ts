/** Ratios of the samples after a pick to those before it; all of them are used in the field. */
export interface SignalToNoiseFigures {
  /** 95th percentile of |x|, as 20 · log10. */
  readonly p95Db: number;
  readonly rmsRatio: number;
  readonly rmsDb: number;
  readonly peakRatio: number;
  /** Largest |x| after the pick in standard deviations of the noise. */
  readonly peakToNoiseStd: number;
  /** EQTransformer's: 95th percentile of the signed samples, as 20 · log10. */
  readonly eqtDb: number;
}

/**
 * Figures of `window` samples on either side of sample `pick`; undefined where the record does not hold them.
 * Percentiles with linear interpolation, standard deviation with divisor n.
 */
export function signalToNoiseFigures(
  samples: Float64Array,
  pick: number,
  window: number,
): SignalToNoiseFigures | undefined {
  if (pick < window || pick + window > samples.length || window < 1) return undefined;
  const noise = samples.subarray(pick - window, pick);
  const signal = samples.subarray(pick, pick + window);
  const decibels = (ratio: number): number => 20 * Math.log10(ratio);
  const rmsRatio = rms(signal) / rms(noise);
  return {
    p95Db: decibels(percentile95(signal.map(Math.abs)) / percentile95(noise.map(Math.abs))),
    rmsRatio,
    rmsDb: decibels(rmsRatio),
    peakRatio: largest(signal) / largest(noise),
    peakToNoiseStd: largest(signal) / standardDeviation(noise),
    eqtDb: decibels(Math.abs(percentile95(signal) / percentile95(noise))),
  };
}

function rms(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

function percentile95(values: Float64Array): number {
  const sorted = values.toSorted();
  const place = 0.95 * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}
