// A run picked again from its kept curves against a batch run with the same values.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { RepickedRun } from '../../domain/event/repick.ts';
import type { PickRule, RunSettings } from '../../domain/event/runSettings.ts';
import { SensorPicker } from '../../models/keptCurves/sensorPicker.ts';
import { keepLevels, lowestExactThreshold } from '../../models/pickRules/reach.ts';
import { CurveStore } from './curveStore.ts';
import { Repicker } from './repick.ts';

type Random = () => number;
function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const LABELS = ['N', 'Detection', 'P', 'S'];
const RATE = 20;
/** A quarter of an hour before a full hour, so that every sensor crosses one. */
const START = epochNs(
  1_700_000_000_000_000_000n - (1_700_000_000_000_000_000n % 3_600_000_000_000n) - 900_000_000_000n,
);

function randomCurve(next: Random, length: number): Float32Array {
  const curve = Float32Array.from({ length }, () => 0.03 * next());
  for (let k = 0; k < length / 150; k += 1) {
    const [centre, sigma, height] = [next() * length, 1 + 10 * next() ** 2, next() ** 2];
    const from = Math.max(0, Math.floor(centre - 5 * sigma));
    for (let i = from; i < Math.min(length, centre + 5 * sigma); i += 1) {
      curve[i] = Math.max(curve[i]!, height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2)));
    }
  }
  if (next() < 0.3) curve.fill(NaN, 500, 505);
  return curve;
}

function randomRule(next: Random, kinds = 6): PickRule {
  const off = next() < 0.5 ? { ratio: 0.5 + 0.5 * next() } : { level: 0.05 + 0.3 * next() };
  const minimumDistanceSamples = 1 + Math.floor(80 * next());
  switch (Math.floor(kinds * next())) {
    case 0:
      return { kind: 'peaks', minimumDistanceSamples };
    case 1:
      return { kind: 'peaks', minimumDistanceSamples, convention: 'detect_peaks' };
    case 2:
      return { kind: 'trigger', off, minimumWidthSamples: 1 + Math.floor(3 * next()) };
    case 3:
      return { kind: 'trigger', off, minimumWidthSamples: 2, convention: 'trigger_onset' };
    case 4:
      return { kind: 'detection-gated', minimumDistanceSamples: 1, off };
    default:
      return { kind: 'dominance', minimumDistanceSamples, windowSamples: 40 };
  }
}

interface Data {
  readonly sensorKey: string;
  /** Stretches of curves with gaps between. */
  readonly stretches: readonly {
    readonly startS: number;
    readonly curves: Record<string, Float32Array>;
  }[];
}

function randomData(next: Random): Data[] {
  return ['XX.A..HH', 'XX.B..EN'].map((sensorKey) => ({
    sensorKey,
    stretches: [0, 700, 1300].map((startS) => ({
      startS: startS + 0.013,
      curves: Object.fromEntries(LABELS.map((label) => [label, randomCurve(next, 9_000)])),
    })),
  }));
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-repick-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What a batch run stores of a sensor: times, labels and probabilities; the curves are kept where there is a store. */
async function batch(
  data: readonly Data[],
  rule: PickRule,
  thresholds: Record<string, number>,
  keep?: { store: CurveStore; run: ModelRun },
  blocks: Random = () => 0.5,
): Promise<string[]> {
  const lines: string[] = [];
  for (const { sensorKey, stretches } of data) {
    const writer = await keep?.store.begin(keep.run, sensorKey);
    const seal = writer && ((...args: Parameters<typeof writer.seal>) => writer.seal(...args));
    const picker = new SensorPicker({ rule, thresholds }, seal, () => Promise.resolve());
    const found = [];
    for (const { startS, curves } of stretches) {
      for (let from = 0; from < 9000;) {
        const to = Math.min(9000, from + 1000 + Math.floor(8000 * blocks()));
        const cut = Object.entries(curves).map(([label, curve]) => [
          label,
          curve.subarray(from, to),
        ]);
        const startNs = addSeconds(START, startS + from / RATE);
        found.push(
          ...(await picker.take({
            startNs,
            sampleRateHz: RATE,
            curves: Object.fromEntries(cut),
            warnings: [],
          })),
        );
        from = to;
      }
    }
    found.push(...(await picker.end()));
    await writer?.finish();
    const phases = found.filter(({ label }) => label !== 'Detection');
    lines.push(...phases.map((p) => `${sensorKey} ${p.time} ${p.label} ${p.probability}`));
  }
  return lines;
}

function lines({ sensorKeys, labels, ...picks }: RepickedRun): string[] {
  return Array.from(
    picks.timesNs,
    (time, i) =>
      `${sensorKeys[picks.sensors[i]!]} ${time} ${labels[picks.phases[i]!]} ${picks.probabilities[i]}`,
  );
}

function runWith(pickRule: PickRule, thresholds: Record<string, number>): ModelRun {
  const settings = { pickRule, thresholds } as RunSettings;
  const parameters = { settings, streams: undefined, window: undefined };
  return {
    id: 1,
    startedNs: START,
    state: 'done',
    parameters,
    modelId: 'm',
  } as unknown as ModelRun;
}

const thresholdsFrom = (lowest: number, next: Random): Record<string, number> => {
  const above = (): number => lowest + (1 - lowest) * next() ** 3;
  return { Detection: above(), P: above(), S: above() };
};

describe('a run picked again', () => {
  test('gives the picks of a batch run with the same values, for every rule, and the run’s own', async () => {
    let compared = 0;
    for (let seed = 1; seed <= 8; seed += 1) {
      const next = random(seed);
      const store = new CurveStore(join(folder, String(seed)));
      const data = randomData(next);
      const [rule, thresholds] = [randomRule(next), thresholdsFrom(0.05, next)];
      const run = runWith(rule, thresholds);
      const own = await batch(data, rule, thresholds, { store, run }, next);
      const repicker = new Repicker(store);
      expect(lines(await repicker.repick(run, { settings: {} })), `own of ${seed}`).toEqual(own);
      const kept = keepLevels(rule);
      for (let again = 0; again < 12; again += 1) {
        const other = randomRule(next);
        const lowest = lowestExactThreshold(other, kept);
        if (lowest === Infinity) continue;
        const values = thresholdsFrom(Math.max(0.02, lowest), next);
        const repicked = await repicker.repick(run, {
          settings: { pickRule: other, thresholds: values },
        });
        const expected = await batch(data, other, values);
        expect(lines(repicked), `${seed} ${JSON.stringify([other, values])}`).toEqual(expected);
        compared += expected.length;

        const window = { startNs: addSeconds(START, 300), endNs: addSeconds(START, 1000) };
        const inWindow = expected.filter((line) => {
          const time = BigInt(line.split(' ')[1]!);
          return time >= window.startNs && time < window.endNs && line.startsWith('XX.B');
        });
        const part = await repicker.repick(run, {
          settings: { pickRule: other, thresholds: values },
          window,
          sensorKeys: ['XX.B..EN'],
        });
        expect(lines(part)).toEqual(inWindow);
      }
    }
    expect(compared).toBeGreaterThan(3000);
  });

  test('stations may have thresholds of their own', async () => {
    const next = random(5);
    const store = new CurveStore(folder);
    const data = randomData(next);
    const rule: PickRule = { kind: 'peaks', minimumDistanceSamples: 10 };
    const run = runWith(rule, { P: 0.3, S: 0.3 });
    await batch(data, rule, { P: 0.3, S: 0.3 }, { store, run });
    const sensorThresholds = { 'XX.A..HH': { P: 0.6 } };
    const repicked = await new Repicker(store).repick(run, { settings: { sensorThresholds } });
    expect(lines(repicked)).toEqual([
      ...(await batch(data.slice(0, 1), rule, { P: 0.6, S: 0.3 })),
      ...(await batch(data.slice(1), rule, { P: 0.3, S: 0.3 })),
    ]);
  });

  test('the histogram counts the peaks that lower and lower thresholds would pick', async () => {
    const next = random(6);
    const store = new CurveStore(folder);
    const rule: PickRule = { kind: 'peaks', minimumDistanceSamples: 10 };
    const run = runWith(rule, { P: 0.3, S: 0.3 });
    await batch(randomData(next), rule, { P: 0.3, S: 0.3 }, { store, run });
    const repicker = new Repicker(store);
    const { histograms } = await repicker.repick(run, { settings: {}, histograms: true });
    for (const threshold of [0.02, 0.1, 0.5]) {
      const { phases, labels } = await repicker.repick(run, {
        settings: { thresholds: { P: threshold, S: threshold } },
      });
      for (const [k, { label, counts }] of histograms!.entries()) {
        expect(label).toBe(labels[k]);
        const above = counts.subarray(Math.round(threshold * 1000));
        expect(above.reduce((sum, n) => sum + n, 0)).toBe(phases.filter((p) => p === k).length);
      }
    }
  });

  test('a run under way has what is sealed of it, and all of it once it is done', async () => {
    const next = random(8);
    const store = new CurveStore(folder);
    const data = randomData(next);
    const rule: PickRule = { kind: 'peaks', minimumDistanceSamples: 10 };
    const run = runWith(rule, { P: 0.3, S: 0.3 });
    const repicker = new Repicker(store);
    const underWay = { ...run, state: 'running' } as const;
    await batch(data.slice(0, 1), rule, { P: 0.3, S: 0.3 }, { store, run });
    const first = lines(await repicker.repick(underWay, { settings: {} }));
    expect(first).toEqual(await batch(data.slice(0, 1), rule, { P: 0.3, S: 0.3 }));
    const whole = await batch(data, rule, { P: 0.3, S: 0.3 }, { store, run });
    expect(lines(await repicker.repick(run, { settings: {} }))).toEqual(whole);
    // Cut short, gone on with and done: another file of the same sensor.
    await store.remove(run);
    const again = new Repicker(store);
    await batch(
      [{ ...data[0]!, stretches: data[0]!.stretches.slice(0, 1) }],
      rule,
      { P: 0.3, S: 0.3 },
      { store, run },
    );
    const cut = await again.repick({ ...run, state: 'cancelled' }, { settings: {} });
    expect(cut.timesNs.length).toBeLessThan(first.length);
    await batch(data, rule, { P: 0.3, S: 0.3 }, { store, run });
    expect(lines(await again.repick(run, { settings: {} }))).toEqual(whole);
  });

  test('what the kept curves cannot answer is refused in words', async () => {
    const store = new CurveStore(folder);
    const rule: PickRule = { kind: 'peaks', minimumDistanceSamples: 10 };
    const run = runWith(rule, { P: 0.3, S: 0.3 });
    const repicker = new Repicker(store);
    await expect(repicker.repick(run, { settings: {} })).rejects.toThrow('no probability curves');
    await batch(randomData(random(7)), rule, { P: 0.3, S: 0.3 }, { store, run });
    const asked = (settings: Parameters<typeof repicker.repick>[1]['settings']) =>
      repicker.repick(run, { settings });
    await expect(asked({ thresholds: { P: 0.01 } })).rejects.toThrow('exact from 0.02 on');
    await expect(asked({ thresholds: { P: 0 } })).rejects.toThrow('not a probability');
    const deep: PickRule = { kind: 'trigger', off: { level: 0.001 }, minimumWidthSamples: 1 };
    await expect(asked({ pickRule: deep })).rejects.toThrow('run the model again');
    const dominance: PickRule = { kind: 'dominance', minimumDistanceSamples: 1, windowSamples: 9 };
    await expect(asked({ pickRule: dominance })).rejects.toThrow('run the model again');
    const gated: PickRule = {
      kind: 'detection-gated',
      minimumDistanceSamples: 1,
      off: { ratio: 1 },
    };
    await expect(asked({ pickRule: gated })).rejects.toThrow('Detection');
    const { warnings } = await repicker.repick(run, {
      settings: {},
      sensorKeys: ['XX.A..HH', 'XX.C..HH'],
    });
    expect(warnings).toEqual([expect.stringContaining('XX.C..HH: no probability curves')]);
  });
});
