// Two instruments at one place, a broadband seismometer and an accelerometer for instance (six components): each is
// run by itself; here their picks are set against each other and one of each pair is chosen.

import { type EpochNs, secondsBetween } from '../../base/time.ts';

/** A pick of one instrument. */
export interface InstrumentPick {
  /** NET.STA.LOC plus band and instrument code. */
  readonly sensorKey: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly probability: number;
  /** Whether the record is cut off at the pick or just after it. */
  readonly clipped: boolean;
}

export type InstrumentChoice = 'only one picked' | 'the other is clipped' | 'more probable';

export interface InstrumentPair<P extends InstrumentPick = InstrumentPick> {
  readonly chosen: P;
  /** Undefined when the other instruments have no pick within the tolerance. */
  readonly other: P | undefined;
  readonly why: InstrumentChoice;
  /** Other less chosen. */
  readonly differenceS: number | undefined;
}

/** The place of a sensor: its key without band and instrument code and location. */
export function placeOf(sensorKey: string): string {
  return sensorKey.split('.').slice(0, 2).join('.');
}

/**
 * Picks of all instruments at each station, paired within `toleranceS` per phase, nearest first; of a pair the
 * one that is not clipped is chosen, then the more probable. In order of time.
 */
export function chooseInstruments<P extends InstrumentPick>(
  picks: readonly P[],
  toleranceS: number,
): InstrumentPair<P>[] {
  const groups = Map.groupBy(picks, ({ sensorKey, phase }) => `${placeOf(sensorKey)} ${phase}`);
  const pairs = [...groups.values()].flatMap((group) => pairsOf(group, toleranceS));
  return pairs.sort((a, b) => secondsBetween(b.chosen.time, a.chosen.time));
}

function pairsOf<P extends InstrumentPick>(
  group: readonly P[],
  toleranceS: number,
): InstrumentPair<P>[] {
  const candidates = candidatesOf(group, toleranceS).sort((x, y) => x.gapS - y.gapS);
  const used = new Set<P>();
  const pairs: InstrumentPair<P>[] = [];
  for (const { a, b } of candidates) {
    if (used.has(a) || used.has(b)) continue;
    used.add(a).add(b);
    pairs.push(choose(a, b));
  }
  for (const pick of group) {
    if (used.has(pick)) continue;
    pairs.push({ chosen: pick, other: undefined, why: 'only one picked', differenceS: undefined });
  }
  return pairs;
}

/** Picks of two instruments within the tolerance. */
function candidatesOf<P extends InstrumentPick>(
  group: readonly P[],
  toleranceS: number,
): { a: P; b: P; gapS: number }[] {
  const ordered = group.toSorted((a, b) => secondsBetween(b.time, a.time));
  return ordered.flatMap((a, i) => {
    const found: { a: P; b: P; gapS: number }[] = [];
    for (let k = i + 1; k < ordered.length; k += 1) {
      const b = ordered[k] as P;
      const gapS = secondsBetween(a.time, b.time);
      if (gapS > toleranceS) break;
      if (a.sensorKey !== b.sensorKey) found.push({ a, b, gapS });
    }
    return found;
  });
}

function choose<P extends InstrumentPick>(a: P, b: P): InstrumentPair<P> {
  const [chosen, other] = isBetter(b, a) ? [b, a] : [a, b];
  return {
    chosen,
    other,
    why: other.clipped && !chosen.clipped ? 'the other is clipped' : 'more probable',
    differenceS: secondsBetween(chosen.time, other.time),
  };
}

function isBetter(a: InstrumentPick, b: InstrumentPick): boolean {
  return a.clipped === b.clipped ? a.probability > b.probability : b.clipped;
}
