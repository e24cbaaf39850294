// How sure a pick's time is, read from its probability curve.

import type { UncertaintyMethod } from '../../domain/event/runSettings.ts';
import { fitPeak } from '../distribution/fitPeak.ts';
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
}

/** Names the rule behind a machine pick's uncertainties; stored as part of the pick's method. */
export const UNCERTAINTY_METHODS: Readonly<Record<UncertaintyMethod, string>> = {
  width: 'probability width exp(-1/2)',
  'normal fit': 'probability normal fit',
};

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
 * The span is the run at or above 0.1 (half the peak where that is lower) about the peak, widened by 0.1 s; where no
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
  const level = Math.min(FIT_TRIGGER, (values[index] as number) / 2);
  const run = runAbout(values, index, level);
  const pad = Math.round(FIT_PAD_S * sampleRateHz);
  const span = aroundRun(curve, piece, from + run.first - pad, from + run.last + pad + 1);
  const fit = fitPeak(span, { from: 0, to: span.length, sampleRateHz });
  if (fit.kind === 'none') return measureWidth(values, index, sampleRateHz);
  const halfSampleS = 0.5 / sampleRateHz;
  const sigmaS = Math.min(Math.max(fit.sigmaS, halfSampleS), LONGEST_UNCERTAINTY_S);
  return { lowerUncertaintyS: sigmaS, upperUncertaintyS: sigmaS };
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
