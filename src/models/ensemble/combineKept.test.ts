import { expect, test } from 'vitest';
import { addSeconds, type EpochNs, epochNs } from '../../base/time.ts';
import { ENSEMBLE_RULES } from '../../domain/event/ensemble.ts';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { nearestSample, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { joinParts, type KeptPart, encodeParts, decodeParts } from '../keptCurves/keptPart.ts';
import { type CurveBlock, SensorPicker } from '../keptCurves/sensorPicker.ts';
import { levelsFor } from '../keptCurves/stretchPicker.ts';
import { agreeing, combineKept, keptMembers } from './combineKept.ts';
import type { MemberRule } from './combineMembers.ts';
import { EnsembleStream } from './ensembleStream.ts';
import { MemberKeeper } from './memberKeeper.ts';

/** 200 s before a full hour. */
const T0 = epochNs(1_700_002_600_123_456_789n);
const at = (seconds: number): EpochNs => addSeconds(T0, seconds);
const SPAN_S = 400;
const LABELS = ['P', 'S'];
const PICKING = {
  rule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 } satisfies PickRule,
  thresholds: { P: 0.3, S: 0.3 },
};

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Onsets that the members see differently, some not at all; steady noise about the floor between. */
function curveOf(
  onsetsS: readonly number[],
  startS: number,
  length: number,
  rateHz: number,
  next: () => number,
): Float32Array {
  const values = Float32Array.from({ length }, () => 0.012 * next());
  for (const onsetS of onsetsS) {
    const height = next() < 0.25 ? 0 : next();
    const centre = (onsetS - startS + 0.1 * next()) * rateHz;
    const sigma = (0.05 + 0.5 * next() ** 2) * rateHz;
    for (
      let i = Math.max(0, Math.floor(centre - 6 * sigma));
      i < Math.min(length, centre + 6 * sigma);
      i += 1
    ) {
      values[i] = Math.max(values[i]!, height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2)));
    }
  }
  return values;
}

/** Pieces of three or four members: rates, starts and gaps of their own; the last does not know S. */
function membersOf(seed: number): CurveBlock[][] {
  const next = random(seed);
  const onsetsS = Array.from({ length: 40 }, () => next() * SPAN_S);
  return Array.from({ length: 3 + (seed % 2) }, (_, member) => {
    const rateHz = seed % 3 === 0 && member === 2 ? 40 : 50;
    const edges = [next() * 20, 50 + 200 * next(), 260 + 30 * next(), SPAN_S - 20 * next()];
    const spans =
      next() < 0.5
        ? [[edges[0]!, edges[3]!]]
        : [
            [edges[0]!, edges[1]!],
            [edges[2]!, edges[3]!],
          ];
    return spans.map(([startS, endS]) => {
      const start = seed % 2 === 0 ? Math.round(startS! * rateHz) / rateHz : startS!;
      const length = Math.floor((endS! - start) * rateHz);
      const own = member === 2 ? ['P'] : LABELS;
      const curves = Object.fromEntries(
        own.map((label) => [label, curveOf(onsetsS, start, length, rateHz, next)]),
      );
      return { startNs: at(start), sampleRateHz: rateHz, curves, warnings: [] };
    });
  });
}

function part(whole: CurveBlock, fromS: number, toS: number): CurveBlock[] {
  const { startNs, sampleRateHz, curves } = whole;
  const length = Object.values(curves)[0]!.length;
  const index = (s: number): number => {
    const nearest = nearestSample(startNs, at(s), sampleRateHz);
    const after = sampleTime(startNs, nearest, sampleRateHz) >= at(s) ? nearest : nearest + 1;
    return Math.min(length, Math.max(0, after));
  };
  const [from, to] = [index(fromS), index(toS)];
  if (from >= to) return [];
  const cut = Object.entries(curves).map(([label, values]) => [label, values.slice(from, to)]);
  return [
    {
      ...whole,
      startNs: sampleTime(startNs, from, sampleRateHz),
      curves: Object.fromEntries(cut) as CurveBlock['curves'],
    },
  ];
}

/** A run: what is kept of the common curve, what is kept of the members, the picks. */
async function run(how: MemberRule, members: readonly CurveBlock[][], blockS: number) {
  const stream = new EnsembleStream(how, members.length, LABELS);
  const [common, own]: [KeptPart[], KeptPart[]] = [[], []];
  const seal = (into: KeptPart[]) => (_: unknown, parts: readonly KeptPart[]) => {
    into.push(...decodeParts(encodeParts(parts)));
    return Promise.resolve();
  };
  const picker = new SensorPicker(PICKING, seal(common), () => Promise.resolve());
  const keeper = new MemberKeeper(
    levelsFor(PICKING, 0.02),
    members.map((_, k) => k),
    seal(own),
  );
  let picks = 0;
  const take = async (untilNs?: EpochNs) => {
    for (const block of stream.take(untilNs)) {
      await keeper.take(block);
      picks += (await picker.take(block)).length;
    }
  };
  for (let fromS = 0; fromS < SPAN_S; fromS += blockS) {
    for (const [k, pieces] of members.entries()) {
      for (const piece of pieces)
        for (const block of part(piece, fromS, fromS + blockS)) stream.add(k, block);
    }
    await take(at(fromS + blockS));
  }
  await take();
  picks += (await picker.end()).length;
  await keeper.end();
  return { common, own, picks };
}

const curvesOf = (parts: readonly KeptPart[]) =>
  [...Map.groupBy(parts, ({ label, stretchStartNs }) => `${stretchStartNs} ${label}`)]
    .map(([key, group]) => {
      const { from, at: places, values } = joinParts(group);
      return [key, from, places, values] as const;
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));

test('kept members taken together another way are what a run made that way keeps, bit by bit', async () => {
  let picks = 0;
  for (let seed = 1; seed <= 5; seed += 1) {
    const next = random(100 + seed);
    const members = membersOf(seed);
    const made = await run({ rule: ENSEMBLE_RULES[seed % 5]! }, members, 30 + 150 * next());
    const kept = keptMembers(made.own);
    for (const rule of ENSEMBLE_RULES) {
      const weights = members.map(() => (next() < 0.3 ? 0 : 3 * next()));
      weights[Math.floor(next() * members.length)] = 1;
      for (const how of [{ rule }, { rule, weights }]) {
        const fresh = await run(how, members, 30 + 150 * next());
        picks += fresh.picks;
        const again = kept.map((each) => combineKept(each, how));
        expect(curvesOf(again), `seed ${seed} ${JSON.stringify(how)}`).toEqual(
          curvesOf(fresh.common),
        );
      }
    }
  }
  expect(picks).toBeGreaterThan(800);
});

test('members that reach their own threshold near a pick are counted as on the whole curves', async () => {
  const members = membersOf(2);
  const { own } = await run({ rule: 'mean' }, members, 100);
  const kept = keptMembers(own);
  const next = random(3);
  let seen = 0;
  for (let n = 0; n < 2000; n += 1) {
    const each = kept[Math.floor(next() * kept.length)]!;
    const sample = Math.floor(next() * each.to);
    const thresholds = members.map(() => ({ P: 0.02 + 0.5 * next(), S: 0.02 + 0.5 * next() }));
    const expected = members.filter((pieces, k) =>
      pieces.some(({ startNs, curves, sampleRateHz }) => {
        const shift = nearestSample(startNs, each.stretchStartNs, sampleRateHz);
        const values = curves[each.label];
        return values
          ?.subarray(Math.max(0, shift + sample - 25), Math.max(0, shift + sample + 26))
          .some((value) => value >= thresholds[k]![each.label as 'P']!);
      }),
    ).length;
    expect(agreeing(each, thresholds, sample, 25)).toBe(expected);
    seen += expected;
  }
  expect(seen).toBeGreaterThan(100);
});
