import { AppError } from '../../base/appError.ts';

/** After so many steps the moments are summed anew, so that rounding does not pile up. */
export const STEPS_BETWEEN_SUMS = 4096;

/**
 * Excess kurtosis (Fisher's, biased) of the last `window` samples at each; 0 until the window is full or where it
 * is constant. An onset makes it rise steeply (Saragiotis et al. 2002).
 */
export function kurtosisCurve(samples: Float64Array, window: number): Float64Array {
  if (!Number.isInteger(window) || window < 2) {
    throw new AppError('bad-input', `a kurtosis window of ${window} samples; give 2 or more`);
  }
  const curve = new Float64Array(samples.length);
  for (let from = 0; from + window <= samples.length; from += STEPS_BETWEEN_SUMS) {
    const steps = Math.min(STEPS_BETWEEN_SUMS, samples.length - window - from + 1);
    rollWindow(samples, from, steps, window, curve);
  }
  return curve;
}

function rollWindow(
  samples: Float64Array,
  from: number,
  steps: number,
  window: number,
  curve: Float64Array,
): void {
  // Sums of powers about a value near the mean: about zero a large offset would swallow them.
  let centre = 0;
  for (let i = from; i < from + window; i += 1) centre += (samples[i] as number) / window;
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  const add = (value: number, sign: 1 | -1): void => {
    const x = value - centre;
    sums[0] += sign * x;
    sums[1] += sign * x * x;
    sums[2] += sign * x * x * x;
    sums[3] += sign * x * x * x * x;
  };
  for (let i = from; i < from + window; i += 1) add(samples[i] as number, 1);
  for (let step = 0; step < steps; step += 1) {
    if (step > 0) {
      add(samples[from + window - 1 + step] as number, 1);
      add(samples[from - 1 + step] as number, -1);
    }
    curve[from + window - 1 + step] = excess(sums, window);
  }
}

/** Excess of `n` values by the sums of their powers. */
export function excess(
  [s1, s2, s3, s4]: readonly [number, number, number, number],
  n: number,
): number {
  const mean = s1 / n;
  const m2 = s2 / n - mean * mean;
  const m4 = s4 / n - (4 * mean * s3) / n + (6 * mean * mean * s2) / n - 3 * mean ** 4;
  return m2 > 0 ? m4 / (m2 * m2) - 3 : 0;
}
