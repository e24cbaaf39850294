// How sure a pick's time is, read from its probability curve.

import type { UncertaintyMethod } from '../../domain/event/runSettings.ts';
import { formatPickFit, type PickFit } from '../../domain/event/pickFit.ts';
import { fitPeak, type NormalFit } from '../distribution/fitPeak.ts';
import {
  type Curve,
  pieceFrom,
  pieceTo,
  pieceValues,
  type SparseCurve,
  valuesBetween,
} from './sparseCurve.ts';

export interface Uncertainty {
  readonly lowerUncertaintyS: number;
  readonly upperUncertaintyS: number;
  /** The normal curve they are sigma of. */
  readonly fit?: PickFit;
}

/** Names the rule behind a machine pick's uncertainties; stored as part of the pick's method. */
export const UNCERTAINTY_METHODS: Readonly<Record<UncertaintyMethod, string>> = {
  width: 'probability width exp(-1/2)',
  'normal fit': 'probability normal fit',
};

/** How the uncertainties of one pick were made: a fit with its parameters, or why there is none. */
export function uncertaintyWords(method: UncertaintyMethod, fit: PickFit | undefined): string {
  if (fit !== undefined) return formatPickFit(fit);
  const width = UNCERTAINTY_METHODS.width;
  return method === 'width' ? width : `${width} for want of a normal fit`;
}

/** Part of a peak at which its width is taken: one standard deviation of a Gaussian. */
export const WIDTH_LEVEL = Math.exp(-0.5);
/** A fit looks at samples from this part of its peak on. */
export const FIT_LEVEL = 0.1;

const LONGEST_UNCERTAINTY_S = 1;
/** The trigger of a fit, and by how much it is widened at each end, as in PNSN's ml_prediction. */
const FIT_TRIGGER = 0.1;
const FIT_PAD_S = 0.1;

/**
 * The times from a peak to where the curve has fallen to exp(−½) of it, by linear interpolation between samples;
 * at least half a sample, at most 1 s, also where the curve ends or has a hole before.
 */
export function measureWidth(values: Curve, index: number, sampleRateHz: number): Uncertainty {
  const level = (values[index] as number) * WIDTH_LEVEL;
  const side = (step: 1 | -1): number => {
    const longest = LONGEST_UNCERTAINTY_S * sampleRateHz;
    const samples = samplesToLevel(values, index, step, level, longest);
    return Math.min(Math.max(samples, 0.5) / sampleRateHz, LONGEST_UNCERTAINTY_S);
  };
  return { lowerUncertaintyS: side(-1), upperUncertaintyS: side(1) };
}

function samplesToLevel(
  values: Curve,
  peak: number,
  step: 1 | -1,
  level: number,
  longest: number,
): number {
  for (let distance = 1; distance <= longest + 1; distance += 1) {
    const value = values[peak + step * distance];
    if (value === undefined || value !== value) return longest;
    if (value <= level) {
      const before = values[peak + step * (distance - 1)] as number;
      return distance - 1 + (before - level) / (before - value);
    }
  }
  return longest;
}

/**
 * Sigma of the scaled normal curve fitted about a peak (`fitPeak`), on both sides; at least half a sample, at most 1 s.
 * The span is the run at or above 0.1 (half the peak where it is lower) about the peak, widened by 0.1 s; where no
 * curve can be fitted the width stands in.
 */
export function fitUncertainty(
  curve: SparseCurve,
  piece: number,
  sample: number,
  sampleRateHz: number,
): Uncertainty {
  const values = pieceValues(curve, piece);
  const from = pieceFrom(curve, piece);
  const index = sample - from;
  const peak = values[index] as number;
  const level = peak >= FIT_TRIGGER ? FIT_TRIGGER : peak / 2;
  const run = runAbout(values, index, level);
  const pad = Math.round(FIT_PAD_S * sampleRateHz);
  const spanFrom = Math.max(0, from + run.first - pad);
  const span = aroundRun(curve, piece, spanFrom, from + run.last + pad + 1);
  const fit = fitPeak(span, { from: 0, to: span.length, sampleRateHz });
  if (fit.kind === 'none') return measureWidth(values, index, sampleRateHz);
  const halfSampleS = 0.5 / sampleRateHz;
  const sigmaS = Math.min(Math.max(fit.sigmaS, halfSampleS), LONGEST_UNCERTAINTY_S);
  const toPickS = (spanFrom - sample) / sampleRateHz;
  return { lowerUncertaintyS: sigmaS, upperUncertaintyS: sigmaS, fit: pickFit(fit, toPickS) };
}

function pickFit(fit: NormalFit, toPickS: number): PickFit {
  const { scale, meanS, sigmaS, samples, residualL2, covariance } = fit;
  const [[pp, pu, po], [, uu, uo], [, , oo]] = covariance;
  return {
    ...{ scale, meanS: meanS + toPickS, sigmaS, samples, residualL2 },
    covariance: [pp, uu, oo, pu, po, uo],
  };
}

/** A view where the piece holds all of it; neighbouring pieces are looked up otherwise. */
function aroundRun(curve: SparseCurve, piece: number, from: number, to: number): Curve {
  const start = pieceFrom(curve, piece);
  const inside = from >= start && to <= pieceTo(curve, piece);
  if (inside) return pieceValues(curve, piece).subarray(from - start, to - start);
  return valuesBetween(curve, Math.max(0, from), Math.min(curve.length, to));
}

/** The run of samples at or above a level about one of them; `last` is included. */
export function runAbout(
  values: Curve,
  index: number,
  level: number,
): { readonly first: number; readonly last: number } {
  let first = index;
  while (first > 0 && (values[first - 1] as number) >= level) first -= 1;
  let last = index;
  while (last + 1 < values.length && (values[last + 1] as number) >= level) last += 1;
  return { first, last };
}
