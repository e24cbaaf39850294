// What looking at each waiting pick is worth.
//
//   right   logit(q) = logit(r) − Σ d · ln L         r: rightness.ts; d: the degree of disagreement and of conflict;
//                                                    L = P(sign | wrong) / P(sign | right) as learned so far, with
//                                                    (2 of 4) / (½ of 4) = 4 before any decision
//   novelty n = ½ / √(1 + near) + ½ / √(1 + hour)    decisions at the station near its probability, and in its hour
//   Of an onset that the analyst has a pick of already, made by another run, q = 0.98: there is nothing to learn.
//   value   v = (½ H(q) + ½ (1 − q)) · (½ + ½ n)     H: entropy in bits; half what the decision teaches, half the wrong
//                                                    pick it may catch, less where such picks are known already

import type { ExpectedGain, PickValue, ReviewReason } from '../../domain/evaluation/pickValue.ts';
import { nearestOf } from './disagreement.ts';
import { Decisions, type NearDecisions, type Verdicts } from './rightness.ts';
import { type DoubtSign, type ReviewPick, SAME_ONSET_S, verdictsOn } from './reviewPick.ts';

export interface DoubtSigns {
  /** By pick id. */
  readonly disagreement: ReadonlyMap<number, DoubtSign>;
  readonly conflict: ReadonlyMap<number, DoubtSign>;
}

/** What is known already is hardly ever rejected as wrong. */
const RIGHT_IF_KNOWN = 0.98;
const SIGNS = ['disagreement', 'conflict'] as const;
type SignKind = (typeof SIGNS)[number];

/** As near to the threshold as this, it is a reason to look. */
const NEAR_THRESHOLD = 0.1;
/** What its own decisions say is worth a word from so many on. */
const FEWEST_FOR_HISTORY = 3;

/** A pick with its value, before that is put in words. */
export interface RankedPick {
  readonly pick: ReviewPick;
  readonly value: number;
  /** q of the head of this file. */
  readonly right: number;
}

/** The picks that wait, in the order in which they should be looked at, and why. */
export class ValueOrder {
  /** Largest value first; of equals the earlier. */
  readonly ranked: readonly RankedPick[];
  /** What the analyst said so far, by pick id. */
  readonly verdicts: Verdicts;
  readonly #decisions: Decisions;
  readonly #signs: DoubtSigns;
  readonly #known: ReadonlySet<number>;
  #byId: ReadonlyMap<number, RankedPick> | undefined;

  constructor(picks: readonly ReviewPick[], signs: DoubtSigns) {
    const verdicts = verdictsOn(picks);
    this.verdicts = verdicts;
    this.#decisions = new Decisions(picks, verdicts);
    this.#signs = signs;
    const ratios = signRatios(verdicts, signs);
    this.#known = knownOnsets(picks);
    const ranked: RankedPick[] = [];
    for (const pick of picks) {
      if (pick.state === 'automatic') ranked.push(this.#rank(pick, ratios));
    }
    ranked.sort(
      (a, b) => b.value - a.value || a.pick.timeS - b.pick.timeS || a.pick.id - b.pick.id,
    );
    this.ranked = ranked;
  }

  #rank(pick: ReviewPick, ratios: Readonly<Record<SignKind, number>>): RankedPick {
    const right = this.#known.has(pick.id) ? RIGHT_IF_KNOWN : this.#right(pick, ratios);
    const gain = 0.5 * entropyBits(right) + 0.5 * (1 - right);
    return { pick, right, value: gain * (0.5 + 0.5 * noveltyOf(pick, this.#decisions)) };
  }

  #right(pick: ReviewPick, ratios: Readonly<Record<SignKind, number>>): number {
    const learned = this.#decisions.right(pick);
    let logit = Math.log(learned / (1 - learned));
    for (const kind of SIGNS) {
      const degree = this.#signs[kind].get(pick.id)?.degree ?? 0;
      if (degree > 0) logit -= degree * Math.log(ratios[kind]);
    }
    return 1 / (1 + Math.exp(-logit));
  }

  /** The value of a waiting pick with its reasons, the strongest first; undefined for one that does not wait. */
  explain(pickId: number): PickValue | undefined {
    this.#byId ??= new Map(this.ranked.map((ranked) => [ranked.pick.id, ranked]));
    const ranked = this.#byId.get(pickId);
    return ranked && this.#explained(ranked);
  }

  #explained({ pick, value, right }: RankedPick): PickValue {
    const near = this.#decisions.near(pick, 'station');
    const novelty = noveltyOf(pick, this.#decisions);
    const known = `a reviewed ${pick.phase} of this onset is there already`;
    const reasons = [
      ...(this.#known.has(pick.id) ? [{ kind: 'known', degree: 1, text: known } as const] : []),
      ...SIGNS.flatMap((kind): ReviewReason[] => {
        const sign = this.#signs[kind].get(pick.id);
        return sign ? [{ kind, ...sign }] : [];
      }),
      ...thresholdReason(pick),
      ...historyReason(pick, near),
      noveltyReason(pick, novelty, near.right + near.wrong),
    ];
    reasons.sort((a, b) => b.degree - a.degree);
    return { pickId: pick.id, value, right, reasons };
  }
}

/** The waiting picks that lie on an onset the analyst stands by. */
function knownOnsets(picks: readonly ReviewPick[]): Set<number> {
  const standing = Map.groupBy(
    picks.filter(({ state }) => state === 'confirmed' || state === 'manual'),
    ({ station, phase }) => `${station} ${phase}`,
  );
  const times = new Map(
    [...standing].map(([key, own]) => [key, Float64Array.from(own, (pick) => pick.timeS).sort()]),
  );
  const known = new Set<number>();
  if (times.size === 0) return known;
  for (const { id, state, station, phase, timeS } of picks) {
    if (state !== 'automatic') continue;
    const nearest = nearestOf(times.get(`${station} ${phase}`), timeS);
    if (nearest !== undefined && Math.abs(nearest - timeS) <= SAME_ONSET_S) known.add(id);
  }
  return known;
}

function noveltyOf(pick: ReviewPick, decisions: Decisions): number {
  const { right, wrong } = decisions.near(pick, 'station');
  return 0.5 / Math.sqrt(1 + right + wrong) + 0.5 / Math.sqrt(1 + decisions.inHour(pick));
}

/** How much more often each sign is on wrong picks than on right ones; never below 1. */
export function signRatios(
  verdicts: Verdicts,
  signs: DoubtSigns,
): Readonly<Record<SignKind, number>> {
  const counts = { right: 0, wrong: 0 };
  const signed = {
    right: { disagreement: 0, conflict: 0 },
    wrong: { disagreement: 0, conflict: 0 },
  };
  for (const [pickId, verdict] of verdicts) {
    counts[verdict] += 1;
    for (const kind of SIGNS) signed[verdict][kind] += signs[kind].get(pickId)?.degree ?? 0;
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

function historyReason(pick: ReviewPick, { right, wrong }: NearDecisions): ReviewReason[] {
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
  const done = near < 0.5 ? 'no' : `about ${Math.round(near)}`;
  const text = `${done} ${pick.phase}${like} decided at ${station} so far`;
  return { kind: 'novelty', degree: 0.6 * novelty, text };
}

const CURVE_POINTS = 100;
/** How many decisions a person plans ahead. */
const NEXT = 20;

/** Σ (1 − q) along the order: how many wrong picks so many decisions are expected to find. At most 101 points. */
export function expectedGain(
  values: readonly { readonly right: number }[],
  said: readonly ('right' | 'wrong')[],
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
  return {
    ...{ decisions, wrong, nextDecisions, nextWrong },
    decided: said.length,
    foundWrong: said.filter((verdict) => verdict === 'wrong').length,
  };
}
