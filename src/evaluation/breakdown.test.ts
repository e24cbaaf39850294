import { describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../base/time.ts';
import { scoreByDistance, scoreByHour, scoreBySnr, scoreByStation } from './breakdown.ts';
import { matchPicks } from './matchPicks.ts';
import { outcomesOf } from './score.ts';
import type { ScoredPick } from './scoredPick.ts';

const at = (time: string, rest: Partial<ScoredPick> = {}): ScoredPick => ({
  ...{ station: 'UW.A', phase: 'P', time: parseTime(time) },
  ...rest,
});

describe('scores of parts', () => {
  const references = [
    at('2022-02-06T02:59:59.9', { distanceKm: 12 }),
    at('2022-02-06T05:00', { station: 'UW.B', distanceKm: 25 }),
    at('2022-02-06T05:10', { phase: 'S' }),
  ];
  const picks = [
    at('2022-02-06T03:00:00.1', { snr: 4 }),
    at('2022-02-06T05:10', { phase: 'S', snr: 1 }),
    at('2022-02-06T05:30', { station: 'UW.C', snr: 30 }),
  ];
  const matching = matchPicks(references, picks, { P: 0.5, S: 0.5 });
  const outcomes = outcomesOf(references, picks, matching);
  const counts = ({ score }: { score: { matched: number; missed: number; extra: number } }) => [
    score.matched,
    score.missed,
    score.extra,
  ];

  test('per station and per hour, a pair in the hour of its reference', () => {
    const stations = scoreByStation(outcomes);
    expect(stations.map((row) => [row.station, ...counts(row)])).toEqual([
      ['UW.A', 2, 0, 0],
      ['UW.B', 0, 1, 0],
      ['UW.C', 0, 0, 1],
    ]);
    const hours = scoreByHour(outcomes);
    expect(hours.map((row) => [row.startNs, ...counts(row)])).toEqual([
      [parseTime('2022-02-06T02'), 1, 0, 0],
      [parseTime('2022-02-06T05'), 1, 1, 1],
    ]);
    const before = outcomesOf([], [at('1969-12-31T23:30')], {
      ...{ pairs: [], missed: [], extra: [0], otherReferences: [], otherPicks: [] },
    });
    expect(scoreByHour(before)[0]!.startNs).toBe(epochNs(-3_600_000_000_000n));
  });

  test('per distance of the reference, and per signal-to-noise ratio of the pick, the unknown last', () => {
    const distances = scoreByDistance(outcomes);
    expect(distances.map((row) => [row.from, row.to, ...counts(row)])).toEqual([
      [10, 25, 1, 0, 0],
      [25, 50, 0, 1, 0],
      [null, null, 1, 0, 1],
    ]);
    const ratios = scoreBySnr(outcomes);
    expect(ratios.map((row) => [row.from, row.to, ...counts(row)])).toEqual([
      [null, 1.5, 1, 0, 0],
      [3, 5, 1, 0, 0],
      [20, null, 0, 0, 1],
      [null, null, 0, 1, 0],
    ]);
  });
});
