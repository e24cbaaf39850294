// Semblance of the members' curves: high only where they agree.
// Source: Yuan et al. 2023, "Better together", IEEE TGRS, and its program congcy/ELEP, after Marfurt et al. 1998.

import { AppError } from '../../base/appError.ts';
import { combineCurves } from './combine.ts';
import { type Curve, commonLength } from './members.ts';
import { type Trigger, findTriggers, triggerPeak } from './trigger.ts';

export interface SemblanceOptions {
  /** Samples summed about each sample i: from i − floor(n / 2), n of them, as far as there are any. 1: sample by sample. */
  readonly windowSamples: number;
  /** The exponent of the semblance. */
  readonly order: number;
  /** What the semblance is multiplied with: the members' maximum, their mean, or nothing. */
  readonly weight: 'max' | 'mean' | 'none';
  /** The number of the first sample in a longer curve, 0 when absent: where it is cut makes no difference to sums. */
  readonly firstSample?: number;
}

/** ELEP's tutorial values at 100 Hz: half a second, order 2, maximum. */
export const ELEP_SEMBLANCE: SemblanceOptions = { windowSamples: 50, order: 2, weight: 'max' };

export interface EnsemblePickRule {
  readonly threshold: number;
  /** Samples from the start of the curve in which nothing is picked. */
  readonly silencedFirstSamples: number;
}

/** ELEP's tutorial values for P and S on the semblance curve at 100 Hz. */
export const ELEP_PICK_RULE: EnsemblePickRule = { threshold: 0.05, silencedFirstSamples: 300 };

/**
 * C(t) = (Σ_W (Σ s)² / Σ_W m·Σ s²)^order · weight(t), over the m members with a value at a sample. Where all of them are 0 the
 * semblance is 0; where none has a value it is NaN. Linear in the number of samples, whatever the window.
 * Throws `bad-input` for curves of different lengths or a window that is no whole number of samples.
 */
export function semblanceCurve(curves: readonly Curve[], options: SemblanceOptions): Float64Array {
  const { windowSamples, order, weight, firstSample = 0 } = options;
  if (!Number.isInteger(windowSamples) || windowSamples < 1) {
    throw new AppError('bad-input', `a semblance window of ${windowSamples} samples is not usable`);
  }
  const length = commonLength(curves);
  const { squaredSum, scaledSquares, present } = memberSums(curves, length);
  const above = movingSum(squaredSum, windowSamples, firstSample);
  const below = movingSum(scaledSquares, windowSamples, firstSample);
  const weights = weight === 'none' ? undefined : combineCurves(curves, { kind: weight });
  const out = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    if (present[i] === 0) {
      out[i] = NaN;
      continue;
    }
    const divisor = below[i] as number;
    const semblance = divisor > 0 ? (above[i] as number) / divisor : 0;
    out[i] = semblance ** order * (weights === undefined ? 1 : (weights[i] as number));
  }
  return out;
}

interface MemberSums {
  readonly squaredSum: Float64Array;
  readonly scaledSquares: Float64Array;
  /** Members with a value at each sample. */
  readonly present: Int32Array;
}

function memberSums(curves: readonly Curve[], length: number): MemberSums {
  const sum = new Float64Array(length);
  const squares = new Float64Array(length);
  const present = new Int32Array(length);
  for (const curve of curves) {
    for (let i = 0; i < length; i += 1) {
      const value = curve[i] as number;
      if (value !== value) continue;
      sum[i] = (sum[i] as number) + value;
      squares[i] = (squares[i] as number) + value * value;
      present[i] = (present[i] as number) + 1;
    }
  }
  for (let i = 0; i < length; i += 1) {
    sum[i] = (sum[i] as number) ** 2;
    squares[i] = (squares[i] as number) * (present[i] as number);
  }
  return { squaredSum: sum, scaledSquares: squares, present };
}

/**
 * Sums over [i − floor(n / 2), i − floor(n / 2) + n), zero outside. Running sums from both ends of blocks of n (as van Herk 1992 does maxima):
 * only additions, so that small sums beside large ones keep their digits, as differences of prefix sums would not.
 */
function movingSum(values: Float64Array, n: number, firstSample: number): Float64Array {
  const length = values.length;
  if (n === 1) return values;
  // Blocks are those of the longer curve.
  const ahead = ((firstSample % n) + n) % n;
  const fromBlockStart = new Float64Array(length);
  const toBlockEnd = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    const before = (i + ahead) % n === 0 ? 0 : (fromBlockStart[i - 1] as number);
    fromBlockStart[i] = before + (values[i] as number);
  }
  for (let i = length - 1; i >= 0; i -= 1) {
    const after = (i + ahead) % n === n - 1 || i === length - 1 ? 0 : (toBlockEnd[i + 1] as number);
    toBlockEnd[i] = after + (values[i] as number);
  }
  const half = Math.floor(n / 2);
  const out = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    const first = i - half;
    const last = Math.min(first + n - 1, length - 1);
    const from = Math.max(first, 0);
    const sameBlock = Math.floor((from + ahead) / n) === Math.floor((last + ahead) / n);
    if (!sameBlock) out[i] = (toBlockEnd[from] as number) + (fromBlockStart[last] as number);
    else if (last - from === n - 1) out[i] = fromBlockStart[last] as number;
    else out[i] = partOfBlock(values, from, last);
  }
  return out;
}

/** A window cut short by the end of the record and lying inside one block; there are fewer than n of them. */
function partOfBlock(values: Float64Array, from: number, last: number): number {
  let sum = 0;
  for (let i = from; i <= last; i += 1) sum += values[i] as number;
  return sum;
}

/** A pick on an ensemble's curve. */
export interface EnsemblePick extends Trigger {
  readonly peak: number;
  readonly value: number;
}

/** Picks as ELEP makes them: a trigger at the threshold that ends at half of it, its highest sample the pick. */
export function pickEnsembleCurve(
  curve: Curve,
  { threshold, silencedFirstSamples }: EnsemblePickRule,
): EnsemblePick[] {
  const heard = curve.slice();
  heard.fill(0, 0, silencedFirstSamples);
  return findTriggers(heard, threshold, threshold / 2).map((trigger) => {
    const peak = triggerPeak(heard, trigger);
    return { ...trigger, peak, value: heard[peak] as number };
  });
}
