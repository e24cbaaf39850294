import { describe, expect, test } from 'vitest';
import type {
  ConfusionGroup,
  PhaseConfusion,
  ReviewedThreshold,
  ReviewSummary,
} from '../../../src/domain/evaluation/reviewSummary.ts';
import { changedWords, groupName, movesChart, movesWords, shownGroups, summaryCsv } from './summaryWords.ts'; // prettier-ignore

const P: PhaseConfusion = {
  ...{ phase: 'P', found: 9, accepted: 4, moved: 2, relabelled: 0, rejected: 2, deferred: 0 },
  ...{ waiting: 1, added: 3, movedS: { n: 2, mean: 0.1, std: 0, mad: 0.05, median: 0.1 } },
  histogram: { edgesS: [-0.2, -0.1, 0, 0.1, 0.2], counts: [0, 0, 1, 1] },
};
const group = (kind: ConfusionGroup['kind'], name: string, runIds: number[]): ConfusionGroup => {
  return { kind, name, runIds, phases: [P] };
};
const none = { recall: null, precision: null, f1: null };
const threshold: ReviewedThreshold = {
  ...{ phase: 'P', station: undefined, inForce: 0.3, suggested: 0.42, plausible: [0.4, 0.5] },
  score: {
    ...{ reference: 12, picks: 12, matched: 12, missed: 0, extra: 0, ...none, f1: 0.9, ci: none },
    ...{ residualS: P.movedS, note: null },
  },
  changed: { spared: [1, 2], missed: [3], waiting: [], stillWrong: 1 },
  note: null,
};
const summary: ReviewSummary = {
  ...{ revision: 1, tolerance: { P: 0.5, S: 0.5 }, movedBeyondS: 0.02, runId: 2 },
  groups: [
    group('all', 'all runs', [1, 2]),
    group('model', 'a, b', [1]),
    group('run', 'run 2', [2]),
  ],
  ...{ stations: [group('station', 'XX.A', [2])], thresholds: [threshold] },
};

describe('the summary in words', () => {
  test('what would have changed', () => {
    expect(changedWords(threshold)).toBe('2 wrong picks would not have been there, 1 right pick missed, 1 wrong left'); // prettier-ignore
    expect(changedWords({ ...threshold, suggested: null, changed: undefined, note: 'too few to tune' })).toBe('too few to tune'); // prettier-ignore
    expect(changedWords({ ...threshold, suggested: 0.25, changed: { spared: [1], missed: [], waiting: [], stillWrong: 0 } })).toContain('see in Tune'); // prettier-ignore
    const nothing = { spared: [], missed: [], waiting: [], stillWrong: 4 };
    expect(changedWords({ ...threshold, changed: nothing })).toBe('nothing: no pick decided lies below it; 4 wrong at or above'); // prettier-ignore
  });

  test('a model of one run is shown as that run', () => {
    expect(shownGroups(summary).map(({ name }) => name)).toEqual(['all runs', 'run 2']);
    const names = {
      run: (runId: number) => (runId === 2 ? 'run 2: phasenet' : undefined),
      set: (hash: string) => (hash.startsWith('ab') ? 'strict 2' : undefined),
    };
    expect(groupName(group('run', 'run 2', [2]), names)).toBe('run 2: phasenet');
    expect(groupName(group('set', 'abcdef0123456789', [1, 2]), names)).toBe(
      'set strict 2 · abcdef01',
    );
    expect(groupName(group('set', '012345678', [1, 2]), names)).toBe('set 01234567');
  });

  test('moves are drawn in their bins and told', () => {
    const { series, x, barWidth } = movesChart(P);
    expect(series[0]?.x.map((v) => Number(v.toFixed(3)))).toEqual([-0.15, -0.05, 0.05, 0.15]);
    expect(series[0]?.y).toEqual([0, 0, 1, 1]);
    expect([x.min, x.max, barWidth?.toFixed(3)]).toEqual([-0.2, 0.2, '0.100']);
    expect(x.words).toBe('analyst − machine, s');
    expect(movesWords(P)).toBe('2 P picks moved, by +0.100 s in the median, MAD 0.050 s');
  });

  test('as CSV: a row a group and phase, thresholds with their run, commas quoted', () => {
    const rows = summaryCsv(summary).trimEnd().split('\n');
    expect(rows).toHaveLength(5);
    expect(rows[0]?.split(',')).toHaveLength(21);
    expect(rows[2]).toMatch(/^model,"a, b",1,P,9,4,2,0,2,0,1,3,0.1,0.05,,,,,,,$/);
    expect(rows[3]).toBe('run,run 2,2,P,9,4,2,0,2,0,1,3,0.1,0.05,0.3,0.42,0.9,2,1,,');
  });
});
