import { describe, expect, test } from 'vitest';
import { DEFAULT_PREPARATION, prepareWindows } from './distribution/predictionWindows.ts';
import { WindowPreparer } from './preprocess.ts';
import { usualPresets } from './presets.ts';
import { defaultSettings, mergeSettings } from './settings.ts';
import type { RunnerSpec } from './spec.ts';

const spec: RunnerSpec = {
  id: 'detector',
  samplingRateHz: 100,
  windowSamples: 600,
  anyLength: false,
  components: ['Z', 'N', 'E'],
  missingComponents: 'zeros',
  labels: ['Detection', 'P', 'S'],
  filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true },
  detrendRecords: false,
  filterBeforeResampling: true,
  preparation: {
    demean: true,
    detrend: false,
    scale: { by: 'std', scope: 'window', divisor: 'n-1', epsilon: 1e-10 },
    taperSamples: 6,
  },
  output: { kind: 'samples', overlap: 300 },
  stacking: 'max',
  blindingSamples: [50, 50],
  pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
  thresholds: { Detection: 0.3, P: 0.1, S: 0.1 },
  batchSize: 8,
  presets: {},
};

function noise(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, (_, i) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return 500 + i / 7 + 80 * (state / 2 ** 30 - 1) ** 3;
  });
}

describe('PNSN’s preparation as settings', () => {
  const rows = [1, 2, 3].map((seed) => noise(600, seed));
  const prepared = (change: object): Float32Array => {
    const { preparation } = mergeSettings(spec, usualPresets(spec)['pnsn']!.settings);
    const out = new Float32Array(1800);
    new WindowPreparer({ ...preparation, ...change }, 600).write(rows, 0, out, 0);
    return out;
  };
  const largestDifference = (a: Float32Array, b: Float32Array): number =>
    a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

  test.each([
    ['mean', 'max', {}],
    ['median', 'max', { centre: 'median' }],
    [
      'median',
      'std',
      { centre: 'median', scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 0 } },
    ],
  ] as const)('%s and %s are those of its own code', (detrend, normalise, change) => {
    const own = prepareWindows(rows, [0], 600, { ...DEFAULT_PREPARATION, detrend, normalise });
    expect(largestDifference(prepared(change), own)).toBeLessThan(2e-7);
    expect(largestDifference(prepared({}), prepared({ centre: 'median' }))).toBeGreaterThan(1e-3);
  });
});

test('a preset without a filter takes the spec’s away', () => {
  expect(defaultSettings(spec).filter).toBeDefined();
  const settings = mergeSettings(spec, usualPresets(spec)['pnsn']!.settings);
  expect(settings).toMatchObject({ filter: undefined, overlap: 0.7, uncertainty: 'normal fit' });
});
