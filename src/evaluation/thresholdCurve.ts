// Precision, recall and false picks with the threshold as parameter, at every probability there is.
//
// The picks come in, highest probability first. A pick can only change the matching of its own component: the
// references it is near, the other picks near those, and so on. The largest number of pairs of a component is
// counted again with each of its picks (one pass over the component, see `countMatches`), so that the sweep costs
// the picks times the size of their components, a few onsets as a rule, and is exact at each threshold.

import { secondsToNs } from '../base/time.ts';
import type { ThresholdCurve, ThresholdPoint } from '../domain/evaluation/thresholdCurve.ts';
import type { ScoredPhase, Tolerance } from '../domain/evaluation/tolerance.ts';
import { groupsOf, type PickGroup } from './matchPicks.ts';
import { countMatches } from './matchTimes.ts';
import { rates } from './score.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';

export interface CurveOptions {
  readonly tolerance: Tolerance;
  readonly phase: ScoredPhase;
  /** Seconds of record that were looked at, summed over stations. */
  readonly observedS?: number | undefined;
}

/**
 * The curve of one phase family. Picks must be those at the lowest threshold of interest, with their
 * probabilities; one without counts as 1.
 */
export function thresholdCurve(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  options: CurveOptions,
): ThresholdCurve {
  const { phase } = options;
  const wanted = (of: readonly ScoredPick[]) =>
    of.filter((each) => scoredPhase(each.phase) === phase);
  const own = wanted(picks);
  const reference = wanted(references).length;
  const componentOf = componentsOf(wanted(references), own, options.tolerance[phase]);
  const order = own
    .map((pick, index) => ({ index, probability: pick.probability ?? 1 }))
    .sort((a, b) => b.probability - a.probability);
  const points: ThresholdPoint[] = [];
  let matched = 0;
  order.forEach(({ index, probability }, rank) => {
    const component = componentOf.get(index);
    if (component) matched += component.add(index);
    if (order[rank + 1]?.probability === probability) return;
    const counts = { matched, missed: reference - matched, extra: rank + 1 - matched };
    points.push(pointOf(probability, counts, reference, options));
  });
  return {
    phase,
    reference,
    points,
    averagePrecision: averagePrecision(points),
    rocArea: rocArea(points),
  };
}

function pointOf(
  threshold: number,
  counts: { matched: number; missed: number; extra: number },
  reference: number,
  { tolerance, phase, observedS }: CurveOptions,
): ThresholdPoint {
  const { matched, extra } = counts;
  const known = observedS !== undefined && observedS > 0;
  // Places where there is no onset, each as wide as a match.
  const widthS = 2 * tolerance[phase];
  const empty = known && widthS > 0 ? Math.floor(observedS / widthS) - reference : 0;
  return {
    threshold,
    picks: matched + extra,
    matched,
    extra,
    ...rates(counts),
    falsePerHour: known ? extra / (observedS / 3600) : null,
    falsePositiveRate: empty > 0 ? Math.min(1, extra / empty) : null,
  };
}

/** Σ (recall gained) · precision, as scikit-learn's `average_precision_score` sums it. */
function averagePrecision(points: readonly ThresholdPoint[]): number | null {
  let [sum, before] = [0, 0];
  for (const { recall, precision } of points) {
    if (recall === null || precision === null) return null;
    sum += (recall - before) * precision;
    before = recall;
  }
  return points.length > 0 ? sum : null;
}

function rocArea(points: readonly ThresholdPoint[]): number | null {
  let area = 0;
  let from = { rate: 0, recall: 0 };
  for (const { falsePositiveRate: rate, recall } of points) {
    if (rate === null || recall === null) return null;
    area += ((rate - from.rate) * (recall + from.recall)) / 2;
    from = { rate, recall };
  }
  return points.length > 0 ? area + ((1 - from.rate) * (1 + from.recall)) / 2 : null;
}

/** References and picks that can take each other's partner. */
class Component {
  readonly #references: readonly number[];
  /** Times of its picks in order, and which of them are in. */
  readonly #times: readonly number[];
  readonly #placeOf: ReadonlyMap<number, number>;
  readonly #toleranceNs: number;
  readonly #present: boolean[];
  #matched = 0;

  constructor(
    references: readonly number[],
    picks: readonly { readonly index: number; readonly time: number }[],
    toleranceNs: number,
  ) {
    this.#references = references;
    this.#times = picks.map(({ time }) => time);
    this.#placeOf = new Map(picks.map(({ index }, place) => [index, place]));
    this.#present = picks.map(() => false);
    this.#toleranceNs = toleranceNs;
  }

  /** Lets a pick in; answers how many pairs that gives more: 0 or 1. */
  add(index: number): number {
    const place = this.#placeOf.get(index);
    if (place !== undefined) this.#present[place] = true;
    if (this.#matched === this.#references.length) return 0;
    const present = this.#times.filter((_, at) => this.#present[at]);
    const matched = countMatches(this.#references, present, this.#toleranceNs);
    const more = matched - this.#matched;
    this.#matched = matched;
    return more;
  }
}

/** The component of each pick that has a reference within the tolerance. */
function componentsOf(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  toleranceS: number,
): Map<number, Component> {
  const components = new Map<number, Component>();
  const pickGroups = groupsOf(picks).groups;
  for (const [key, group] of groupsOf(references).groups) {
    const own = pickGroups.get(key);
    if (own) connect(group, own, secondsToNs(toleranceS), components);
  }
  return components;
}

function connect(
  references: PickGroup,
  picks: PickGroup,
  toleranceNs: bigint,
  components: Map<number, Component>,
): void {
  let members: bigint[] = [];
  let [first, low, end] = [0, 0, 0];
  const close = (): void => {
    const zero = members[0];
    if (zero === undefined || end === first) return;
    const own = picks.indices.slice(first, end).map((index, offset) => {
      return { index, time: Number((picks.timesNs[first + offset] ?? zero) - zero) };
    });
    const times = members.map((time) => Number(time - zero));
    const component = new Component(times, own, Number(toleranceNs));
    for (const { index } of own) components.set(index, component);
  };
  for (const time of references.timesNs) {
    while ((picks.timesNs[low] ?? time) < time - toleranceNs) low += 1;
    // Nothing in common with those before: a component of its own.
    if (low >= end) {
      close();
      members = [];
      first = low;
      end = low;
    }
    members.push(time);
    while (end < picks.timesNs.length && (picks.timesNs[end] ?? 0n) <= time + toleranceNs) end += 1;
  }
  close();
}
