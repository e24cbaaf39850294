import { resampledLength } from '../../signal/resample/resample.ts';

/** Below this a slope counts as this in the weights, as in ObsPy: the spacing of float64 numbers at 1. */
const SMALLEST_SLOPE = Number.EPSILON;

export interface InterpolationOptions {
  /** From input sample 0 to output sample 0. */
  readonly startShiftS?: number;
  /** Output samples; by default the last one lies at or before the last input sample. */
  readonly length?: number;
  /**
   * Seconds since 1970 of input sample 0, for ObsPy's positions: it subtracts float64 times, which today are known to
   * a quarter of a microsecond. Without it positions are exact.
   */
  readonly epochS?: number;
}

/**
 * Samples at `toHz` on cubic Hermite curves whose slopes are the weighted average of the neighbouring differences
 * (Wiggins 1976; ObsPy's `interpolate` with `weighted_average_slopes`, SAC's `interpolate`), flat at every extremum.
 * Output sample k lies `startShiftS + k / toHz` after input sample 0. There is no anti-alias filter.
 * Outside the input its end values go on, where ObsPy reads past the end.
 */
export function interpolateSlopes(
  samples: Float64Array,
  fromHz: number,
  toHz: number,
  options: InterpolationOptions = {},
): Float64Array {
  const { startShiftS = 0, epochS = 0 } = options;
  const length = options.length ?? resampledLength(samples.length, fromHz, toHz);
  const firstS = epochS + startShiftS;
  const stepS = length > 1 ? (firstS + (length - 1) / toHz - firstS) / (length - 1) : 0;
  const spacingS = 1 / fromHz;
  const slopes = slopesOf(samples, fromHz);
  const out = new Float64Array(length);
  const last = samples.length - 1;
  for (let k = 0; k < length; k += 1) {
    const position = (k * stepS + firstS - epochS) / spacingS;
    const i = Math.floor(position);
    if (i < 0 || i >= last) {
      out[k] = samples[i < 0 ? 0 : last] as number;
      continue;
    }
    const t = position - i;
    const value = samples[i] as number;
    const rise = (samples[i + 1] as number) - value;
    const bendHere = rise - (slopes[i] as number);
    const bendThere = (slopes[i + 1] as number) - rise;
    out[k] = value + (rise + (bendHere + (bendThere - bendHere) * t) * (t - 1)) * t;
  }
  return out;
}

/** Slopes per sample. */
function slopesOf(samples: Float64Array, rateHz: number): Float64Array {
  const n = samples.length;
  const slopes = new Float64Array(n);
  if (n < 2) return slopes;
  const smallest = SMALLEST_SLOPE / rateHz;
  const difference = (i: number): number => (samples[i + 1] as number) - (samples[i] as number);
  slopes[0] = difference(0);
  slopes[n - 1] = difference(n - 2);
  for (let i = 1; i < n - 1; i += 1) {
    const before = difference(i - 1);
    const after = difference(i);
    // An extremum, or the edge of a level stretch, has to stay where it is.
    if (Math.sign(before) !== Math.sign(after)) continue;
    const weightBefore = 1 / Math.max(Math.abs(before), smallest);
    const weightAfter = 1 / Math.max(Math.abs(after), smallest);
    slopes[i] = (weightBefore * before + weightAfter * after) / (weightBefore + weightAfter);
  }
  return slopes;
}
