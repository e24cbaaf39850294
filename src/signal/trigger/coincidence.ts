// Triggers of several stations that overlap (obspy.signal.trigger.coincidence_trigger).

/** One trigger of one trace, in seconds from a common origin. */
export interface TraceTrigger {
  readonly trace: string;
  readonly station: string;
  readonly onS: number;
  readonly offS: number;
  /** Largest value and standard deviation of the characteristic function while it was on. */
  readonly peak: number;
  readonly deviation: number;
}

export interface CoincidenceRule {
  /** Sum of the weights that makes a coincidence. */
  readonly leastSum: number;
  /** By trace; 1 where none is given. */
  readonly weights: Readonly<Record<string, number>>;
  /** How long after its end a trigger still reaches the next one. */
  readonly extensionS: number;
}

export interface Coincidence {
  readonly onS: number;
  readonly durationS: number;
  readonly triggers: readonly TraceTrigger[];
  readonly sum: number;
  /** Weighted means over the traces. */
  readonly peakMean: number;
  readonly deviationMean: number;
}

/**
 * Coincidences in order of time. A set of triggers grows by those that overlap any of it; each trace counts once.
 * One that ends no later than the coincidence before is a part of that and left out.
 */
export function coincidences(
  triggers: readonly TraceTrigger[],
  rule: CoincidenceRule,
): Coincidence[] {
  const ordered = triggers.toSorted(
    (a, b) => a.onS - b.onS || a.offS - b.offS || (a.trace < b.trace ? -1 : 1),
  );
  const found: Coincidence[] = [];
  let lastOffS = -Infinity;
  for (const [i, first] of ordered.entries()) {
    const { members, offS } = membersFrom(first, ordered, i + 1, rule.extensionS);
    const weightOf = ({ trace }: TraceTrigger): number => rule.weights[trace] ?? 1;
    const sum = members.reduce((total, each) => total + weightOf(each), 0);
    if (sum < rule.leastSum || offS <= lastOffS) continue;
    const mean = (valueOf: (trigger: TraceTrigger) => number): number =>
      members.reduce((total, each) => total + weightOf(each) * valueOf(each), 0) / sum;
    found.push({
      onS: first.onS,
      durationS: offS - first.onS,
      triggers: members,
      sum,
      peakMean: mean(({ peak }) => peak),
      deviationMean: mean(({ deviation }) => deviation),
    });
    lastOffS = offS;
  }
  return found;
}

function membersFrom(
  first: TraceTrigger,
  ordered: readonly TraceTrigger[],
  from: number,
  extensionS: number,
): { members: TraceTrigger[]; offS: number } {
  const members = [first];
  let { offS } = first;
  for (let i = from; i < ordered.length; i += 1) {
    const next = ordered[i] as TraceTrigger;
    if (members.some(({ trace }) => trace === next.trace)) continue;
    if (next.onS > offS + extensionS) break;
    members.push(next);
    offS = Math.max(offS, next.offS);
  }
  return { members, offS };
}
