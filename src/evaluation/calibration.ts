import { type Calibration, logit, type Reliability } from '../domain/evaluation/calibration.ts';
import { wilson } from './intervals.ts';
import type { Matching } from './matchPicks.ts';
import type { ScoredPick } from './scoredPick.ts';

/** A pick's probability, and whether it has a reference. */
export interface JudgedPick {
  readonly probability: number;
  readonly right: boolean;
}

/** The picks with a probability that were matched or found too much. */
export function judgedPicks(picks: readonly ScoredPick[], matching: Matching): JudgedPick[] {
  const judge = (index: number, right: boolean): JudgedPick[] => {
    const probability = picks[index]?.probability;
    return probability === undefined ? [] : [{ probability, right }];
  };
  return [
    ...matching.pairs.flatMap(({ pick }) => judge(pick, true)),
    ...matching.extra.flatMap((pick) => judge(pick, false)),
  ];
}

/** Whether 0.7 is right 70 % of the time, over bins of equal width. */
export function reliability(judged: readonly JudgedPick[], bins = 10): Reliability {
  const sums = Array.from({ length: bins }, () => ({ count: 0, right: 0, probability: 0 }));
  let brier = 0;
  for (const { probability, right } of judged) {
    const bin = sums[Math.max(0, Math.min(bins - 1, Math.floor(probability * bins)))];
    if (!bin) continue;
    bin.count += 1;
    bin.right += right ? 1 : 0;
    bin.probability += probability;
    brier += (probability - (right ? 1 : 0)) ** 2;
  }
  const n = judged.length;
  let error = 0;
  const rows = sums.map(({ count, right, probability }, i) => {
    error += Math.abs(right - probability);
    return {
      from: i / bins,
      to: (i + 1) / bins,
      count,
      meanProbability: count > 0 ? probability / count : null,
      share: count > 0 ? right / count : null,
      ci: count > 0 ? wilson(right, count) : null,
    };
  });
  return { bins: rows, expectedError: n > 0 ? error / n : null, brier: n > 0 ? brier / n : null };
}

/** Temperatures beyond these say only that all picks are right, or that it is chance which are. */
const TEMPERATURE_RANGE = [0.02, 50] as const;
/** Right and wrong picks that a fit needs of each. */
const FEWEST_OF_EACH = 5;

/**
 * The temperature with the largest likelihood, by golden section over its logarithm: the likelihood has a single
 * maximum in 1 / temperature. Undefined with fewer than 5 right or 5 wrong picks.
 */
export function fitTemperature(
  judged: readonly JudgedPick[],
): Extract<Calibration, { kind: 'temperature' }> | undefined {
  if (!enough(judged)) return undefined;
  const logits = judged.map(({ probability, right }) => ({ at: logit(probability), right }));
  const loss = (logTemperature: number): number => {
    const temperature = Math.exp(logTemperature);
    let sum = 0;
    for (const { at, right } of logits) {
      const z = (right ? -at : at) / temperature;
      // log(1 + exp(z)), without overflow.
      sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }
    return sum;
  };
  const [low, high] = TEMPERATURE_RANGE;
  return {
    kind: 'temperature',
    temperature: Math.exp(goldenSection(loss, Math.log(low), Math.log(high))),
  };
}

function enough(judged: readonly JudgedPick[]): boolean {
  const right = judged.filter((each) => each.right).length;
  return right >= FEWEST_OF_EACH && judged.length - right >= FEWEST_OF_EACH;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function goldenSection(loss: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [c, d] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [lossC, lossD] = [loss(c), loss(d)];
  while (b - a > 1e-7) {
    if (lossC <= lossD) {
      [b, d, lossD] = [d, c, lossC];
      c = b - GOLDEN * (b - a);
      lossC = loss(c);
    } else {
      [a, c, lossC] = [c, d, lossD];
      d = a + GOLDEN * (b - a);
      lossD = loss(d);
    }
  }
  return (a + b) / 2;
}

/**
 * The ascending function with the smallest squared error, by pooling adjacent violators (Ayer et al. 1955).
 * Undefined with fewer than 5 right or 5 wrong picks.
 */
export function fitIsotonic(
  judged: readonly JudgedPick[],
): Extract<Calibration, { kind: 'isotonic' }> | undefined {
  if (!enough(judged)) return undefined;
  const pools: { sum: number; count: number; first: number; last: number }[] = [];
  for (const [probability, share, count] of byProbability(judged)) {
    pools.push({ sum: share * count, count, first: probability, last: probability });
    for (;;) {
      const [before, last] = pools.slice(-2);
      if (!before || !last || before.sum / before.count < last.sum / last.count) break;
      const sum = before.sum + last.sum;
      const pooled = {
        sum,
        count: before.count + last.count,
        first: before.first,
        last: last.last,
      };
      pools.splice(-2, 2, pooled);
    }
  }
  const from: number[] = [];
  const to: number[] = [];
  for (const { sum, count, first, last } of pools) {
    from.push(first);
    to.push(sum / count);
    if (last === first) continue;
    from.push(last);
    to.push(sum / count);
  }
  return { kind: 'isotonic', from, to };
}

/** Distinct probabilities ascending, with the share that is right and how many there are. */
function byProbability(judged: readonly JudgedPick[]): (readonly [number, number, number])[] {
  return [...Map.groupBy(judged, ({ probability }) => probability)]
    .sort(([a], [b]) => a - b)
    .map(([probability, group]) => {
      const right = group.filter((each) => each.right).length;
      return [probability, right / group.length, group.length] as const;
    });
}
