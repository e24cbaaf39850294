// One curve from the curves of several members, sample by sample. Semblance has a file of its own.

import { AppError } from '../../base/appError.ts';
import { assertUnreachable } from '../../base/assert.ts';
import { type Curve, type Reduction, commonLength, reduceMembers } from './members.ts';

/**
 * How members are combined. `weightedMean` divides by the sum of the weights of the members present;
 * `ownMaximumMean` is ELEP's "weight_mean", the plain mean of curves each multiplied by its own maximum;
 * `bestCurve` is ELEP's "max", the whole curve of the member that reaches highest;
 * `noisyOr` is 1 − Π(1 − p), the chance that at least one of independent members is right (Pearl 1988).
 */
export type Combination =
  | { readonly kind: 'mean' | 'max' | 'median' | 'noisyOr' | 'ownMaximumMean' | 'bestCurve' }
  | { readonly kind: 'weightedMean'; readonly weights: readonly number[] };

/**
 * Combines curves on one time axis (`alignMembers`). Members that are NaN at a sample have no say in it; where all
 * are, the answer is NaN. Throws `bad-input` for curves of different lengths or weights that do not fit them.
 * Source of the ELEP kinds: Yuan et al. 2023, "Better together", IEEE TGRS; program congcy/ELEP.
 */
export function combineCurves(curves: readonly Curve[], how: Combination): Float64Array {
  switch (how.kind) {
    case 'mean':
      return reduceMembers(curves, meanOf);
    case 'max':
      return reduceMembers(curves, maximumOf);
    case 'median':
      return reduceMembers(curves, medianOf);
    case 'noisyOr':
      return reduceMembers(curves, noisyOrOf);
    case 'ownMaximumMean':
      return ownMaximumMean(curves);
    case 'bestCurve':
      return bestCurve(curves);
    case 'weightedMean':
      return reduceMembers(curves, weightedMean(checkedWeights(curves, how.weights)));
    default:
      return assertUnreachable(how);
  }
}

/** The member that reaches the highest value anywhere, the first of equals. */
export function bestMember(curves: readonly Curve[]): number {
  commonLength(curves);
  const maxima = curves.map(highest);
  return maxima.reduce((best, value, m) => (value > (maxima[best] ?? 0) ? m : best), 0);
}

function bestCurve(curves: readonly Curve[]): Float64Array {
  return Float64Array.from(curves[bestMember(curves)] ?? []);
}

function highest(curve: Curve): number {
  let maximum = -Infinity;
  for (let i = 0; i < curve.length; i += 1) {
    if ((curve[i] as number) > maximum) maximum = curve[i] as number;
  }
  return maximum;
}

const meanOf: Reduction = (values, _, count) => {
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += values[k] as number;
  return sum / count;
};

const maximumOf: Reduction = (values, _, count) => {
  let maximum = -Infinity;
  for (let k = 0; k < count; k += 1) maximum = Math.max(maximum, values[k] as number);
  return maximum;
};

const noisyOrOf: Reduction = (values, _, count) => {
  let noneRight = 1;
  for (let k = 0; k < count; k += 1) noneRight *= 1 - (values[k] as number);
  return 1 - noneRight;
};

const medianOf: Reduction = (values, _, count) => {
  // Insertion sort: ensembles have a handful of members.
  for (let k = 1; k < count; k += 1) {
    const value = values[k] as number;
    let at = k;
    while (at > 0 && (values[at - 1] as number) > value) {
      values[at] = values[at - 1] as number;
      at -= 1;
    }
    values[at] = value;
  }
  const upper = values[count >> 1] as number;
  return count % 2 === 1 ? upper : ((values[(count >> 1) - 1] as number) + upper) / 2;
};

function ownMaximumMean(curves: readonly Curve[]): Float64Array {
  const maxima = Float64Array.from(curves, highest);
  return reduceMembers(curves, (values, members, count) => {
    let sum = 0;
    for (let k = 0; k < count; k += 1) {
      sum += (values[k] as number) * (maxima[members[k] as number] as number);
    }
    return sum / count;
  });
}

function weightedMean(weights: Float64Array): Reduction {
  return (values, members, count) => {
    let sum = 0;
    let total = 0;
    for (let k = 0; k < count; k += 1) {
      const weight = weights[members[k] as number] as number;
      sum += weight * (values[k] as number);
      total += weight;
    }
    return total > 0 ? sum / total : NaN;
  };
}

function checkedWeights(curves: readonly Curve[], weights: readonly number[]): Float64Array {
  const usable = weights.every((weight) => weight >= 0 && Number.isFinite(weight));
  if (weights.length !== curves.length || !usable || !weights.some((weight) => weight > 0)) {
    throw new AppError(
      'bad-input',
      `weights ${weights.join(', ')} do not fit an ensemble of ${curves.length}; give each member a number from 0, at least one above 0`,
    );
  }
  return Float64Array.from(weights);
}
