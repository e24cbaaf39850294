import { describe, expect, test } from 'vitest';
import { PICK_STATES, POLARITIES } from '../../../src/domain/event/pick.ts';
import { type Flag, type FlagPick, flagForms, layoutFlags } from './flags.ts';

const textWidth = (text: string): number => text.length * 6;

function pick(id: number, xPx: number, change: Partial<FlagPick> = {}): FlagPick {
  return {
    id,
    xPx,
    phase: 'P',
    state: 'automatic',
    onset: undefined,
    polarity: undefined,
    probability: 0.71,
    selected: false,
    ...change,
  };
}

const layout = (picks: FlagPick[], lanes = 1): Flag[] =>
  layoutFlags(picks, { left: 0, right: 1000, lanes, textWidth });

describe('places', () => {
  test('a flag hangs left of its line, and right where the plot ends', () => {
    expect(layout([pick(1, 500), pick(2, 10)]).map((flag) => flag.side)).toEqual([1, -1]);
  });

  test('the selected pick takes its place first', () => {
    const flags = layout([pick(1, 500, { state: 'manual' }), pick(2, 500, { selected: true })]);
    expect(flags[0]).toMatchObject({ pick: { id: 2 }, side: -1 });
    expect(flags[1]).toMatchObject({ pick: { id: 1 }, side: 1 });
  });

  test('without room for the probability it is left out', () => {
    const flags = layout([pick(1, 40, { state: 'manual' }), pick(2, 60)]);
    expect(flags.find((flag) => flag.pick.id === 2)?.side).toBe(1);
    const between = layout([pick(1, 100, { state: 'manual' }), pick(2, 118), pick(3, 150, { state: 'manual' })]); // prettier-ignore
    expect(between.find((flag) => flag.pick.id === 2)?.text).toBe('P');
  });

  test('a second lane is used before the phase alone', () => {
    const crowd = [pick(1, 500), pick(2, 501), pick(3, 502)];
    expect(layout(crowd, 2).map((flag) => flag.lane)).toContain(1);
  });

  test('a flag that would end at the line of another pick leaves that side to it', () => {
    const wide = layout([pick(1, 500, { probability: 0.5 }), pick(2, 539, { phase: 'S' })]);
    expect(wide.map((flag) => [flag.pick.id, flag.side, flag.joined.length])).toEqual([
      [2, 1, 0],
      [1, -1, 0],
    ]);
  });

  test('a pick outside the plot has no flag and is counted nowhere', () => {
    const flags = layout([pick(1, -30), pick(2, 40), pick(3, 1020)]);
    expect(flags.map((flag) => [flag.pick.id, flag.joined.length])).toEqual([[2, 0]]);
  });

  test('what finds no place is counted on its nearest neighbour', () => {
    const flags = layout(Array.from({ length: 12 }, (_, i) => pick(i, 500 + i)));
    const counted = flags.flatMap((flag) => flag.joined.map((one) => one.id));
    expect(flags.length + counted.length).toBe(12);
    expect(flags.find((flag) => flag.joined.length > 0)?.text).toMatch(/ \+\d+$/);
  });
});

test('the text has three lengths', () => {
  expect(flagForms(pick(1, 0, { onset: 'impulsive', polarity: 'up' }))).toEqual([
    'iP ▲ .71',
    'iP ▲',
    'P',
  ]);
  expect(flagForms(pick(1, 0, { state: 'deferred' }))[0]).toBe('P …');
  expect(flagForms(pick(1, 0, { state: 'confirmed' }))[0]).toBe('P');
  expect(flagForms(pick(1, 0, { warned: true }))).toEqual(['P .71 !', 'P', 'P']);
});

/** A small generator with a fixed seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

test('on random input no two flags overlap, none leaves the plot and every pick is somewhere', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed);
    const right = 50 + next() * 1500;
    const lanes = 1 + Math.floor(next() * 2);
    const picks = Array.from({ length: Math.floor(next() * 60) }, (_, id) =>
      pick(id, next() * right, {
        phase: ['P', 'S', 'Pn', 'PcP', ''][Math.floor(next() * 5)]!,
        state: PICK_STATES[Math.floor(next() * 5)]!,
        polarity: POLARITIES[Math.floor(next() * 5)],
        probability: next() < 0.8 ? next() : undefined,
        selected: next() < 0.05,
      }),
    );
    const flags = layoutFlags(picks, { left: 0, right, lanes, textWidth });
    for (const [i, a] of flags.entries()) {
      expect(a.left >= 0 && a.right <= right && a.lane < lanes, `seed ${seed}`).toBe(true);
      for (const b of flags.slice(i + 1)) {
        const apart = a.lane !== b.lane || a.right <= b.left || b.right <= a.left;
        expect(apart, `seed ${seed}: ${a.text} at ${a.left} and ${b.text} at ${b.left}`).toBe(true);
      }
    }
    const shown = flags.flatMap((flag) => [flag.pick.id, ...flag.joined.map((one) => one.id)]);
    if (flags.length > 0) expect(shown.sort((a, b) => a - b)).toEqual(picks.map((one) => one.id));
  }
});
