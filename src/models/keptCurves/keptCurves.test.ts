import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { pickCurves, pickSparse, type RulePick } from '../pickRules/pickCurves.ts';
import { keepLevels, lowestExactThreshold } from '../pickRules/reach.ts';
import {
  curvePart,
  pieceCount,
  pieceFrom,
  pieceTo,
  type SparseCurve,
  valuesBetween,
} from '../pickRules/sparseCurve.ts';
import { CurveKeeper } from './curveKeeper.ts';
import { decodeParts, encodeParts, joinParts, type KeptPart, sliceSparse } from './keptPart.ts';
import { SparseBuilder } from './sparseBuilder.ts';
import { levelsFor, StretchPicker } from './stretchPicker.ts';

type Random = () => number;

function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Low noise, bumps of all sizes, level tops, holes, sometimes a curve that never comes down. */
function randomCurve(next: Random, length: number): Float32Array {
  const noise = next() < 0.5 ? 0.01 : 0.03;
  const curve = Float32Array.from({ length }, () => noise * next());
  const bumps = Math.floor(next() * (length / 60));
  for (let k = 0; k < bumps; k += 1) {
    const centre = next() * length;
    const sigma = 1 + 12 * next() ** 2;
    const height = next() ** 2;
    const flat = next() < 0.2;
    for (
      let i = Math.max(0, Math.floor(centre - 5 * sigma));
      i < Math.min(length, centre + 5 * sigma);
      i += 1
    ) {
      const value = height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2));
      curve[i] = Math.max(curve[i]!, flat ? Math.min(value, height / 2) : value);
    }
  }
  if (next() < 0.2) for (let k = 0; k < 5; k += 1) curve[Math.floor(next() * length)] = NaN;
  if (next() < 0.15) for (let i = 0; i < length; i += 1) curve[i]! += 0.05;
  return curve;
}

function randomRule(next: Random): PickRule {
  const off = next() < 0.5 ? { ratio: 0.5 + 0.5 * next() } : { level: 0.05 + 0.3 * next() };
  const minimumDistanceSamples = 1 + Math.floor(80 * next());
  switch (Math.floor(6 * next())) {
    case 0:
      return { kind: 'peaks', minimumDistanceSamples };
    case 1:
      return { kind: 'peaks', minimumDistanceSamples, convention: 'detect_peaks' };
    case 2:
      return { kind: 'trigger', off, minimumWidthSamples: 1 + Math.floor(3 * next()) };
    case 3:
      return { kind: 'trigger', off, minimumWidthSamples: 2, convention: 'trigger_onset' };
    case 4:
      return {
        kind: 'dominance',
        minimumDistanceSamples,
        windowSamples: 2 * Math.floor(1 + 40 * next()),
      };
    default:
      return { kind: 'detection-gated', minimumDistanceSamples: 1, off };
  }
}

const LABELS = ['Detection', 'P', 'S'];

function randomCurves(next: Random, length: number): Record<string, Float32Array> {
  return Object.fromEntries(LABELS.map((label) => [label, randomCurve(next, length)]));
}

function randomBlocks(next: Random, length: number): [number, number][] {
  const blocks: [number, number][] = [];
  for (let from = 0; from < length;) {
    const to = Math.min(length, from + 1 + Math.floor(next() ** 3 * 3000));
    blocks.push([from, to]);
    from = to;
  }
  return blocks;
}

function keepOf(curve: Float32Array, levels: { floor: number; tail: number }): SparseCurve {
  const builder = new SparseBuilder();
  const keeper = new CurveKeeper(levels, builder);
  keeper.push(curve);
  keeper.end();
  return builder.toSparse(curve.length);
}

function keeperOf(levels: { floor: number; tail: number }): [SparseBuilder, CurveKeeper] {
  const builder = new SparseBuilder();
  return [builder, new CurveKeeper(levels, builder)];
}

const RATE = 20;

describe('what is kept', () => {
  test('is every sample at the floor with one on each side, exactly, and between it less than the floor', () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const next = random(seed);
      const curve = randomCurve(next, 3000);
      const kept = keepOf(curve, { floor: 0.02, tail: 0.01 });
      const known = valuesBetween(kept, 0, curve.length);
      for (let i = 0; i < curve.length; i += 1) {
        if (known[i] === known[i]) expect(known[i]).toBe(curve[i]);
        else expect(curve[i]! >= 0.02).toBe(false);
        if (!(curve[i]! >= 0.02)) continue;
        for (const beside of [i - 1, i + 1]) {
          if (beside >= 0 && beside < curve.length) expect(known[beside]).toEqual(curve[beside]);
        }
      }
      for (let k = 1; k < pieceCount(kept); k += 1) {
        expect(pieceFrom(kept, k)).toBeGreaterThan(pieceTo(kept, k - 1));
      }
    }
  });

  test('holds nothing of a curve below the floor', () => {
    const low = new Float32Array(1000).fill(0.0199);
    expect(keepOf(low, { floor: 0.02, tail: 0.01 })).toMatchObject({
      length: 1000,
      from: new Float64Array(0),
    });
  });

  test('does not depend on the blocks a curve comes in', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = random(seed);
      const curve = randomCurve(next, 4000);
      const levels = { floor: 0.02 + 0.3 * next(), tail: 0.01 };
      const builder = new SparseBuilder();
      const keeper = new CurveKeeper(levels, builder);
      for (const [from, to] of randomBlocks(next, curve.length))
        keeper.push(curve.subarray(from, to));
      keeper.end();
      expect(builder.toSparse(curve.length)).toEqual(keepOf(curve, levels));
    }
  });

  test('is the same of a curve of which only high parts and their neighbours are known', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = random(seed);
      const curve = randomCurve(next, 4000).map((value) => (Number.isNaN(value) ? 0 : value));
      const levels = { floor: 0.02 + 0.3 * next(), tail: 0.01 };
      const low = keepOf(curve, { floor: levels.tail, tail: levels.tail });
      const [builder, keeper] = keeperOf(levels);
      const [plainBuilder, plainKeeper] = keeperOf(levels);
      for (const [from, to] of randomBlocks(next, curve.length)) {
        keeper.pushSparse(curvePart(low, from, to) as SparseCurve);
        const known = Float32Array.from(valuesBetween(low, from, to));
        plainKeeper.push(known.map((value) => (Number.isNaN(value) ? 0 : value)));
        expect(keeper.state).toEqual(plainKeeper.state);
      }
      keeper.end();
      plainKeeper.end();
      expect(builder.toSparse(curve.length)).toEqual(plainBuilder.toSparse(curve.length));
      expect(builder.toSparse(curve.length)).toEqual(keepOf(curve, levels));
    }
  });

  test('comes back from its bytes bit by bit, also when it was cut into hours', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = random(seed);
      const levels = { floor: 0.02, tail: 0.01 };
      const whole = LABELS.map((label) => ({
        label,
        curve: keepOf(randomCurve(next, 5000), levels),
      }));
      const hours: KeptPart[][] = randomBlocks(next, 5000).map(([from, to]) =>
        whole.map(({ label, curve }) => ({
          label,
          stretchStartNs: epochNs(1_700_000_000_123_456_789n),
          sampleRateHz: 100 / 7,
          from,
          to,
          levels,
          curve: sliceSparse(curve, from, to),
        })),
      );
      const back = hours.map((parts) => decodeParts(encodeParts(parts)));
      expect(back[0]![0]).toMatchObject({
        stretchStartNs: 1_700_000_000_123_456_789n,
        sampleRateHz: 100 / 7,
      });
      for (const [k, { curve }] of whole.entries()) {
        expect(joinParts(back.map((parts) => parts[k]!))).toEqual(curve);
      }
    }
  });
});

function thresholdsFrom(lowest: number, next: Random): Record<string, number> {
  const above = (): number => lowest + (1 - lowest) * next() ** 3;
  return { P: above(), S: above(), Detection: above() };
}

/** Picks as text, so that a difference shows. */
const words = (picks: readonly RulePick[]): string[] => picks.map((pick) => JSON.stringify(pick));

describe('picking again', () => {
  test('from what is kept gives the picks of the whole curve, for every rule and threshold it is exact for', () => {
    let picked = 0;
    for (let seed = 1; seed <= 160; seed += 1) {
      const next = random(seed);
      const curves = randomCurves(next, 3000);
      const levels = keepLevels(randomRule(next), 0.02);
      const rule = randomRule(next);
      const uncertainty = next() < 0.8 ? ('width' as const) : ('normal fit' as const);
      const lowest = lowestExactThreshold(rule, levels, uncertainty);
      if (lowest === Infinity) continue;
      const thresholds = thresholdsFrom(Math.max(0.02, lowest), next);
      const kept = Object.fromEntries(
        LABELS.map((label) => [label, keepOf(curves[label]!, levels)]),
      );
      const again = pickSparse(rule, thresholds, kept, RATE, { uncertainty });
      const whole = pickCurves(rule, thresholds, curves, RATE, { uncertainty });
      expect(words(again), `seed ${seed}, ${JSON.stringify({ rule, levels, thresholds })}`).toEqual(
        words(whole),
      );
      picked += whole.length;
    }
    expect(picked).toBeGreaterThan(1200);
  });

  test('the lowest threshold is a true one: below it picks can differ', () => {
    const curve = Float32Array.of(0, 0.011, 0.025, 0.011, 0.008, 0.007, 0);
    const levels = { floor: 0.02, tail: 0.01 };
    const rule: PickRule = { kind: 'trigger', off: { ratio: 0.25 }, minimumWidthSamples: 1 };
    expect(lowestExactThreshold(rule, levels)).toBe(0.04);
    const kept = { P: keepOf(curve, levels) };
    expect(pickSparse(rule, { P: 0.02 }, kept, RATE)[0]!.endSample).toBe(4);
    expect(pickCurves(rule, { P: 0.02 }, { P: curve }, RATE)[0]!.endSample).toBe(5);
    expect(lowestExactThreshold({ ...rule, off: { level: 0.005 } }, levels)).toBe(Infinity);
  });
});

describe('picking block by block', () => {
  test('gives the picks of the whole curve, however it is cut, and lets go of what is done', () => {
    let early = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const next = random(seed);
      const length = 6000;
      const curves = randomCurves(next, length);
      const rule = randomRule(next);
      const picking = { rule, thresholds: thresholdsFrom(0.03 + 0.4 * next(), next) };
      const whole = pickCurves(rule, picking.thresholds, curves, RATE);
      const picker = new StretchPicker(picking, RATE, levelsFor(picking, 0.02));
      const picks: RulePick[] = [];
      for (const [from, to] of randomBlocks(next, length)) {
        picker.push(
          Object.fromEntries(LABELS.map((label) => [label, curves[label]!.subarray(from, to)])),
        );
        picks.push(...picker.picks());
        if (next() < 0.5) picker.drop(picker.settledTo);
      }
      early += picks.length;
      picker.end();
      picks.push(...picker.picks());
      expect(words(picks), `seed ${seed}, ${JSON.stringify(picking)}`).toEqual(words(whole));
    }
    expect(early).toBeGreaterThan(1000);
  });
});
