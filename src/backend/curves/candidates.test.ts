// Thresholds applied to the candidates at hand, as the page does it, against the same asked of the kept curves.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { candidateTable, isKept, limitsOf } from '../../domain/event/candidates.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { PickRule, RunSettings } from '../../domain/event/runSettings.ts';
import { SensorPicker } from '../../models/keptCurves/sensorPicker.ts';
import { CurveStore } from './curveStore.ts';
import { Repicker } from './repick.ts';

const RATE = 20;
const START = epochNs(1_700_000_000_000_000_000n);
const SENSORS = ['XX.A..HH', 'XX.B..EN'];
const RULES: readonly PickRule[] = [
  { kind: 'peaks', minimumDistanceSamples: 20 },
  { kind: 'peaks', minimumDistanceSamples: 20, convention: 'detect_peaks' },
  { kind: 'dominance', minimumDistanceSamples: 30, windowSamples: 10 },
];

let folder: string;
let state = 7;
const next = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-candidates-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Noise with bumps of all heights, some of them equal. */
function curve(): Float32Array {
  const values = Float32Array.from({ length: 8000 }, () => 0.03 * next());
  for (let k = 0; k < 200; k += 1) {
    const [centre, height] = [Math.floor(next() * 8000), Math.round(20 * next()) / 20];
    for (let i = Math.max(0, centre - 12); i < Math.min(8000, centre + 12); i += 1) {
      values[i] = Math.max(values[i]!, height * Math.exp(-((i - centre) ** 2) / 32));
    }
  }
  return values;
}

async function runWith(rule: PickRule, id: number): Promise<{ run: ModelRun; store: CurveStore }> {
  const thresholds = { P: 0.3, S: 0.3 };
  const settings = { pickRule: rule, thresholds } as unknown as RunSettings;
  const parameters = { settings, streams: undefined, window: undefined };
  const run = { id, startedNs: START, state: 'done', modelId: 'test', parameters } as unknown as ModelRun; // prettier-ignore
  const store = new CurveStore(folder);
  for (const sensorKey of SENSORS) {
    const writer = await store.begin(run, sensorKey);
    const picker = new SensorPicker(
      { rule, thresholds },
      (hour, parts) => writer.seal(hour, parts),
      () => Promise.resolve(),
    );
    const curves = { N: curve(), P: curve(), S: curve() };
    await picker.take({ startNs: START, sampleRateHz: RATE, curves, warnings: [] });
    await picker.end();
    await writer.finish();
  }
  return { run, store };
}

test.each(RULES.map((rule, i) => [JSON.stringify(rule), rule, i + 1] as const))(
  'what is kept of the candidates of %s is what is picked',
  async (_name, rule, id) => {
    const { run, store } = await runWith(rule, id);
    const repicker = new Repicker(store);
    const lowest = { P: 0.02, S: 0.02 };
    const all = await repicker.repick(run, { settings: { pickRule: rule, thresholds: lowest } });
    const table = candidateTable(all, START);
    expect(table.heights.length).toBeGreaterThan(100);
    for (let round = 0; round < 12; round += 1) {
      // Thresholds that peaks lie exactly at are among them.
      const thresholds = {
        P: Math.max(0.02, Math.round(20 * next()) / 20),
        S: 0.02 + 0.9 * next(),
      };
      const sensorThresholds = { 'XX.B..EN': { P: 0.02 + 0.9 * next() } };
      const settings = { pickRule: rule, thresholds, sensorThresholds };
      const asked = await repicker.repick(run, { settings });
      const picks = { table, limits: limitsOf(table, settings) };
      const places = [...table.heights.keys()].filter((i) => isKept(picks, i));
      const words = ({ sensors, phases, timesNs }: typeof asked) =>
        Array.from(timesNs, (time, i) => `${sensors[i]} ${phases[i]} ${time}`);
      expect(places.map((i) => `${table.sensors[i]} ${table.phases[i]} ${table.timesNs[i]}`)).toEqual(words(asked)); // prettier-ignore
    }
  },
);
