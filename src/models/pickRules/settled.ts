// Picking a curve while it is still coming: up to where nothing that follows can change the picks.

import type { PickRule } from '../../domain/event/runSettings.ts';
import { NOISE_LABEL } from '../spec.ts';
import { offLevel, type Thresholds } from './pickCurves.ts';
import { independentSamples } from './reach.ts';
import { findRuns } from './runs.ts';
import type { SparseCurves } from './sparseCurve.ts';

/**
 * The sample before which picks are final when the curves are known up to `knownTo`: it lies after a stretch without
 * candidates that is longer than the rule's reach. At least `from`, up to which they are final already.
 */
export function settledBefore(
  rule: PickRule,
  thresholds: Thresholds,
  curves: SparseCurves,
  sampleRateHz: number,
  { from, knownTo }: { readonly from: number; readonly knownTo: number },
): number {
  const reach = independentSamples(rule, sampleRateHz);
  const busy = Object.entries(thresholds)
    .flatMap(([label, on]) => {
      const curve = curves[label];
      if (curve === undefined || label === NOISE_LABEL) return [];
      const off = 'off' in rule ? offLevel(rule.off, on) : on;
      return findRuns(curve, on, off);
    })
    // Of some labels more may be known than of all.
    .filter(({ first, last }) => last >= from && first < knownTo)
    .sort((a, b) => a.first - b.first);
  let settled = from;
  let quietFrom = from;
  for (const { first, last } of busy) {
    if (first - quietFrom >= 2 * reach) settled = first - reach;
    quietFrom = Math.max(quietFrom, last + 1);
  }
  return knownTo - quietFrom >= 2 * reach ? knownTo - reach : settled;
}
