// The members of an ensemble as a run has kept them: taken together another way, and asked who sees a pick.

import { AppError } from '../../base/appError.ts';
import {
  checkCombination,
  type Combination,
  combinationOf,
  type Ensemble,
} from '../../domain/event/ensemble.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import {
  agreeing,
  combineKept,
  type KeptMembers,
  keptMembers,
} from '../../models/ensemble/combineKept.ts';
import type { MemberRule } from '../../models/ensemble/combineMembers.ts';
import type { KeptPart } from '../../models/keptCurves/keptPart.ts';

/** What is asked of the members besides the common curve that the run has kept. */
export interface AskedMembers {
  readonly ensemble: Ensemble;
  /** Undefined: the run's own common curve. */
  readonly rule: MemberRule | undefined;
  /** Picks that fewer see are left out; 1 asks nobody. */
  readonly leastAgreeing: number;
}

/** Of one sensor. */
export interface MemberCurves {
  readonly parts: number;
  readonly final: boolean;
  readonly stretches: readonly KeptMembers[];
  readonly bytes: number;
}

/** Undefined where the common curve says all. Throws `bad-input` for what does not fit the run. */
export function askedMembers(
  { modelId, parameters: { ensemble } }: ModelRun,
  asked: Combination | undefined,
): AskedMembers | undefined {
  if (ensemble === undefined) {
    if (asked === undefined) return undefined;
    throw new AppError(
      'bad-input',
      `${modelId} is one model and not several that could be taken together another way`,
    );
  }
  const own = combinationOf(ensemble);
  if (asked !== undefined) {
    if (own === undefined) {
      throw new AppError(
        'bad-input',
        'the picks of this run are those of its first member; run an ensemble to take members together',
      );
    }
    checkCombination(asked, ensemble.members.length);
  }
  const alike = asked === undefined || own === undefined || sameCurve(asked, own);
  const { leastAgreeing = 1 } = asked ?? ensemble;
  if (alike && leastAgreeing <= 1) return undefined;
  const { rule, weights } = asked ?? {};
  const remade = rule && { rule, ...(weights && { weights }) };
  return { ensemble, rule: alike ? undefined : remade, leastAgreeing };
}

/** Weights that are all alike are none. */
function sameCurve(a: Combination, b: Combination): boolean {
  const words = ({ rule, weights }: Combination): string =>
    JSON.stringify([rule, weights?.some((weight) => weight !== weights[0]) ? weights : undefined]);
  return words(a) === words(b);
}

export function memberCurves(parts: readonly KeptPart[], final: boolean): MemberCurves {
  const bytes = parts.reduce((sum, { curve }) => sum + curve.values.byteLength, 0);
  return { parts: parts.length, final, stretches: keptMembers(parts), bytes };
}

/** What a run with this rule and these weights would have kept. */
export function commonParts({ stretches }: MemberCurves, rule: MemberRule): KeptPart[] {
  return stretches.map((each) => combineKept(each, rule));
}

/** Whether enough members see a pick of a label; every pick where all may stand. */
export function agreementIn(
  { ensemble, leastAgreeing }: AskedMembers,
  { stretches }: MemberCurves,
  place: Pick<KeptMembers, 'stretchStartNs' | 'sampleRateHz'>,
): (sample: number, label: string) => boolean {
  const { stretchStartNs, sampleRateHz } = place;
  const own = stretches.filter(
    (each) => each.stretchStartNs === stretchStartNs && each.sampleRateHz === sampleRateHz,
  );
  const thresholds = ensemble.members.map(({ settings }) => settings.thresholds);
  const reach = Math.round(ensemble.reachS * sampleRateHz);
  return (sample, label) => {
    const members = own.find((each) => each.label === label);
    return members !== undefined && agreeing(members, thresholds, sample, reach) >= leastAgreeing;
  };
}

/** For a sensor of which the run has kept no members. */
export function membersMissing(sensorKey: string): AppError {
  return new AppError(
    'not-found',
    `${sensorKey}: the curves of the members of this run are not kept; run the ensemble again to take them together another way`,
  );
}
