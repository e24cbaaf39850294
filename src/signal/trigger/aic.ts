/**
 * Akaike's information criterion of two segments of unequal variance split at each sample (Maeda 1985), as
 * obspy.signal.trigger.aic_simple: k · ln var(x[0…k)) + (n − k − 1) · ln var(x[k…n)), at sample k − 1. Its minimum is the onset.
 * Zeros for fewer than three samples.
 */
export function aicCurve(samples: Float64Array): Float64Array {
  const n = samples.length;
  const curve = new Float64Array(n);
  if (n <= 2) return curve;
  const before = runningVariances(samples, false);
  const after = runningVariances(samples, true);
  for (let k = 1; k < n; k += 1) {
    // A single sample has no variance; ObsPy counts nothing for it.
    const left = k === 1 ? 0 : k * Math.log(before[k - 1] as number);
    const right = (n - k - 1) * Math.log(after[k] as number);
    curve[k - 1] = left + (n - k - 1 === 0 ? 0 : right);
  }
  curve[n - 1] = curve[n - 2] as number;
  return curve;
}

/** The sample at the lowest finite value of the criterion, or undefined for a constant record. */
export function aicOnset(samples: Float64Array): number | undefined {
  const curve = aicCurve(samples);
  let at: number | undefined;
  for (let i = 1; i < curve.length - 1; i += 1) {
    const value = curve[i] as number;
    if (Number.isFinite(value) && (at === undefined || value < (curve[at] as number))) at = i;
  }
  return at;
}

/** Variance (divisor n) of the samples up to and with each, or from each to the end (Welford's recurrence). */
function runningVariances(samples: Float64Array, fromEnd: boolean): Float64Array {
  const n = samples.length;
  const variances = new Float64Array(n);
  let mean = 0;
  let squares = 0;
  for (let count = 1; count <= n; count += 1) {
    const i = fromEnd ? n - count : count - 1;
    const value = samples[i] as number;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
    variances[i] = squares / count;
  }
  return variances;
}
