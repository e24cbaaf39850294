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

export interface InstrumentPair {
  readonly chosen: InstrumentPick;
  /** Undefined when the other instruments have no pick within the tolerance. */
  readonly other: InstrumentPick | undefined;
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
export function chooseInstruments(
  picks: readonly InstrumentPick[],
  toleranceS: number,
): InstrumentPair[] {
  const groups = new Map<string, InstrumentPick[]>();
  for (const pick of picks) {
    const key = `${placeOf(pick.sensorKey)} ${pick.phase}`;
    groups.set(key, [...(groups.get(key) ?? []), pick]);
  }
  const pairs = [...groups.values()].flatMap((group) => pairsOf(group, toleranceS));
  return pairs.sort((a, b) => secondsBetween(b.chosen.time, a.chosen.time));
}

function pairsOf(group: readonly InstrumentPick[], toleranceS: number): InstrumentPair[] {
  const candidates = group.flatMap((a, i) =>
    group.slice(i + 1).flatMap((b) => {
      const gapS = Math.abs(secondsBetween(a.time, b.time));
      return a.sensorKey !== b.sensorKey && gapS <= toleranceS ? [{ a, b, gapS }] : [];
    }),
  );
  candidates.sort((x, y) => x.gapS - y.gapS);
  const used = new Set<InstrumentPick>();
  const pairs: InstrumentPair[] = [];
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

function choose(a: InstrumentPick, b: InstrumentPick): InstrumentPair {
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
