// The common curve of the members of an ensemble, by the rule and the weights of a run.

import { assertUnreachable } from '../../base/assert.ts';
import type { Ensemble } from '../../domain/event/ensemble.ts';
import { combineCurves } from './combine.ts';
import type { Curve } from './members.ts';
import { ELEP_SEMBLANCE, semblanceCurve } from './semblance.ts';

/** What of a combination makes the common curve. */
export type MemberRule = Pick<Ensemble, 'rule' | 'weights'>;

/** ELEP's half a second about each sample. */
const SEMBLANCE_S = 0.5;

/** Samples on each side that a sample of the common curve is made of. */
export function halfWindow(rule: MemberRule['rule'], sampleRateHz: number): number {
  return rule === 'semblance' ? Math.ceil((SEMBLANCE_S * sampleRateHz) / 2) + 1 : 0;
}

/**
 * The common curve of the members' curves of a label, one a member and undefined where it has none of that label; they share
 * one time axis, NaN is no value. `firstSample` numbers sample 0 in its stretch, so that sums come out bit by bit alike
 * however a stretch is cut. Undefined where no member that counts has a curve.
 */
export function combineMembers(
  { rule, weights }: MemberRule,
  rows: readonly (Curve | undefined)[],
  { sampleRateHz, firstSample }: { readonly sampleRateHz: number; readonly firstSample: number },
): Float64Array | undefined {
  const curves: Curve[] = [];
  const own: number[] = [];
  const counted = rule === 'first' ? rows.slice(0, 1) : rows;
  for (const [member, row] of counted.entries()) {
    const weight = weights?.[member] ?? 1;
    if (row === undefined || weight <= 0) continue;
    curves.push(row);
    own.push(weight);
  }
  const [only] = curves;
  if (only === undefined) return undefined;
  switch (rule) {
    case 'first':
      return Float64Array.from(only);
    case 'semblance': {
      const windowSamples = Math.max(1, Math.round(SEMBLANCE_S * sampleRateHz));
      return semblanceCurve(curves, { ...ELEP_SEMBLANCE, windowSamples, firstSample });
    }
    case 'noisy-or':
      return combineCurves(curves, { kind: 'noisyOr' });
    case 'mean':
      return combineCurves(curves, { kind: 'weightedMean', weights: own });
    case 'max':
    case 'median':
      return combineCurves(curves, { kind: rule });
    default:
      return assertUnreachable(rule);
  }
}
