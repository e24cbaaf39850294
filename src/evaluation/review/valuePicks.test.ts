import { describe, expect, test } from 'vitest';
import type { PickState } from '../../domain/event/pick.ts';
import { findConflicts } from './conflicts.ts';
import { Decisions } from './rightness.ts';
import { type ReviewPick, verdictsOn } from './reviewPick.ts';
import {
  type DoubtSigns,
  entropyBits,
  expectedGain,
  signRatios,
  ValueOrder,
} from './valuePicks.ts';

function valuePicks(picks: readonly ReviewPick[], signs: DoubtSigns) {
  const order = new ValueOrder(picks, signs);
  return order.ranked.flatMap(({ pick: of }) => order.explain(of.id) ?? []);
}

const NO_SIGNS: DoubtSigns = { disagreement: new Map(), conflict: new Map() };
let nextId = 1;

function pick(change: Partial<ReviewPick> = {}): ReviewPick {
  const id = nextId++;
  return {
    ...{ id, station: 'XX.AAA', phase: 'P', timeS: id * 1000, probability: 0.5, threshold: 0.3 },
    ...{ state: 'automatic', runId: 1, eventId: undefined },
    ...change,
  };
}

function decided(count: number, state: PickState, change: Partial<ReviewPick> = {}): ReviewPick[] {
  return Array.from({ length: count }, () => pick({ state, ...change }));
}

describe('the estimate of being right', () => {
  test('is one half at the threshold and high far above it before any decision', () => {
    const none = new Decisions([]);
    expect(none.right(pick({ probability: 0.3 }))).toBe(0.5);
    expect(none.right(pick({ probability: 0.65 }))).toBeCloseTo(0.75, 12);
    expect(none.right(pick({ probability: 1 }))).toBeCloseTo(0.95, 12);
    expect(none.right(pick({ probability: undefined }))).toBe(0.5);
  });

  test('follows the decisions near its probability, more at their own station, not of other phases', () => {
    const rejected = decided(8, 'rejected', { probability: 0.42 });
    const after = new Decisions(rejected);
    const before = new Decisions([]);
    const same = { probability: 0.43 };
    expect(after.right(pick(same))).toBeLessThan(0.25);
    const elsewhere = after.right(pick({ ...same, station: 'XX.BBB' }));
    expect(elsewhere).toBeGreaterThan(after.right(pick(same)));
    expect(elsewhere).toBeLessThan(before.right(pick(same)));
    expect(after.right(pick({ ...same, phase: 'S' }))).toBe(before.right(pick(same)));
    expect(after.right(pick({ probability: 0.9 }))).toBe(before.right(pick({ probability: 0.9 })));
  });

  test('weighs neighbours as its formula says', () => {
    const picks = decided(3, 'confirmed', { probability: 0.47 });
    const near = new Decisions(picks).near(pick({ probability: 0.52 }), 'station');
    expect(near.right).toBeCloseTo(2, 12);
    const phase = (4 * new Decisions([]).right(pick({ probability: 0.52 })) + 2) / 6;
    expect(new Decisions(picks).right(pick({ probability: 0.52 }))).toBeCloseTo((4 * phase + 2) / 6, 12); // prettier-ignore
  });
});

test('a rejected twin of an accepted onset is no verdict on the machine', () => {
  const accepted = pick({ state: 'confirmed', timeS: 5 });
  const twin = pick({ state: 'rejected', timeS: 5.2, runId: 2 });
  const wrong = pick({ state: 'rejected', timeS: 50 });
  const own = pick({ state: 'manual', runId: undefined, probability: undefined });
  expect([...verdictsOn([accepted, twin, wrong, own])]).toEqual([
    [accepted.id, 'right'],
    [wrong.id, 'wrong'],
  ]);
});

describe('the order by value', () => {
  test('begins near the threshold, where half the picks may be wrong', () => {
    const picks = [pick({ probability: 0.99 }), pick({ probability: 0.32 }), pick({ probability: 0.6 })]; // prettier-ignore
    const order = valuePicks(picks, NO_SIGNS).map(({ pickId }) => pickId);
    expect(order).toEqual([picks[1]?.id, picks[2]?.id, picks[0]?.id]);
  });

  test('puts a sure pick that another model does not have before one that it has', () => {
    const [agreed, alone] = [pick({ probability: 0.9 }), pick({ probability: 0.9 })];
    const disagreement = new Map([[alone.id, { degree: 1, text: 'other has no P within 0.5 s' }]]);
    const [first] = valuePicks([agreed, alone], { ...NO_SIGNS, disagreement });
    expect(first?.pickId).toBe(alone.id);
    expect(first?.reasons[0]).toMatchObject({ kind: 'disagreement', degree: 1 });
  });

  test('puts an onset last that the analyst has a pick of already', () => {
    const accepted = pick({ state: 'confirmed', timeS: 7 });
    const twin = pick({ timeS: 7.1, runId: 2, probability: 0.31 });
    const other = pick({ probability: 0.9 });
    const values = valuePicks([accepted, twin, other], NO_SIGNS);
    expect(values.map(({ pickId }) => pickId)).toEqual([other.id, twin.id]);
    expect(values[1]?.reasons[0]).toMatchObject({ kind: 'known', text: 'a reviewed P of this onset is there already' }); // prettier-ignore
  });

  test('adapts: where all were accepted there is less to learn, where many were rejected more to catch', () => {
    const here = pick({ probability: 0.5 });
    const there = pick({ probability: 0.5, station: 'XX.BBB' });
    const good = decided(12, 'confirmed', { probability: 0.5 });
    const [first] = valuePicks([here, there, ...good], NO_SIGNS);
    expect(first?.pickId).toBe(there.id);
    const bad = decided(12, 'rejected', { probability: 0.5 });
    const values = valuePicks([here, there, ...bad], NO_SIGNS);
    const reasons = values.find(({ pickId }) => pickId === here.id)?.reasons;
    expect(reasons?.some(({ text }) => text === '100 % of P like it at AAA were rejected')).toBe(true); // prettier-ignore
  });

  test('values lie in 0 to 1, fall along the order, and every pick has a reason', () => {
    const picks = Array.from({ length: 500 }, (_, i) =>
      pick({ probability: 0.3 + (0.7 * ((i * 37) % 100)) / 100, station: `XX.S${i % 7}` }),
    );
    const values = valuePicks([...picks, ...decided(40, 'rejected')], NO_SIGNS);
    expect(values).toHaveLength(500);
    values.forEach(({ value, right, reasons }, i) => {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(values[i - 1]?.value ?? 1);
      expect(right).toBeGreaterThan(0);
      expect(right).toBeLessThan(1);
      expect(reasons.length).toBeGreaterThan(0);
    });
  });

  test('ten thousand picks without a conflict are all in the order', () => {
    const many = Array.from(
      { length: 10_000 },
      (_, i) =>
      pick({ station: `XX.S${i % 10}`, timeS: i * 8.64, probability: 0.3 + ((i * 7919) % 7000) / 1e4 }), // prettier-ignore
    );
    const conflict = findConflicts(many, new Map());
    expect(conflict.size).toBe(0);
    expect(new ValueOrder(many, { ...NO_SIGNS, conflict }).ranked).toHaveLength(10_000);
  });

  test('a sign that is always on accepted picks stops to count', () => {
    const right = decided(30, 'confirmed');
    const disagreement = new Map(right.map(({ id }) => [id, { degree: 1, text: '' }]));
    expect(signRatios(new Map(), NO_SIGNS).disagreement).toBe(4);
    expect(signRatios(verdictsOn(right), { ...NO_SIGNS, disagreement }).disagreement).toBe(1);
    const wrong = decided(30, 'rejected');
    const onWrong = new Map(wrong.map(({ id }) => [id, { degree: 1, text: '' }]));
    const ratios = signRatios(verdictsOn([...right, ...wrong]), {
      ...NO_SIGNS,
      disagreement: onWrong,
    });
    expect(ratios.disagreement).toBeGreaterThan(30);
  });
});

describe('the expected gain', () => {
  test('sums what is expected to be wrong along the order and flattens', () => {
    const picks = Array.from({ length: 250 }, (_, i) =>
      pick({ probability: 0.3 + (0.7 * i) / 250 }),
    );
    const values = valuePicks(picks, NO_SIGNS);
    const gain = expectedGain(values, ['right', 'right', 'wrong', 'right', 'wrong']);
    expect(gain.decisions[0]).toBe(0);
    expect(gain.decisions.at(-1)).toBe(250);
    expect(gain.decisions.length).toBeLessThanOrEqual(102);
    expect(gain.wrong.at(-1)).toBeCloseTo(
      values.reduce((sum, { right }) => sum + 1 - right, 0),
      9,
    );
    const first20 = values.slice(0, 20).reduce((sum, { right }) => sum + 1 - right, 0);
    expect(gain).toMatchObject({ nextDecisions: 20, decided: 5, foundWrong: 2 });
    expect(gain.nextWrong).toBeCloseTo(first20, 9);
    const half = gain.wrong[Math.floor(gain.wrong.length / 2)] ?? 0;
    expect(half).toBeGreaterThan(0.6 * (gain.wrong.at(-1) ?? 0));
  });

  test('of nothing is nothing', () => {
    expect(expectedGain([], [])).toEqual({ decisions: [0], wrong: [0], nextDecisions: 0, nextWrong: 0, decided: 0, foundWrong: 0 }); // prettier-ignore
  });
});

test('entropy is 1 bit for one in two and 0 for certainty', () => {
  expect(entropyBits(0.5)).toBe(1);
  expect(entropyBits(0)).toBe(0);
  expect(entropyBits(1)).toBe(0);
  expect(entropyBits(0.11)).toBeCloseTo(0.49992, 4);
});
