// A scaled normal curve through the samples of a probability peak.
// Source: PNSN ml_prediction, core/feature_extraction.py (`fit_probability_peak`); Marquardt 1963 for the iteration.

import type { Curve } from '../ensemble/members.ts';

/** Symmetric, in the order scale, mean, sigma. */
export type Covariance = readonly [Row, Row, Row];
type Row = readonly [number, number, number];

/** y(t) = scale · exp(−½ ((t − mean) / sigma)²), t in seconds from the first sample of the curve. */
export interface NormalFit {
  readonly kind: 'normal';
  readonly scale: number;
  readonly meanS: number;
  readonly sigmaS: number;
  /** √Σ r² over the samples fitted. */
  readonly residualL2: number;
  readonly samples: number;
  /** (JᵀJ)⁻¹ at the answer, JᵀJ in the unit of the curve. */
  readonly covariance: Covariance;
  /** `covariance` · residualL2² / (samples − 3): variances of the three parameters. */
  readonly covarianceScaled: Covariance;
}

/** Where a normal curve cannot be fitted: the highest sample stands for the peak, without a width. */
export interface NoFit {
  readonly kind: 'none';
  readonly why: 'too few samples' | 'no minimum found';
  readonly scale: number;
  readonly meanS: number;
  readonly samples: number;
}

export interface FitOptions {
  /** Samples at or above this part of the span's maximum are fitted. */
  readonly coefficient: number;
  /** With fewer there is no fit. */
  readonly minimumSamples: number;
}

export const DEFAULT_FIT: FitOptions = { coefficient: 0.1, minimumSamples: 30 };

const LONGEST_SEARCH = 500;
/** The search ends when a step moves no parameter by more than this part of it. */
const SMALLEST_STEP = 1e-14;

/**
 * Fits the samples `[from, to)` of a curve by least squares, unweighted, from the start values of the original program:
 * the maximum, the mean of the sample times, a quarter of their span.
 */
export function fitPeak(
  curve: Curve,
  { from, to, sampleRateHz }: { from: number; to: number; sampleRateHz: number },
  { coefficient, minimumSamples }: FitOptions = DEFAULT_FIT,
): NormalFit | NoFit {
  let top = from;
  for (let i = from; i < to; i += 1) if ((curve[i] as number) > (curve[top] as number)) top = i;
  const scale = curve[top] as number;
  const times: number[] = [];
  const values: number[] = [];
  // Times from the highest sample, so that those of a long record keep their digits.
  for (let i = from; i < to; i += 1) {
    if (!((curve[i] as number) >= coefficient * scale)) continue;
    times.push((i - top) / sampleRateHz);
    values.push(curve[i] as number);
  }
  const samples = times.length;
  const topS = top / sampleRateHz;
  const none = { kind: 'none', scale, meanS: topS, samples } as const;
  if (samples < Math.max(minimumSamples, 4)) return { ...none, why: 'too few samples' };
  const data = { times: Float64Array.from(times), values: Float64Array.from(values) };
  const meanTime = times.reduce((a, b) => a + b, 0) / samples;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const found = levenbergMarquardt(data, [scale, meanTime, 0.25 * span]);
  // Over a tenth of its sigma a normal curve is level: the samples say nothing about a width.
  const isLevel = found !== undefined && found.at[2] > 10 * span;
  const covariance = found && !isLevel ? invert(found.normal) : undefined;
  if (!found || !covariance) return { ...none, why: 'no minimum found' };
  const variance = found.squares / (samples - 3);
  return {
    kind: 'normal',
    scale: found.at[0],
    meanS: topS + found.at[1],
    sigmaS: found.at[2],
    residualL2: Math.sqrt(found.squares),
    samples,
    covariance,
    covarianceScaled: scaled(covariance, variance),
  };
}

interface Data {
  readonly times: Float64Array;
  readonly values: Float64Array;
}
type Vector = [number, number, number];
type Matrix = [Vector, Vector, Vector];

interface Linearised {
  /** Scale, mean, sigma. */
  readonly at: Vector;
  readonly squares: number;
  /** JᵀJ and Jᵀr, J the derivatives of the model, r the data less the model. */
  readonly normal: Matrix;
  readonly gradient: Vector;
}

function levenbergMarquardt(data: Data, start: Vector): Linearised | undefined {
  let now = linearise(data, start);
  let damping = 1e-3;
  for (let k = 0; k < LONGEST_SEARCH; k += 1) {
    const step = solve(damped(now.normal, damping), now.gradient);
    if (step === undefined) return undefined;
    const at: Vector = [now.at[0] + step[0], now.at[1] + step[1], now.at[2] + step[2]];
    const still = step.every((each, p) => Math.abs(each) <= SMALLEST_STEP * sizeOf(at, p));
    const next = linearise(data, at);
    if (next.squares <= now.squares) {
      now = next;
      damping = Math.max(damping / 10, 1e-15);
    } else {
      damping *= 10;
    }
    // No better point in reach of a float64: this is the minimum.
    if (still || damping > 1e15) return withPositiveSigma(data, now);
  }
  return undefined;
}

/** A time is small or large only beside the width of the peak. */
function sizeOf(at: Vector, parameter: number): number {
  return Math.abs(parameter === 0 ? at[0] : at[2]);
}

/** The model knows only sigma²: the answer is the positive root. */
function withPositiveSigma(data: Data, { at, ...rest }: Linearised): Linearised | undefined {
  if (!at.every(Number.isFinite) || at[2] === 0) return undefined;
  return at[2] > 0 ? { at, ...rest } : linearise(data, [at[0], at[1], -at[2]]);
}

function linearise({ times, values }: Data, at: Vector): Linearised {
  const [scale, mean, sigma] = at;
  const normal: Matrix = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  const gradient: Vector = [0, 0, 0];
  const row: Vector = [0, 0, 0];
  let squares = 0;
  for (let i = 0; i < times.length; i += 1) {
    const u = ((times[i] as number) - mean) / sigma;
    row[0] = Math.exp(-0.5 * u * u);
    row[1] = (scale * row[0] * u) / sigma;
    row[2] = row[1] * u;
    const residual = (values[i] as number) - scale * row[0];
    squares += residual * residual;
    for (const a of [0, 1, 2] as const) {
      gradient[a] += row[a] * residual;
      for (const b of [0, 1, 2] as const) normal[a][b] += row[a] * row[b];
    }
  }
  return { at, squares, normal, gradient };
}

function damped(normal: Matrix, damping: number): Matrix {
  const [a, b, c] = normal;
  const raised = 1 + damping;
  return [
    [a[0] * raised, a[1], a[2]],
    [b[0], b[1] * raised, b[2]],
    [c[0], c[1], c[2] * raised],
  ];
}

function solve(matrix: Matrix, right: Vector): Vector | undefined {
  const inverse = invert(matrix);
  if (inverse === undefined) return undefined;
  const [a, b, c] = right;
  const times = (row: Row): number => row[0] * a + row[1] * b + row[2] * c;
  return [times(inverse[0]), times(inverse[1]), times(inverse[2])];
}

/** Of a symmetric matrix, by cofactors; undefined when it is singular or not finite. */
function invert([[a, b, c], [, d, e], [, , f]]: Matrix): Covariance | undefined {
  const [p, q, r] = [d * f - e * e, c * e - b * f, b * e - c * d];
  const determinant = a * p + b * q + c * r;
  if (!Number.isFinite(determinant) || determinant === 0) return undefined;
  const [s, t, u] = [a * f - c * c, b * c - a * e, a * d - b * b];
  return scaled(
    [
      [p, q, r],
      [q, s, t],
      [r, t, u],
    ],
    1 / determinant,
  );
}

function scaled(matrix: Covariance, factor: number): Covariance {
  const row = ([a, b, c]: Row): Row => [a * factor, b * factor, c * factor];
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}
