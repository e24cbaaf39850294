// The pack's own reference numbers (PyTorch 2.13, see parity.json) through the inference process.
// Tolerance as the pack states it: probabilities 1e-4, peaks at the same sample ± 1.

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { InferenceClient } from '../../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { startInference } from '../../src/backend/inference/startInference.ts';
import { pickCurves } from '../../src/models/pickRules/pickCurves.ts';
import { WindowPreparer } from '../../src/models/preprocess.ts';
import { defaultSettings } from '../../src/models/settings.ts';

interface Vector {
  readonly probabilities: Readonly<Record<string, readonly [number, number, number]>>;
  readonly peaks: Readonly<Record<string, { sample: number; probability: number }>>;
  readonly firstNormalised: readonly [number, number, number];
}
interface Parity {
  readonly tolerance: { probability: number; peakSample: number };
  readonly vectors: Readonly<Record<string, Vector>>;
}

const parity = JSON.parse(
  readFileSync(new URL('../../resources/models/onset-1/parity.json', import.meta.url), 'utf8'),
) as Parity;

const WINDOW = 3001;
const client = new InferenceClient(startInference, 1);
afterAll(() => client.dispose());

type Row = (t: number) => number;
const wave = (hz: number, phase = 0): Row => {
  return (t) => Math.sin(2 * Math.PI * hz * t + phase);
};
const base: Row[] = [
  (t) => 0.1 * wave(3, 1)(t),
  (t) => 0.2 * wave(2, 0.5)(t),
  (t) => 0.3 * wave(1)(t),
];
const first = (scale: number): Row => {
  return (t) => (t < 10 ? 0 : scale * Math.exp(-(t - 10)) * wave(8)(t - 10));
};
const second = (scale: number): Row => {
  return (t) => (t < 15 ? 0 : scale * Math.exp(-(t - 15) / 1.5) * wave(5)(t - 15));
};
const firsts = [3, 0.4, 0.5].map(first);
const seconds = [1, 4, 5].map(second);

function lcg(seed: number): Float64Array[] {
  const rows = [0, 1, 2].map(() => new Float64Array(WINDOW));
  let state = seed;
  for (let k = 0; k < WINDOW; k += 1) {
    for (const row of rows) {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      row[k] = state / 2 ** 31 - 0.5;
    }
  }
  return rows;
}

function rows(component: (c: number, t: number, k: number) => number): Float64Array[] {
  return [0, 1, 2].map((c) =>
    Float64Array.from({ length: WINDOW }, (_, k) => component(c, k / 100, k)),
  );
}

function recipe(name: string): Float64Array[] {
  const pulse = rows((c, t) => base[c]!(t) + firsts[c]!(t) + seconds[c]!(t));
  switch (name) {
    case 'zeros':
      return rows(() => 0);
    case 'pulse':
      return pulse;
    case 'pulseVerticalOnly':
      return [pulse[0]!, ...rows(() => 0).slice(1)];
    case 'noise':
      return lcg(3);
    case 'pulseInNoise': {
      const noise = lcg(5);
      return rows((c, t, k) => firsts[c]!(t) + seconds[c]!(t) + noise[c]![k]!);
    }
    default:
      throw new Error(`no recipe for ${name}`);
  }
}

describe('onset-1 answers as its pack says', () => {
  test.each(Object.entries(parity.vectors))('%s', async (name, expected) => {
    const model = await openModelRegistry().open('onset-1');
    const inputs = recipe(name);
    const normalised = inputs.map((input) => {
      const out = new Float32Array(WINDOW);
      new WindowPreparer(model.spec.preparation, WINDOW).write([input], 0, out, 0);
      return out[0];
    });
    expected.firstNormalised.forEach((value, c) => expect(normalised[c]).toBeCloseTo(value, 5));

    const curves = await client.run(
      { model, settings: defaultSettings(model.spec), rows: [1, 2], samples: WINDOW, inputs },
      new AbortController().signal,
    );
    let worst = 0;
    for (const [sample, [, p, s]] of Object.entries(expected.probabilities)) {
      worst = Math.max(worst, Math.abs(curves[0]![Number(sample)]! - p));
      worst = Math.max(worst, Math.abs(curves[1]![Number(sample)]! - s));
    }
    expect(worst).toBeLessThan(parity.tolerance.probability);

    const highest = curves.map((curve) => {
      const picks = pickCurves(model.spec.pickRule, { P: 0.3 }, { P: curve }, 100);
      return picks.toSorted((a, b) => b.probability - a.probability)[0]?.sample;
    });
    ['P', 'S'].forEach((phase, k) => {
      const peak = expected.peaks[phase];
      if (peak === undefined) expect(highest[k]).toBeUndefined();
      else
        expect(Math.abs(highest[k]! - peak.sample)).toBeLessThanOrEqual(
          parity.tolerance.peakSample,
        );
    });
  });
});
