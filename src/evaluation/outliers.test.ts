import { expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import { matchPicks } from './matchPicks.ts';
import { outliers } from './outliers.ts';
import type { ScoredPick } from './scoredPick.ts';

const at = (s: number, phase = 'P'): ScoredPick => ({
  ...{ station: 'UW.A', phase, time: epochNs(BigInt(s * 10) * 100_000_000n) },
});

test('a pick too far from its reference is told from one that was not made', () => {
  const references = [at(10), at(20), at(30), at(40, 'S')];
  const picks = [at(10.1), at(22), at(36), at(40.2)];
  const matching = matchPicks(references, picks, { P: 0.5, S: 0.5 });
  expect(outliers(references, picks, matching, 3)).toEqual([
    { reference: 1, pick: 1, phase: 'P', residualS: 2 },
  ]);
  expect(outliers(references, picks, matching, 1)).toEqual([]);
  expect(outliers(references, picks, matching, 6).map(({ pick }) => pick)).toEqual([1, 2]);
});
