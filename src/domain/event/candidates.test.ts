import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import {
  candidateTable,
  type CandidateTable,
  countsPerBin,
  diffPicks,
  everything,
  isKept,
  limitsOf,
  type PickSelection,
  rangeOf,
  timeBins,
  thresholdsDecide,
} from './candidates.ts';

/** Rows of sensor, label, second and height; by sensor, then time. */
function tableOf(
  rows: readonly (readonly [sensor: number, label: number, s: number, height: number])[],
  originS = 0,
): CandidateTable {
  return candidateTable(
    {
      sensorKeys: ['XX.A..HH', 'XX.B..HH'],
      labels: ['P', 'S'],
      timesNs: BigInt64Array.from(rows, ([, , s]) => BigInt(Math.round(s * 1e9))),
      sensors: Uint32Array.from(rows, ([sensor]) => sensor),
      phases: Uint8Array.from(rows, ([, label]) => label),
      probabilities: Float32Array.from(rows, ([, , , height]) => height),
      histograms: undefined,
      lowestThresholds: {},
      warnings: [],
    },
    epochNs(BigInt(originS * 1e9)),
  );
}
const limits = { sameNs: 0.5e9, movedNs: 0.1e9 };
const placesOf = (picks: PickSelection) =>
  [...picks.table.slots.keys()].filter((i) => isKept(picks, i));

test('thresholds alone decide where peaks are taken, not where spans are', () => {
  expect(thresholdsDecide({ kind: 'peaks', minimumDistanceSamples: 1 })).toBe(true);
  const trigger = { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 1 } as const;
  expect(thresholdsDecide(trigger)).toBe(false);
});

describe('candidates at thresholds', () => {
  const table = tableOf([[0, 0, 1, 0.5], [0, 1, 2, 0.5], [1, 0, 1, 0.5], [1, 1, 3, 0.2]]); // prettier-ignore

  test('at the threshold is kept, a label without one is not, a sensor has its own', () => {
    const thresholds = { P: 0.5 };
    expect(placesOf({ table, limits: limitsOf(table, { thresholds }) })).toEqual([0, 2]);
    const sensorThresholds = { 'XX.B..HH': { P: 0.6, S: 0.1 } };
    const own = limitsOf(table, { thresholds, sensorThresholds });
    expect(placesOf({ table, limits: own })).toEqual([0, 3]);
  });

  test('are counted by time and found by sensor and time', () => {
    const binOf = timeBins(table, { binNs: 2e9, bins: 2 });
    const counts = (picks: PickSelection) => countsPerBin(picks, binOf, 2).map((each) => [...each]);
    expect(counts(everything(table))).toEqual([[2, 0], [0, 2]]); // prettier-ignore
    const limits = limitsOf(table, { thresholds: { P: 0.5, S: 0.3 } });
    expect(counts({ table, limits })).toEqual([[2, 0], [0, 1]]); // prettier-ignore
    expect([...timeBins(table, { binNs: 1e9, bins: 3 })]).toEqual([1, 2, 1, 3]);
    expect([...table.byTime]).toEqual([0, 2, 1, 3]);
    expect(rangeOf(table, 1, 0, 3e9)).toEqual([2, 3]);
    expect(rangeOf(table, 1, 2e9, 4e9)).toEqual([3, 4]);
  });
});

describe('two selections of picks', () => {
  test('of one table differ by what is in one alone', () => {
    const table = tableOf([[0, 0, 1, 0.2], [0, 0, 5, 0.6], [1, 0, 2, 0.4]]); // prettier-ignore
    const at = (P: number) => ({
      table,
      limits: limitsOf(table, { thresholds: { P } }),
    });
    const { gained, lost, moved } = diffPicks(at(0.3), at(0.5), limits);
    expect([[...gained], [...lost], [...moved]]).toEqual([[], [2], []]);
    expect([...diffPicks(at(0.5), at(0.1), limits).gained]).toEqual([0, 2]);
  });

  test('of two tables: the same, moved, gained and lost, whatever their origins', () => {
    const before = tableOf([[0, 0, 1, 0.9], [0, 0, 5, 0.9], [0, 0, 9, 0.9], [0, 0, 20, 0.9]]); // prettier-ignore
    const after = tableOf([[0, 0, 1, 0.9], [0, 0, 5.05, 0.9], [0, 0, 9.3, 0.9], [0, 1, 20, 0.9], [1, 0, 20, 0.9]], 3); // prettier-ignore
    const { gained, lost, moved } = diffPicks(everything(before), everything(after), limits);
    expect([[...gained], [...lost], [...moved]]).toEqual([[3, 4], [3], [2, 2]]);
  });

  test('an onset that is the same in both takes no partner from another', () => {
    const before = tableOf([[0, 0, 1, 0.9], [0, 0, 1.4, 0.9]]); // prettier-ignore
    const after = tableOf([[0, 0, 1.4, 0.9], [0, 0, 1.8, 0.9]]); // prettier-ignore
    const { gained, lost, moved } = diffPicks(everything(before), everything(after), limits);
    expect([[...gained], [...lost], [...moved]]).toEqual([[1], [0], []]);
  });
});
