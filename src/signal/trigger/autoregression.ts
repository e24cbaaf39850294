// Linear prediction in single precision, the arithmetic the reference numbers were made in.

const f32 = Math.fround;

/** Coefficients of a prediction filter from the first `window` samples (Burg 1967). */
export function burgCoefficients(
  samples: Float32Array,
  window: number,
  order: number,
): Float32Array {
  const coefficients = new Float32Array(order);
  const forward = samples.slice(0, window - 1);
  const backward = samples.slice(1, window);
  for (let k = 1; k <= order; k += 1) {
    const reflection = reflectionOf(forward, backward, window - k);
    const before = coefficients.slice(0, k - 1);
    for (let i = 0; i < k - 1; i += 1) {
      coefficients[i] = f32(
        (before[i] as number) - f32(reflection * (before[k - 2 - i] as number)),
      );
    }
    coefficients[k - 1] = reflection;
    for (let j = 0; j < window - k - 1; j += 1) {
      forward[j] = f32((forward[j] as number) - f32(reflection * (backward[j] as number)));
      backward[j] = f32((backward[j + 1] as number) - f32(reflection * (forward[j + 1] as number)));
    }
  }
  return coefficients;
}

function reflectionOf(forward: Float32Array, backward: Float32Array, count: number): number {
  let product = 0;
  let power = 0;
  for (let j = 0; j < count; j += 1) {
    const f = forward[j] as number;
    const b = backward[j] as number;
    product = f32(product + f32(f * b));
    power = f32(power + f32(f32(f * f) + f32(b * b)));
  }
  return f32(f32(2 * product) / power);
}

/**
 * Mean square error of predicting each of the `window` samples before a place, by place. As in the reference,
 * the filter sees the sample it predicts.
 */
export function predictionErrors(
  samples: Float32Array,
  coefficients: Float32Array,
  { count, window }: { readonly count: number; readonly window: number },
): Float32Array {
  const order = coefficients.length;
  const errors = new Float32Array(Math.max(count, samples.length) + window);
  const residuals = samples.map((_, i) => {
    let residual = samples[i] as number;
    for (let j = 0; j < order; j += 1) {
      residual = f32(residual - f32((samples[i - j] ?? 0) * (coefficients[j] as number)));
    }
    return f32(f32(residual * residual) / window);
  });
  for (let i = order; i < count - window; i += 1) {
    let sum = 0;
    for (let k = 0; k < window; k += 1) sum = f32(sum + (residuals[i + k] ?? 0));
    errors[i + window] = sum;
  }
  return errors;
}
