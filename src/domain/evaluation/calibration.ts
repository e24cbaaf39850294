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

/** The calibrated probability; it never falls where the own number of the model rises. */
export function calibrate(calibration: Calibration, probability: number): number {
  if (calibration.kind === 'temperature') {
    return logistic(logit(probability) / calibration.temperature);
  }
  const { from, to } = calibration;
  const above = from.findIndex((x) => x >= probability);
  if (above < 0) return to.at(-1) ?? probability;
  const [x1, y1] = [from[above] ?? 0, to[above] ?? probability];
  const [x0, y0] = [from[above - 1], to[above - 1]];
  if (x0 === undefined || y0 === undefined || x1 === x0) return y1;
  return y0 + ((probability - x0) / (x1 - x0)) * (y1 - y0);
}

/** ln(p / (1 − p)); of 0 and 1, which float32 outputs do reach, that of the nearest that has one. */
export function logit(probability: number): number {
  const inside = Math.max(1e-7, Math.min(1 - 1e-7, probability));
  return Math.log(inside / (1 - inside));
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
