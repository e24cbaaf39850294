import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseModelSpec } from './card.ts';
import { checkSettings, mergeSettings, shortestStretch } from './settings.ts';
import { StackKernel } from './stackKernel.ts';
import { CurveAssembly, shareStack } from './stacking.ts';
import {
  curveLength,
  inverseCover,
  type Windowing,
  windowChunks,
  windowCount,
  windowCover,
  windowingOf,
  windowStart,
} from './windowing.ts';

const cardFile = new URL('../../resources/models/onset-1/model.json', import.meta.url);
const card = JSON.parse(readFileSync(cardFile, 'utf8')) as Record<string, unknown>;

const windowing = (
  stretchSamples: number,
  hop = 1500,
  blinding = 250,
  change: Partial<Windowing> = {},
): Windowing => ({
  stretchSamples,
  windowSamples: 3001,
  hopSamples: hop,
  blindingSamples: [blinding, blinding],
  keepEnds: true,
  stacking: 'avg',
  answers: 'samples',
  ...change,
});

const starts = (w: Windowing): number[] =>
  Array.from({ length: windowCount(w) }, (_, i) => windowStart(w, i));

describe('windows', () => {
  test('the last one lies flush with the end, none when the stretch is too short', () => {
    expect(starts(windowing(3000))).toEqual([]);
    expect(starts(windowing(3001))).toEqual([0]);
    expect(starts(windowing(3002))).toEqual([0, 1]);
    expect(starts(windowing(9001))).toEqual([0, 1500, 3000, 4500, 6000]);
    expect(starts(windowing(9002))).toEqual([0, 1500, 3000, 4500, 6000, 6001]);
  });

  test('with one answer a window what does not fit is dropped', () => {
    const point = (samples: number): Windowing =>
      windowing(samples, 10, 0, { windowSamples: 400, answers: 'point' });
    expect(starts(point(419))).toEqual([0, 10]);
    expect(starts(point(420))).toEqual([0, 10, 20]);
    expect([399, 400, 420].map((samples) => curveLength(point(samples)))).toEqual([0, 1, 3]);
  });

  test('blinding spares the two ends of the stretch, or does not', () => {
    const covers = (keepEnds: boolean) =>
      [0, 1, 4].map((i) => windowCover(windowing(9001, 1500, 250, { keepEnds }), i));
    expect(covers(true)).toEqual([
      { from: 0, to: 2751 },
      { from: 1750, to: 4251 },
      { from: 6250, to: 9001 },
    ]);
    expect(covers(false)).toEqual([
      { from: 250, to: 2751 },
      { from: 1750, to: 4251 },
      { from: 6250, to: 8751 },
    ]);
  });
});

/** Every window's own curve: any numbers will do, they only have to differ. */
function probability(window: number, sample: number): number {
  return ((window * 7919 + sample * 104_729) % 1000) / 1000;
}

type Answer = (window: number, sample: number) => number;

/** The definition, sample by sample. */
function bruteForce(w: Windowing, answer: Answer): Float64Array {
  const curve = new Float64Array(curveLength(w));
  for (let i = 0; i < curve.length; i += 1) {
    const answers = starts(w).flatMap((start, k) => {
      if (w.answers === 'point') return k === i ? [answer(k, 0)] : [];
      const inside = i - start;
      const atStart = w.keepEnds && start === 0;
      const atEnd = w.keepEnds && start + w.windowSamples === w.stretchSamples;
      const from = atStart ? 0 : w.blindingSamples[0];
      const to = atEnd ? w.windowSamples : w.windowSamples - w.blindingSamples[1];
      return inside >= from && inside < to ? [answer(k, inside)] : [];
    });
    const known = answers.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    curve[i] = known.length === 0 ? NaN : w.stacking === 'max' ? Math.max(...known) : mean;
  }
  return curve;
}

function stacked(w: Windowing, windowsPerChunk: number, answer: Answer): Float32Array {
  const chunks = windowChunks(w, windowsPerChunk);
  const assembly = new CurveAssembly(w, chunks, 1);
  const each = w.answers === 'point' ? 1 : w.windowSamples;
  const shares = chunks.map((chunk) => {
    const averaged = w.stacking === 'avg' && w.answers === 'samples';
    const kernel = new StackKernel();
    const held = averaged ? kernel.hold(inverseCover(w, chunk), 1, each) : undefined;
    const stack = held && { kernel, sum: held.sums[0]!, inverse: held.inverse };
    const share = shareStack(w, chunk, stack);
    const answers = held?.answers ?? new Float32Array(each);
    for (let k = chunk.firstWindow; k < chunk.firstWindow + chunk.windows; k += 1) {
      for (let i = 0; i < each; i += 1) answers[i] = answer(k, i);
      share.add(k, answers, 0);
    }
    return share.finish();
  });
  // Shares come back in any order.
  for (const i of chunks.keys().toArray().reverse()) assembly.add(i, [shares[i]!]);
  return assembly.finish()[0]!;
}

function expectSame(w: Windowing, windowsPerChunk: number, answer: Answer = probability): void {
  const expected = bruteForce(w, answer);
  const curve = stacked(w, windowsPerChunk, answer);
  expect(curve.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i += 1) {
    if (Number.isNaN(curve[i]) && Number.isNaN(expected[i])) continue;
    const difference = Math.abs(curve[i]! - expected[i]!);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  expect(worst).toBeLessThan(1e-6);
}

const CASES: [string, Windowing, number][] = [
  ['card’s overlap', windowing(20_011), 4],
  ['one chunk', windowing(9001), 64],
  ['a last chunk of one window', windowing(3001 + 1500 * 4 + 17), 4],
  ['more than two windows deep', windowing(12_000, 400), 8],
  ['chunks shorter than the overlap', windowing(8000, 100, 40), 3],
  ['no overlap, blinding leaves holes', windowing(15_005, 3001), 2],
  ['no blinding', windowing(10_000, 1500, 0), 2],
  ['ends blinded too', windowing(10_000, 1500, 250, { keepEnds: false }), 2],
];

describe.each(['avg', 'max'] as const)(
  'stacking in chunks is the %s over all windows',
  (stacking) => {
    test.each(CASES)('%s', (_, w, windowsPerChunk) => {
      expectSame({ ...w, stacking }, windowsPerChunk);
    });

    test.each(CASES)('what is not a number counts for nothing: %s', (_, w, windowsPerChunk) => {
      const holed: Answer = (window, sample) =>
        (window * 31 + sample) % 97 === 0 ? NaN : probability(window, sample);
      expectSame({ ...w, stacking }, windowsPerChunk, holed);
    });
  },
);

test('one answer a window is a curve of its own', () => {
  const point = { windowSamples: 400, answers: 'point', keepEnds: false } as const;
  expectSame(windowing(1203, 10, 0, point), 16);
});

test('networks of any length take a shorter stretch whole', () => {
  const spec = parseModelSpec({
    ...card,
    window: { samples: 3001, dynamic: true },
  });
  const settings = mergeSettings(spec, { windowSamples: 10_000, overlap: 2000 });
  const windows = (samples: number): unknown[] => {
    const w = windowingOf(spec, settings, samples);
    return [w.windowSamples, windowCount(w), curveLength(w)];
  };
  expect([3000, 3001, 7777, 10_000, 12_000].map(windows)).toEqual([
    [3001, 0, 3000],
    [3001, 1, 3001],
    [7777, 1, 7777],
    [10_000, 1, 10_000],
    [10_000, 2, 12_000],
  ]);
  expect(shortestStretch(spec, settings)).toBe(3001);
  const presets = Object.values(spec.presets);
  expect(presets.length).toBeGreaterThan(0);
  for (const preset of presets) checkSettings(spec, mergeSettings(spec, preset.settings));
});
