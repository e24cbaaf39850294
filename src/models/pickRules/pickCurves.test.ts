import { describe, expect, test } from 'vitest';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { pickCurves } from './pickCurves.ts';

const peaks: PickRule = { kind: 'peaks', minimumDistanceSamples: 50 };
const phaseNet: PickRule = { ...peaks, convention: 'detect_peaks' };
const trigger: PickRule = { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 1 };
const gpd: PickRule = {
  kind: 'trigger',
  off: { level: 0.1 },
  minimumWidthSamples: 2,
  convention: 'trigger_onset',
};
const dominance: PickRule = { kind: 'dominance', minimumDistanceSamples: 100, windowSamples: 20 };
const gated: PickRule = { kind: 'detection-gated', minimumDistanceSamples: 1, off: { ratio: 1 } };

/** A Gaussian of standard deviation sigma (samples) at `centre`. */
function bump(curve: Float32Array, centre: number, height: number, sigma: number): Float32Array {
  for (let i = 0; i < curve.length; i += 1) {
    curve[i] = Math.max(curve[i]!, height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2)));
  }
  return curve;
}

/** Samples with heights, everything else 0. */
function spikes(length: number, ...at: [sample: number, height: number][]): Float32Array {
  const curve = new Float32Array(length);
  for (const [sample, height] of at) curve[sample] = height;
  return curve;
}

const samplesOf = (rule: PickRule, curve: Float32Array, threshold = 0.3): number[] =>
  pickCurves(rule, { P: threshold }, { P: curve }, 100).map(({ sample }) => sample);

describe('peaks', () => {
  test('only those above the threshold, in order of time', () => {
    const curve = bump(bump(bump(new Float32Array(1000), 200, 0.5, 5), 500, 0.29, 5), 800, 0.9, 5);
    expect(samplesOf(peaks, curve)).toEqual([200, 800]);
  });

  test('the highest goes first and clears its surroundings; one it drops drops no others', () => {
    const curve = spikes(
      1000,
      [200, 0.5],
      [240, 0.6],
      [280, 0.5],
      [600, 0.5],
      [645, 0.6],
      [690, 0.7],
    );
    expect(samplesOf(peaks, curve)).toEqual([240, 600, 690]);
  });

  test('a level top is one pick at its middle; an edge is none', () => {
    const curve = new Float32Array(100).fill(0.1);
    curve.fill(0.8, 40, 45);
    curve.fill(0.9, 0, 3);
    curve.fill(0.9, 98);
    expect(samplesOf(peaks, curve)).toEqual([42]);
  });

  test('at exactly the distance both stay, with detect_peaks the higher, and of equals the later', () => {
    const curve = spikes(400, [100, 0.5], [150, 0.6], [300, 0.5], [340, 0.5]);
    expect(samplesOf(peaks, curve)).toEqual([100, 150, 300]);
    expect(samplesOf(phaseNet, curve)).toEqual([150, 340]);
  });

  test('detect_peaks finds rising edges: level tops at their first sample, steps that rise on, nothing by a hole', () => {
    const curve = Float32Array.of(0, 0.4, 0.4, 0.6, 0.6, 0.6, 0.1, 0.5, NaN, 0.5, 0.2, 0.5, 0.4, 0);
    expect(samplesOf({ ...phaseNet, minimumDistanceSamples: 1 }, curve)).toEqual([1, 3, 11]);
    expect(samplesOf({ ...peaks, minimumDistanceSamples: 1 }, curve)).toEqual([4, 11]);
  });
});

describe('trigger', () => {
  test('begins at the threshold, ends at the last sample at the off level; the first of equal peaks', () => {
    const curve = Float32Array.of(0, 0.3, 0.5, 0.75, 0.25, 0.125, 0.5, NaN, 0.5, 0.5);
    const found = pickCurves(trigger, { P: 0.5 }, { P: curve }, 100);
    expect(found.map((p) => [p.startSample, p.sample, p.endSample, p.probability])).toEqual([
      [2, 3, 4, 0.75],
      [6, 6, 6, 0.5],
      [8, 8, 9, 0.5],
    ]);
    expect(samplesOf({ ...trigger, minimumWidthSamples: 2 }, curve, 0.5)).toEqual([3, 8]);
    expect(samplesOf({ ...trigger, off: { level: 0.125 } }, curve, 0.5)).toEqual([3, 8]);
  });

  test('GPD: above the levels, never the last sample of a run, no runs of one', () => {
    const half = Float32Array.of(0, 0.5, 0, 0.75, 0.5, 0.875, 0, 0.75, 0);
    expect(samplesOf({ ...gpd, off: { level: 0.25 } }, half, 0.5)).toEqual([3]);
    const longer = Float32Array.of(0, 0.96, 0.99, 0.97, 0.05, 0.96, 0.99);
    expect(samplesOf(gpd, longer, 0.95)).toEqual([2, 5]);
  });
});

describe('dominance', () => {
  test('a peak stays where its label has the highest mean around it', () => {
    const P = bump(new Float32Array(1000), 200, 0.9, 4);
    bump(P, 700, 0.9, 4);
    const S = bump(new Float32Array(1000), 700, 0.5, 30);
    const found = pickCurves(
      dominance,
      { P: 0.8, S: 0.8 },
      { P, S, N: new Float32Array(1000) },
      100,
    );
    expect(found.map(({ label, sample }) => [label, sample])).toEqual([['P', 200]]);
  });

  test('heights above 1 are no peaks; of equals the later', () => {
    const curve = spikes(300, [50, 0.9], [120, 0.9], [250, 1.5]);
    expect(samplesOf(dominance, curve)).toEqual([120]);
  });
});

describe('detection-gated', () => {
  const flat = (from: number, to: number, height = 0.8): Float32Array => {
    const curve = new Float32Array(3000);
    return curve.fill(height, from, to);
  };
  const thresholds = { Detection: 0.5, P: 0.1, S: 0.1 };
  const found = (Detection: Float32Array, P: Float32Array, S: Float32Array): unknown[] =>
    pickCurves(gated, thresholds, { Detection, P, S }, 100).map(({ label, sample }) => [
      label,
      sample,
    ]);

  test('S is the first inside, P the highest from 1 s before the detection to 0.1 s before S', () => {
    const P = spikes(3000, [901, 0.3], [950, 0.6], [1195, 0.9], [1500, 0.7]);
    const S = spikes(3000, [990, 0.9], [1200, 0.2], [1300, 0.9]);
    expect(found(flat(1000, 1400), P, S)).toEqual([
      ['P', 950],
      ['Detection', 1000],
      ['S', 1200],
    ]);
  });

  test('without S, P may lie up to the end; without both, or too short, there is no event', () => {
    const P = spikes(3000, [1395, 0.9]);
    const none = new Float32Array(3000);
    expect(found(flat(1000, 1400), P, none)).toEqual([
      ['Detection', 1000],
      ['P', 1395],
    ]);
    expect(found(flat(1000, 1400), none, none)).toEqual([]);
    expect(found(flat(1390, 1400), P, none)).toEqual([]);
  });

  test('an event within 2 s of one already found is left out; its probability is the mean', () => {
    const Detection = flat(1000, 1050);
    Detection.fill(0.9, 1100, 1150);
    const P = spikes(3000, [1020, 0.5], [1120, 0.9]);
    const [event, p, ...more] = pickCurves(
      gated,
      thresholds,
      { Detection, P, S: new Float32Array(3000) },
      100,
    );
    expect(event).toMatchObject({ startSample: 1000, endSample: 1049 });
    expect(event!.probability).toBeCloseTo(0.8, 6);
    expect([p!.sample, more]).toEqual([1020, []]);
  });

  test('needs a detection curve', () => {
    expect(() => pickCurves(gated, { P: 0.3 }, { P: flat(1, 2) }, 100)).toThrow('label Detection');
  });
});

describe('uncertainty', () => {
  const bell = bump(new Float32Array(1000), 500, 0.8, 12);
  const first = (curve: Float32Array, rateHz = 100, method: 'width' | 'normal fit' = 'width') =>
    pickCurves(peaks, { P: 0.3 }, { P: curve }, rateHz, { uncertainty: method })[0]!;

  test('of a Gaussian is its standard deviation on both sides, by width and by fit', () => {
    for (const method of ['width', 'normal fit'] as const) {
      const pick = first(bell, 100, method);
      expect(pick.probability).toBeCloseTo(0.8, 6);
      expect(pick.lowerUncertaintyS).toBeCloseTo(0.12, 3);
      expect(pick.upperUncertaintyS).toBeCloseTo(0.12, 3);
    }
  });

  test('is interpolated between samples', () => {
    const pick = first(Float32Array.of(0, 0.4, 1, 0.8, 0.4, 0), 1000);
    const level = Math.exp(-0.5);
    expect(pick.lowerUncertaintyS).toBeCloseTo((1 - level) / 0.6 / 1000, 8);
    expect(pick.upperUncertaintyS).toBeCloseTo((1 + (0.8 - level) / 0.4) / 1000, 8);
  });

  test('is at least half a sample and at most a second, also at an end or a hole', () => {
    expect(first(spikes(1000, [500, 1])).lowerUncertaintyS).toBe(0.005);
    const plain = new Float32Array(1000).fill(0.9);
    plain[500] = 0.91;
    expect(first(plain).upperUncertaintyS).toBe(1);
    expect(first(plain.subarray(480)).lowerUncertaintyS).toBe(1);
    plain.fill(0, 503);
    plain[502] = NaN;
    expect(first(plain).upperUncertaintyS).toBe(1);
  });

  test('a spike too narrow for a fit has its width', () => {
    expect(first(spikes(1000, [500, 1]), 100, 'normal fit').lowerUncertaintyS).toBe(0.005);
  });
});

describe('picks', () => {
  test('are in order of time, then of the labels; noise and labels without a threshold are none', () => {
    const P = spikes(100, [20, 0.9], [60, 0.9]);
    const S = spikes(100, [20, 0.9], [40, 0.9]);
    const found = pickCurves(
      { ...peaks, minimumDistanceSamples: 1 },
      { P: 0.5, S: 0.5, N: 0.5 },
      { P, S, N: P, Q: P },
      100,
    );
    expect(found.map(({ label, sample }) => `${label}${sample}`)).toEqual([
      'P20',
      'S20',
      'S40',
      'P60',
    ]);
  });
});
