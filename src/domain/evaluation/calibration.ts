// What turns the number a model gives into the share of such picks that are right, and how well it does.

import type { Interval } from './score.ts';

/** A parameter of a set like any other: never applied unless it stands there. */
export type Calibration =
  /** p → 1 / (1 + exp(−logit(p) / temperature)) (Guo et al. 2017). */
  | { readonly kind: 'temperature'; readonly temperature: number }
  /** Through (from[i], to[i]), straight between, level beyond; both ascend (Zadrozny and Elkan 2002). */
  | { readonly kind: 'isotonic'; readonly from: readonly number[]; readonly to: readonly number[] };

export interface ReliabilityBin {
  /** Holds its lower edge; the last its upper too. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability of its picks; null when there are none. */
  readonly meanProbability: number | null;
  /** Share of its picks that are right. */
  readonly share: number | null;
  /** Wilson's 95 % interval of the share. */
  readonly ci: Interval | null;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: mean |share − probability| over bins, weighted by their picks. */
  readonly expectedError: number | null;
  /** Mean (probability − outcome)². */
  readonly brier: number | null;
}
