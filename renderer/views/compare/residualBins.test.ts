import { expect, test } from 'vitest';
import { epochNs } from '../../../src/base/time.ts';
import type { ComparedOnset } from '../../../src/contract/messages/comparison.ts';
import { residualS } from '../../state/comparison.svelte.ts';
import { binAt, binRange, RESIDUAL_BINS, residualCounts } from './residualBins.ts';

const side = (s: number) => ({
  pickId: undefined,
  stream: 'UW.HANS..HHZ',
  time: epochNs(BigInt(Math.round(s * 1e9))),
  probability: undefined,
});
const onset = (phase: string, residual: number): ComparedOnset => ({
  sensorKey: 'UW.HANS..HH',
  phase,
  a: side(10),
  b: side(10 + residual),
});

test('a residual of zero is in the middle bin, one at the tolerance in the outermost', () => {
  expect(binAt(0, 0.5)).toBe((RESIDUAL_BINS - 1) / 2);
  expect([binAt(-0.5, 0.5), binAt(0.5, 0.5)]).toEqual([0, RESIDUAL_BINS - 1]);
});

test('counts are of one phase and of matched onsets alone; a bin holds just what it counts', () => {
  const onsets = [onset('P', 0.2), onset('P', 0.21), onset('P', -0.5), onset('S', 0.2)];
  onsets.push({ ...onset('P', 0), b: undefined });
  const counts = residualCounts(onsets, 'P', 0.5);
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(3);
  for (const [bin, count] of counts.entries()) {
    const { fromS, toS } = binRange('P', bin, 0.5);
    const inside = onsets.filter((each) => {
      const residual = residualS(each);
      return each.phase === 'P' && residual !== undefined && residual >= fromS && residual < toS;
    });
    expect(inside.length, `bin ${bin}`).toBe(count);
  }
});
