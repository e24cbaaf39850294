import { describe, expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import {
  commonCoverage,
  coverageOf,
  type ListedPick,
  observedSeconds,
  type Reach,
  selectPicks,
} from './selectPicks.ts';

const at = (ns: number, rest: Partial<ListedPick> = {}): ListedPick => ({
  ...{ station: 'UW.A', phase: 'P', time: epochNs(BigInt(ns)), state: 'automatic' as const },
  ...rest,
});
const everything: Reach = { window: undefined, stations: undefined, coverage: undefined };
const window = (from: number, to: number) => ({
  ...{ startNs: epochNs(BigInt(from)), endNs: epochNs(BigInt(to)) },
});

describe('what is scored', () => {
  test('everything, unless something is said against it', () => {
    const picks = [at(1), at(2, { state: 'rejected' }), at(3, { phase: 'Lg' })];
    const options = { reaches: [everything], reviewedOnly: false };
    expect(selectPicks(picks, { ...options, withRejected: true }).kept).toEqual(picks.slice(0, 2));
    const { kept, leftOut } = selectPicks(picks, { ...options, withRejected: false });
    expect(kept).toEqual([picks[0]]);
    expect(leftOut).toMatchObject({ rejected: 1, otherPhase: 1, outsideSpan: 0 });
  });

  test('of a review what was confirmed or made', () => {
    const states = ['automatic', 'confirmed', 'manual', 'rejected', 'deferred'] as const;
    const { kept, leftOut } = selectPicks(
      states.map((state) => at(1, { state })),
      { reaches: [], reviewedOnly: true, withRejected: false },
    );
    expect(kept.map(({ state }) => state)).toEqual(['confirmed', 'manual']);
    expect(leftOut).toMatchObject({ notReviewed: 2, rejected: 1 });
  });

  test('what both lists could see: span, stations, and samples outside of gaps', () => {
    const coverage = coverageOf([
      { streamKey: 'UW.A..HHZ', ...window(0, 100), gaps: [window(40, 60)] },
      { streamKey: 'UW.A..HHN', ...window(50, 55), gaps: [] },
      { streamKey: 'UW.B..HHZ', ...window(0, 100), gaps: [] },
    ])!;
    const reaches = [
      { ...everything, window: window(10, 90), stations: ['UW.A', 'UW.C'] },
      { ...everything, coverage },
    ];
    const times = [5, 10, 39, 40, 50, 55, 60, 90].map((ns) => at(ns));
    const others = [at(20, { station: 'UW.B' }), at(20, { station: 'UW.C' })];
    const { kept, leftOut } = selectPicks([...times, ...others], {
      ...{ reaches, reviewedOnly: false, withRejected: false },
    });
    expect(kept.map(({ time }) => Number(time))).toEqual([10, 39, 50, 60]);
    expect(leftOut).toMatchObject({ outsideSpan: 3, outsideData: 3 });
    expect(coverageOf([])).toBeUndefined();
  });
});

test('seconds of record count once, whatever the channels', () => {
  const s = (from: number, to: number) => window(from * 1e9, to * 1e9);
  const coverage = coverageOf([
    { streamKey: 'UW.A..HHZ', ...s(0, 100), gaps: [s(40, 60)] },
    { streamKey: 'UW.A..HHN', ...s(50, 55), gaps: [] },
    { streamKey: 'UW.A..HHE', ...s(90, 110), gaps: [] },
    { streamKey: 'UW.B..HHZ', ...s(0, 10), gaps: [] },
  ])!;
  expect(observedSeconds(coverage, 'UW.A')).toBe(95);
  expect(observedSeconds(coverage)).toBe(105);
  expect(observedSeconds(coverage, 'UW.C')).toBe(0);
});

test('what all lists can speak of is where spans, stations and samples meet', () => {
  const coverage = coverageOf([
    { streamKey: 'UW.A..HHZ', ...window(0, 100), gaps: [window(40, 60)] },
    { streamKey: 'UW.B..HHZ', ...window(0, 100), gaps: [] },
  ])!;
  const other = coverageOf([{ streamKey: 'UW.A..BHZ', ...window(30, 70), gaps: [] }])!;
  const reaches = [
    { ...everything, window: window(10, 90), stations: ['UW.A'] },
    { ...everything, coverage },
  ];
  expect([...commonCoverage(reaches)!]).toEqual([['UW.A', [window(10, 40), window(60, 90)]]]);
  const both = commonCoverage([...reaches, { ...everything, coverage: other }])!;
  expect([...both]).toEqual([['UW.A', [window(30, 40), window(60, 70)]]]);
  expect(commonCoverage([everything])).toBeUndefined();
});
