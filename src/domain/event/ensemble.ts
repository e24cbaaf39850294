import { AppError } from '../../base/appError.ts';
import type { PickRule, RunSettings } from './runSettings.ts';

/** How the members' curves become one. `semblance` is ELEP's, high only where the members agree. */
export const ENSEMBLE_RULES = ['mean', 'max', 'median', 'noisy-or', 'semblance'] as const;
export type EnsembleRule = (typeof ENSEMBLE_RULES)[number];

/** One who looks: a model, with its settings, its windows moved by so many samples of its own rate. */
export interface EnsembleMember {
  /** What tells it from the others: `onset-1`, `onset-1 2–10 Hz`, `onset-1 +375`. */
  readonly name: string;
  readonly modelId: string;
  readonly modelVersion: string;
  readonly modelSha256: string;
  readonly settings: RunSettings;
  readonly offsetSamples: number;
}

/** What a run of several members was made with. */
export interface Ensemble {
  /** `first`: picks are those of the first member, the others are only asked whether they see them too. */
  readonly rule: EnsembleRule | 'first';
  readonly members: readonly EnsembleMember[];
  /** A member sees a pick where its own highest value lies within so many seconds of it. */
  readonly reachS: number;
  /** Picks that fewer members see are left out; none are when absent. */
  readonly leastAgreeing?: number;
  /** As in `Combination`. */
  readonly weights?: readonly number[];
}

/** How members are taken together, as far as it can be changed without running them again. */
export interface Combination extends Pick<Ensemble, 'leastAgreeing'> {
  readonly rule: EnsembleRule;
  /**
   * One for each member, from 0, which leaves it out; all alike when absent. `mean` weighs with them, the other rules take
   * every member above 0. Left out or not, a member may see a pick.
   */
  readonly weights?: readonly number[];
}

/** Undefined where the picks are those of the first member. */
export function combinationOf(ensemble: Ensemble): Combination | undefined {
  const { rule, weights, leastAgreeing } = ensemble;
  if (rule === 'first') return undefined;
  return {
    rule,
    ...(weights && { weights }),
    ...(leastAgreeing !== undefined && { leastAgreeing }),
  };
}

/** Throws `bad-input` for weights and a number of members that do not fit so many members. */
export function checkCombination(
  { weights, leastAgreeing }: Omit<Combination, 'rule'>,
  members: number,
): void {
  const usable = weights?.every((weight) => weight >= 0 && Number.isFinite(weight)) ?? true;
  const some = weights === undefined || weights.some((weight) => weight > 0);
  if (weights !== undefined && (weights.length !== members || !usable || !some)) {
    throw new AppError(
      'bad-input',
      `weights ${weights.join(', ')} do not fit an ensemble of ${members}; give each member a number from 0, at least one above 0`,
    );
  }
  const least = leastAgreeing ?? 1;
  if (!Number.isInteger(least) || least < 1 || least > members) {
    throw new AppError(
      'bad-input',
      `a pick cannot need ${least} members that see it; the run has ${members}, ask for 1 to ${members}`,
    );
  }
}

/** A member sees a pick when its own peak is this near: the tolerance of most comparisons of pickers. */
export const ENSEMBLE_REACH_S = 0.5;

/** How a common curve is picked unless asked otherwise: ELEP's, the highest sample from the threshold on until half of it. */
export const ENSEMBLE_PICK_RULE: PickRule = {
  kind: 'trigger',
  off: { ratio: 0.5 },
  minimumWidthSamples: 0,
};

/** ELEP's threshold of P and S on its semblance. */
export const SEMBLANCE_THRESHOLD = 0.05;

/** Onset's words for a run of several: `median of onset-1, phasenet-original`. */
export function ensembleName(rule: EnsembleRule, modelIds: readonly string[]): string {
  return `${rule} of ${[...new Set(modelIds)].join(', ')}`;
}
