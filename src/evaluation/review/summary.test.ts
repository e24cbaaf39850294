import { describe, expect, test } from 'vitest';
import { epochNs, secondsToNs } from '../../base/time.ts';
import type { PickState } from '../../domain/event/pick.ts';
import type { MachineOnset, RunReach, StandingPick } from './confusion.ts';
import { type ReviewRecord, summariseReview } from './summary.ts';

const at = (seconds: number) => epochNs(secondsToNs(1_700_000_000 + seconds));
const RUN: RunReach = {
  ...{ runId: 1, modelId: 'net', setHash: 'abc', window: undefined, stations: ['XX.A', 'XX.B'] },
  thresholds: { P: 0.3, S: 0.3 },
};

function onset(
  pickId: number,
  seconds: number,
  state: PickState | 'removed' | 'cleared',
  change: Partial<MachineOnset> & { movedBy?: number; nowPhase?: string } = {},
): MachineOnset {
  const { movedBy = 0, nowPhase = 'P', ...rest } = change;
  const now =
    state === 'removed' || state === 'cleared'
      ? state
      : { state, time: at(seconds + movedBy), phase: nowPhase };
  return {
    ...{ runId: 1, station: 'XX.A', phase: 'P', time: at(seconds), probability: 0.6, pickId, now },
    ...rest,
  };
}

function standingOf(onsets: readonly MachineOnset[]): StandingPick[] {
  return onsets.flatMap(({ now, pickId, station }) =>
    typeof now !== 'string' && pickId !== undefined && /confirmed|manual/.test(now.state)
      ? [{ id: pickId, station, phase: now.phase, time: now.time }]
      : [],
  );
}

function summary(
  onsets: readonly MachineOnset[],
  { more = [], ...change }: Partial<ReviewRecord> & { more?: readonly StandingPick[] } = {},
) {
  const standing = [...new Map([...standingOf(onsets), ...more].map((p) => [p.id, p])).values()];
  const fixed = {
    revision: 1,
    tolerance: { P: 0.5, S: 0.5 },
    movedBeyondS: 0.02,
    runId: undefined,
  };
  return summariseReview({ onsets, standing, runs: [RUN], ...fixed, ...change });
}

describe('confusion of machine and analyst', () => {
  const onsets = [
    onset(1, 0, 'confirmed'),
    onset(2, 100, 'manual', { movedBy: 0.1 }),
    onset(3, 200, 'manual', { movedBy: 0.01 }),
    onset(4, 300, 'rejected'),
    onset(5, 400, 'deferred'),
    onset(6, 500, 'automatic'),
    onset(7, 600, 'manual', { nowPhase: 'S' }),
    onset(8, 700, 'removed'),
    onset(9, 800, 'removed'),
    onset(10, 900, 'cleared'),
  ];
  const more = [
    { id: 11, station: 'XX.A', phase: 'P', time: at(800.2) },
    { id: 12, station: 'XX.B', phase: 'P', time: at(800) },
    { id: 13, station: 'YY.C', phase: 'P', time: at(800) },
    { id: 14, station: 'XX.A', phase: 'S', time: at(1000) },
  ];

  test('counts each onset once by its fate, replaced picks as moved, what was never looked at not as added', () => {
    const { groups } = summary(onsets, { more });
    const [P, S] = groups[0]?.phases ?? [];
    expect(P).toMatchObject({ found: 9, accepted: 2, moved: 2, relabelled: 1, rejected: 2, deferred: 1, waiting: 1, added: 1 }); // prettier-ignore
    expect(S).toMatchObject({ found: 0, added: 1 });
    expect(P?.movedS).toMatchObject({ n: 2, mean: expect.closeTo(0.15, 6) as number });
    expect(P?.histogram.counts.reduce((a, b) => a + b)).toBe(2);
    expect(groups.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['all all runs', 'model net', 'set abc', 'run run 1']); // prettier-ignore
  });

  test('is told by station too', () => {
    const { stations } = summary(onsets, { more });
    expect(stations.map(({ name, phases }) => [name, phases[0]?.found, phases[0]?.added])).toEqual([['XX.A', 9, 0], ['XX.B', 0, 1]]); // prettier-ignore
  });

  test('two runs with one pick: once in all, each in its own', () => {
    const second = { ...RUN, runId: 2, modelId: 'other', setHash: undefined };
    const both = [
      onset(1, 0, 'confirmed'),
      onset(1, 0.1, 'confirmed', { runId: 2, movedBy: -0.1 }),
    ];
    const { groups } = summary(both, { runs: [RUN, second] });
    const found = Object.fromEntries(groups.map(({ name, phases }) => [name, phases[0]]));
    expect(found['all runs']).toMatchObject({ found: 1, added: 0 });
    expect(found['run 1']).toMatchObject({ found: 1, accepted: 1 });
    expect(found['run 2']).toMatchObject({ found: 1, moved: 1 });
  });
});

test('of two runs’ picks of one onset one is accepted: none is wrong, none is added, one reference', () => {
  const second = { ...RUN, runId: 2, modelId: 'other', setHash: undefined };
  const both = [onset(1, 0, 'rejected'), onset(2, 0.1, 'confirmed', { runId: 2 })];
  const { groups, thresholds } = summary(both, { runs: [RUN, second], runId: 1 });
  const found = Object.fromEntries(groups.map(({ name, phases }) => [name, phases[0]]));
  expect(found['run 1']).toMatchObject({ found: 1, moved: 1, rejected: 0, added: 0 });
  expect(found['run 2']).toMatchObject({ found: 1, accepted: 1, added: 0 });
  expect(thresholds[0]?.score).toMatchObject({ reference: 1, matched: 1 });
  const accepted = [onset(1, 0, 'confirmed'), onset(2, 0.1, 'confirmed', { runId: 2 })];
  const twice = summary(accepted, { runs: [RUN, second], runId: 1 });
  expect(twice.groups.map(({ phases }) => phases[0]?.added)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(twice.thresholds[0]?.score).toMatchObject({ reference: 1, matched: 1, missed: 0 });
});

describe('suggested thresholds', () => {
  const right = Array.from(
    { length: 20 },
    (_, i) =>
    onset(i + 1, i * 100, 'confirmed', { probability: 0.5 + i * 0.02, station: i < 15 ? 'XX.A' : 'XX.B' }), // prettier-ignore
  );
  const wrong = Array.from({ length: 10 }, (_, i) =>
    onset(i + 50, 5000 + i * 100, 'rejected', { probability: 0.31 + i * 0.01 }),
  );
  const waiting = [onset(90, 9000, 'automatic', { probability: 0.35 })];

  test('part what was accepted from what was rejected, and say what that would have changed', () => {
    const { thresholds, runId } = summary([...right, ...wrong, ...waiting]);
    expect(runId).toBe(1);
    const [all] = thresholds;
    expect(all).toMatchObject({ phase: 'P', inForce: 0.3, note: null });
    expect(all?.suggested).toBeGreaterThan(0.4);
    expect(all?.suggested).toBeLessThanOrEqual(0.5);
    expect(all?.score).toMatchObject({ matched: 20, extra: 0, missed: 0 });
    expect(all?.changed).toMatchObject({ missed: [], waiting: [90], stillWrong: 0 });
    expect(all?.changed?.spared).toEqual(wrong.map(({ pickId }) => pickId));
  });

  test('are not given for stations with few onsets', () => {
    const { thresholds } = summary([...right, ...wrong]);
    const b = thresholds.find(({ station, phase }) => station === 'XX.B' && phase === 'P');
    expect(b).toMatchObject({ suggested: null, changed: undefined, note: 'too few to tune' });
    const a = thresholds.find(({ station, phase }) => station === 'XX.A' && phase === 'P');
    expect(a?.suggested).toBeGreaterThan(0.4);
  });

  test('name the right picks that they would have missed', () => {
    const mixed = [...right, onset(60, 7000, 'confirmed', { probability: 0.32 }), ...wrong];
    const [all] = summary(mixed).thresholds;
    expect(all?.changed?.missed).toEqual([60]);
  });

  test('without a run there is nothing to suggest', () => {
    expect(summary([], { runs: [] })).toMatchObject({ runId: undefined, thresholds: [], stations: [] }); // prettier-ignore
  });
});
