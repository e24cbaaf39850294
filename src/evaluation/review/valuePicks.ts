// What looking at each waiting pick is worth.
//
//   right   logit(q) = logit(r) − Σ d · ln L         r: rightness.ts; d: the degree of disagreement and of conflict;
//                                                    L = P(sign | wrong) / P(sign | right) as learned so far, with
//                                                    (2 of 4) / (½ of 4) = 4 before any decision
//   novelty n = ½ / √(1 + near) + ½ / √(1 + hour)    decisions at the station near its probability, and in its hour
//   value   v = (½ H(q) + ½ (1 − q)) · (½ + ½ n)     H: entropy in bits; half what the decision teaches, half the wrong
//                                                    pick it may catch, less where such picks are known already

import type { ExpectedGain, PickValue, ReviewReason } from '../../domain/evaluation/pickValue.ts';
import { Decisions } from './rightness.ts';
import { type DoubtSign, type ReviewPick, verdictOf } from './reviewPick.ts';

export interface DoubtSigns {
  /** By pick id. */
  readonly disagreement: ReadonlyMap<number, DoubtSign>;
  readonly conflict: ReadonlyMap<number, DoubtSign>;
}

const SIGNS = ['disagreement', 'conflict'] as const;
type SignKind = (typeof SIGNS)[number];

/** As near to the threshold as this, it is a reason to look. */
const NEAR_THRESHOLD = 0.1;
/** What its own decisions say is worth a word from so many on. */
const FEWEST_FOR_HISTORY = 3;

/** The value of each pick that waits, in the order in which they should be looked at; of equals the earlier first. */
export function valuePicks(picks: readonly ReviewPick[], signs: DoubtSigns): PickValue[] {
  const decisions = new Decisions(picks);
  const ratios = signRatios(picks, signs);
  const waiting = picks.filter(({ state }) => state === 'automatic');
  const valued = waiting.map((pick) => ({ pick, value: valueOf(pick, decisions, signs, ratios) }));
  valued.sort(
    (a, b) => b.value.value - a.value.value || a.pick.timeS - b.pick.timeS || a.pick.id - b.pick.id,
  );
  return valued.map(({ value }) => value);
}

function valueOf(
  pick: ReviewPick,
  decisions: Decisions,
  signs: DoubtSigns,
  ratios: Readonly<Record<SignKind, number>>,
): PickValue {
  const learned = decisions.right(pick);
  let logit = Math.log(learned / (1 - learned));
  for (const kind of SIGNS) {
    logit -= (signs[kind].get(pick.id)?.degree ?? 0) * Math.log(ratios[kind]);
  }
  const right = 1 / (1 + Math.exp(-logit));
  const near = decisions.near(pick, 'station');
  const nearCount = near.right + near.wrong;
  const novelty = 0.5 / Math.sqrt(1 + nearCount) + 0.5 / Math.sqrt(1 + decisions.inHour(pick));
  const value = (0.5 * entropyBits(right) + 0.5 * (1 - right)) * (0.5 + 0.5 * novelty);
  const reasons = [
    ...SIGNS.flatMap((kind): ReviewReason[] => {
      const sign = signs[kind].get(pick.id);
      return sign ? [{ kind, ...sign }] : [];
    }),
    ...thresholdReason(pick),
    ...historyReason(pick, decisions),
    noveltyReason(pick, novelty, nearCount),
  ];
  reasons.sort((a, b) => b.degree - a.degree);
  return { pickId: pick.id, value, right, reasons };
}

/** How much more often each sign is on wrong picks than on right ones; never below 1. */
export function signRatios(
  picks: readonly ReviewPick[],
  signs: DoubtSigns,
): Readonly<Record<SignKind, number>> {
  const counts = { right: 0, wrong: 0 };
  const signed = {
    right: { disagreement: 0, conflict: 0 },
    wrong: { disagreement: 0, conflict: 0 },
  };
  for (const pick of picks) {
    const verdict = verdictOf(pick);
    if (!verdict) continue;
    counts[verdict] += 1;
    for (const kind of SIGNS) signed[verdict][kind] += signs[kind].get(pick.id)?.degree ?? 0;
  }
  const ratio = (kind: SignKind): number => {
    const onWrong = (signed.wrong[kind] + 2) / (counts.wrong + 4);
    const onRight = (signed.right[kind] + 0.5) / (counts.right + 4);
    return Math.max(1, onWrong / onRight);
  };
  return { disagreement: ratio('disagreement'), conflict: ratio('conflict') };
}

/** Entropy of yes or no in bits, 0 to 1. */
export function entropyBits(right: number): number {
  if (right <= 0 || right >= 1) return 0;
  return -right * Math.log2(right) - (1 - right) * Math.log2(1 - right);
}

function thresholdReason({ probability, threshold }: ReviewPick): ReviewReason[] {
  if (probability === undefined || threshold === undefined) return [];
  const above = probability - threshold;
  const degree = 1 - Math.abs(above) / NEAR_THRESHOLD;
  if (degree <= 0) return [];
  const side = above < 0 ? 'below' : 'above';
  const text = `${Math.abs(above).toFixed(2)} ${side} the threshold of ${threshold.toFixed(2)}`;
  return [{ kind: 'threshold', degree, text }];
}

function historyReason(pick: ReviewPick, decisions: Decisions): ReviewReason[] {
  const { right, wrong } = decisions.near(pick, 'station');
  const count = right + wrong;
  if (count < FEWEST_FOR_HISTORY || wrong / count < 0.25) return [];
  const share = Math.round((100 * wrong) / count);
  const station = pick.station.split('.')[1] ?? pick.station;
  const text = `${share} % of ${pick.phase} like it at ${station} were rejected`;
  return [{ kind: 'history', degree: wrong / count, text }];
}

/** Always there, so that no pick is without a reason; it leads only where nothing else is to be said. */
function noveltyReason(pick: ReviewPick, novelty: number, near: number): ReviewReason {
  const station = pick.station.split('.')[1] ?? pick.station;
  const like = pick.probability === undefined ? '' : ` near ${pick.probability.toFixed(2)}`;
  const done = near < 0.5 ? 'none' : `about ${Math.round(near)}`;
  const text = `${done} of the ${pick.phase} picks${like} at ${station} decided so far`;
  return { kind: 'novelty', degree: 0.6 * novelty, text };
}

const CURVE_POINTS = 100;
/** How many decisions a person plans ahead. */
const NEXT = 20;

/** Σ (1 − q) along the order: how many wrong picks so many decisions are expected to find. At most 101 points. */
export function expectedGain(
  values: readonly PickValue[],
  picks: readonly ReviewPick[],
): ExpectedGain {
  const step = Math.max(1, Math.ceil(values.length / CURVE_POINTS));
  const [decisions, wrong] = [[0], [0]];
  const nextDecisions = Math.min(NEXT, values.length);
  let [sum, nextWrong] = [0, 0];
  values.forEach(({ right }, index) => {
    sum += 1 - right;
    if (index < nextDecisions) nextWrong = sum;
    if ((index + 1) % step !== 0 && index !== values.length - 1) return;
    decisions.push(index + 1);
    wrong.push(sum);
  });
  const verdicts = picks.map(verdictOf);
  return {
    ...{ decisions, wrong, nextDecisions, nextWrong },
    decided: verdicts.filter((verdict) => verdict !== undefined).length,
    foundWrong: verdicts.filter((verdict) => verdict === 'wrong').length,
  };
}
