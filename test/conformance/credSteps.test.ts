// Reference: SeisBench 0.12.6, CRED with seeded weights. It answers 19 times in 30 s, and rounds where windows begin to whole
// answers (half to even): at overlaps other than 0 a held answer falls on other samples than its own.

import { describe, expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import { annotate } from '../../src/models/annotate/annotate.ts';
import { seisbenchSpec } from '../../src/models/annotate/seisbenchSpec.ts';
import { classify } from '../../src/models/annotate/triggers.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { openNetwork } from '../../src/models/onnx.ts';
import { mergeSettings } from '../../src/models/settings.ts';
import { seededTensors, uniform } from './seeded.ts';
import { type Curve, expectCurves } from './seededCurves.ts';
import { credShapes } from './seededShapes.ts';

const SAMPLES = 13_234;
const noise = uniform('x', 3 * SAMPLES);
const startNs = epochNs(1_704_067_200_000_000_000n);
const traces = ['HHZ', 'HHN', 'HHE'].map((channel, c) => ({
  stream: { network: 'XX', station: 'CRD', location: '', channel },
  startNs,
  sampleRateHz: 100,
  samples: Float32Array.from({ length: SAMPLES }, (_, i) => {
    const loud = i > 5000 && i < 7000 ? 8 : 1;
    return (2 * noise[c * SAMPLES + i]! - 1) * loud * 1000;
  }),
}));
const spec = seisbenchSpec('cred', 'cred', {});

async function run(change: Partial<RunSettings>) {
  const gains = [
    [/lstm/, 6],
    [/fc2/, 60],
  ] as const;
  const { onnx } = convertWeights(seededTensors(credShapes(), { gains }), {});
  const network = await openNetwork(onnx, { ...spec, inputName: 'x', outputName: 'y' });
  const settings = mergeSettings(spec, { policy: 'seisbench', ...change });
  const { curves } = await annotate(traces, spec, settings, (input, windows, windowSamples) =>
    network.run(input, windows, windowSamples),
  );
  return { curves, settings };
}

const cases: [string, Partial<RunSettings>, Curve][] = [
  [
    'half a window, mean',
    {},
    {
      mean: 0.8813251,
      at: [0.9801926, 0.9939368, 0.6763281, 0.8964779, 0.8127141, 0.8274359, 0.9891428, 0.9857097],
    },
  ],
  [
    '10 s, highest',
    { overlap: 1000, stacking: 'max' },
    {
      mean: 0.9624601,
      at: [0.9801926, 0.9928697, 0.9972819, 0.9703974, 0.8127141, 0.9981117, 0.9912963, 0.9946588],
    },
  ],
  [
    'none',
    { overlap: 0 },
    {
      mean: 0.8073437,
      at: [0.9801926, 0.9928697, 0.3807096, 0.9412678, 0.8127141, 0.6554009, 0.9891428, 0.9857097],
    },
  ],
  [
    '0.3 of a window, mean',
    { overlap: 0.3 },
    {
      mean: 0.9256425,
      at: [0.9801926, 0.9923505, 0.9852889, 0.9754713, 0.8694928, 0.5534475, 0.9874697, 0.9857097],
    },
  ],
];

describe('CRED under the policy seisbench', () => {
  test.each(cases)('has a value a step; overlap %s', async (_name, change, curve) => {
    const { curves } = await run(change);
    expect(curves).toHaveLength(1);
    const [{ values, sampleRateHz, startNs: beginsNs }] = curves as [(typeof curves)[number]];
    expect([values.length, beginsNs]).toEqual([84, startNs]);
    expect(sampleRateHz).toBeCloseTo(19 / 30, 12);
    expectCurves(values, [curve], 5e-5);
  });

  test('detects the same spans', async () => {
    const { curves, settings } = await run({ overlap: 0, thresholds: { Detection: 0.9 } });
    const { detections } = classify(curves, settings.thresholds);
    const steps = detections.map(({ startNs: from, endNs: to }) =>
      [from, to].map((time) => ((Number(time - startNs) / 1e9) * 19) / 30),
    );
    [1, 18, 35, 38, 45, 55, 59, 83].forEach((step, k) => {
      expect(steps.flat()[k]).toBeCloseTo(step, 5);
    });
    expect(steps.flat()).toHaveLength(8);
  });
});

test('under the policy onset each answer is held for its share of the samples', async () => {
  const { curves } = await run({ policy: 'onset' });
  expect(curves[0]!.values).toHaveLength(SAMPLES);
});
