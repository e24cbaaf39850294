import { assertDefined } from '../base/assert.ts';

/** Removes the mean, in place. */
export function demean(samples: Float64Array): void {
  subtractLine(samples, meanOf(samples), 0);
}

/** Removes the least-squares line, in place. */
export function detrendLinear(samples: Float64Array): void {
  const n = samples.length;
  if (n < 2) return demean(samples);
  const centre = (n - 1) / 2;
  const mean = meanOf(samples);
  let covariance = 0;
  for (let i = 0; i < n; i++) covariance += (i - centre) * ((samples[i] as number) - mean);
  const slope = covariance / ((n * (n * n - 1)) / 12);
  subtractLine(samples, mean - slope * centre, slope);
}

/** Removes the line through the first and the last sample, in place. */
export function detrendSimple(samples: Float64Array): void {
  const n = samples.length;
  const first = samples[0] ?? 0;
  const last = samples[n - 1] ?? 0;
  subtractLine(samples, first, n > 1 ? (last - first) / (n - 1) : 0);
}

/** Removes the least-squares polynomial of `order`, in place. */
export function detrendPolynomial(samples: Float64Array, order: number): void {
  const n = samples.length;
  const basis = (i: number, out: Float64Array): number => {
    // Legendre polynomials over the trace are near orthogonal, so that the fit stays well conditioned.
    const x = n > 1 ? (2 * i) / (n - 1) - 1 : 0;
    out[0] = 1;
    if (order > 0) out[1] = x;
    for (let k = 2; k <= order; k++) {
      out[k] = ((2 * k - 1) * x * (out[k - 1] as number) - (k - 1) * (out[k - 2] as number)) / k;
    }
    return 0;
  };
  subtractFit(samples, { size: order + 1, width: order + 1, basis });
}

/**
 * Removes the least-squares spline of `degree` with a knot every `knotSamples`, in place
 * (knots as in obspy.signal.detrend.spline; de Boor's recursion).
 */
export function detrendSpline(samples: Float64Array, degree: number, knotSamples: number): void {
  const n = samples.length;
  const inner: number[] = [];
  for (let t = knotSamples / 2; t < n - knotSamples / 2 + 2 && t < n - 1; t += knotSamples) {
    inner.push(t);
  }
  const end = (value: number): number[] => Array.from({ length: degree + 1 }, () => value);
  const knots = Float64Array.from([...end(0), ...inner, ...end(n - 1)]);
  const size = inner.length + degree + 1;
  const basis = (i: number, out: Float64Array): number => {
    let span = degree;
    while (span < size - 1 && (knots[span + 1] as number) <= i) span++;
    splineBasis(knots, span, degree, i, out);
    return span - degree;
  };
  subtractFit(samples, { size, width: degree + 1, basis });
}

function splineBasis(
  knots: Float64Array,
  span: number,
  degree: number,
  x: number,
  out: Float64Array,
): void {
  out.fill(0);
  out[0] = 1;
  for (let d = 1; d <= degree; d++) {
    let saved = 0;
    for (let r = 0; r < d; r++) {
      const right = (knots[span + r + 1] as number) - x;
      const left = x - (knots[span + 1 - d + r] as number);
      const term = (out[r] as number) / (right + left);
      out[r] = saved + right * term;
      saved = left * term;
    }
    out[d] = saved;
  }
}

interface LinearModel {
  readonly size: number;
  readonly width: number;
  /** Fills `out` with the values of `width` functions at sample i and returns the number of the first. */
  readonly basis: (i: number, out: Float64Array) => number;
}

function subtractFit(samples: Float64Array, { size, width, basis }: LinearModel): void {
  const matrix = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  const row = new Float64Array(width);
  const mean = meanOf(samples);
  for (let i = 0; i < samples.length; i++) {
    const first = basis(i, row);
    for (let a = 0; a < width; a++) {
      const line = assertDefined(matrix[first + a], 'row of the normal equations');
      const value = row[a] as number;
      right[first + a] = (right[first + a] ?? 0) + value * ((samples[i] as number) - mean);
      for (let b = 0; b < width; b++)
        line[first + b] = (line[first + b] ?? 0) + value * (row[b] as number);
    }
  }
  const solution = solve(matrix, right);
  for (let i = 0; i < samples.length; i++) {
    const first = basis(i, row);
    let fit = mean;
    for (let a = 0; a < width; a++) fit += (row[a] as number) * (solution[first + a] ?? 0);
    samples[i] = (samples[i] as number) - fit;
  }
}

/** Gaussian elimination with partial pivoting; the matrix is small and is destroyed. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  const at = (r: number, c: number): number => matrix[r]?.[c] ?? 0;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(at(r, c)) > Math.abs(at(pivot, c))) pivot = r;
    const [a, b] = [assertDefined(matrix[c], 'row'), assertDefined(matrix[pivot], 'row')];
    [matrix[c], matrix[pivot]] = [b, a];
    [right[c], right[pivot]] = [right[pivot] as number, right[c] as number];
    // A function no sample touches has no say in the fit.
    if (at(c, c) === 0) continue;
    for (let r = c + 1; r < n; r++) {
      const factor = at(r, c) / at(c, c);
      const line = assertDefined(matrix[r], 'row');
      for (let k = c; k < n; k++) line[k] = at(r, k) - factor * at(c, k);
      right[r] = (right[r] as number) - factor * (right[c] as number);
    }
  }
  for (let r = n - 1; r >= 0; r--) {
    let sum = right[r] as number;
    for (let c = r + 1; c < n; c++) sum -= at(r, c) * (right[c] as number);
    right[r] = at(r, r) === 0 ? 0 : sum / at(r, r);
  }
  return right;
}

function meanOf(samples: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] as number;
  return samples.length > 0 ? sum / samples.length : 0;
}

function subtractLine(samples: Float64Array, start: number, slope: number): void {
  for (let i = 0; i < samples.length; i++) {
    samples[i] = (samples[i] as number) - (start + slope * i);
  }
}
