import { describe, expect, test } from 'vitest';
import {
  DEFAULT_DETECTOR,
  DETECTOR_KINDS,
  type DetectorSettings,
  KIND_DEFAULTS,
} from '../../domain/event/detectorSettings.ts';
import { designBandFilter } from '../filter/bandFilter.ts';
import { filterCausal } from '../filter/filterSamples.ts';
import { kurtosisCurve } from '../trigger/kurtosis.ts';
import { classicStaLta, delayedStaLta, energyRatio, recursiveStaLta, zDetect } from '../trigger/staLta.ts'; // prettier-ignore
import { coincident } from './coincident.ts';
import { detectPart, type DetectorState, memorySamples } from './detectorStream.ts';
import { findOnsets } from './findOnsets.ts';

const RATE_HZ = 50;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  };
}

/** Whole numbers about an offset, with bursts. */
function record(count: number, seed = 3): Int32Array {
  const next = random(seed);
  return Int32Array.from({ length: count }, (_, i) => {
    const burst = i % 3000 > 2000 && i % 3000 < 2200 ? 30 : 1;
    return 5000 + Math.round((next() - 0.5) * 200 * burst);
  });
}

const settingsOf = (kind: DetectorSettings['kind'], more: Partial<DetectorSettings> = {}) => ({
  ...DEFAULT_DETECTOR,
  ...KIND_DEFAULTS[kind],
  kind,
  ...more,
});

function inParts(settings: DetectorSettings, samples: Int32Array, cuts: readonly number[]) {
  const edges = [0, ...cuts, samples.length];
  let state: DetectorState | undefined;
  const values: number[] = [];
  edges.slice(1).forEach((to, k) => {
    const part = samples.slice(edges[k], to);
    const ends = k === edges.length - 2;
    const done = detectPart(settings, RATE_HZ, part, { state, ends });
    state = structuredClone(done.state);
    values.push(...done.curve);
  });
  return Float32Array.from(values);
}

describe('parts of a record', () => {
  test.each(DETECTOR_KINDS)('%s has the values of the record in one', (kind) => {
    const samples = record(20_000);
    const next = random(11);
    for (const band of [DEFAULT_DETECTOR.band, { ...DEFAULT_DETECTOR.band!, lowHz: undefined }]) {
      const settings = settingsOf(kind, { band });
      const whole = inParts(settings, samples, []);
      expect(whole).toHaveLength(samples.length);
      for (let round = 0; round < 6; round += 1) {
        const cuts = Array.from({ length: 1 + round * 3 }, () => Math.floor(next() * 20_000));
        expect(
          inParts(
            settings,
            samples,
            cuts.sort((a, b) => a - b),
          ),
        ).toEqual(whole);
      }
    }
  });

  test('classic, recursive, energy ratio and kurtosis are those of the whole record', () => {
    const samples = record(12_000);
    const { band } = DEFAULT_DETECTOR;
    const filtered = Float64Array.from(samples, (value) => value - samples[0]!);
    filterCausal(designBandFilter(band!, RATE_HZ)!, filtered);
    const of = (kind: DetectorSettings['kind']) => inParts(settingsOf(kind), samples, [777, 5000]);
    expect(of('classic')).toEqual(Float32Array.from(classicStaLta(filtered, 25, 500)));
    expect(of('recursive')).toEqual(Float32Array.from(recursiveStaLta(filtered, 25, 500)));
    expect(of('energy-ratio')).toEqual(Float32Array.from(energyRatio(filtered, 25)));
    expect(of('kurtosis')).toEqual(Float32Array.from(kurtosisCurve(filtered, 250)));
    const whole = (kind: DetectorSettings['kind']) =>
      inParts(settingsOf(kind, { wholeRecord: true }), samples, []);
    expect(whole('delayed')).toEqual(Float32Array.from(delayedStaLta(filtered, 25, 500)));
    expect(whole('z-detect')).toEqual(Float32Array.from(zDetect(filtered, 25)));
  });

  test('delayed means are those of windows one after the other', () => {
    const samples = record(3000);
    const settings = settingsOf('delayed', { band: undefined });
    const curve = inParts(settings, samples, []);
    const mean = (from: number, to: number) => {
      let sum = 0;
      for (let i = from; i < to; i += 1) sum += (samples[i]! - samples[0]!) ** 2;
      return sum / (to - from);
    };
    for (const i of [524, 1000, 2050, 2999]) {
      const expected = mean(i - 24, i + 1) / mean(i - 524, i - 24);
      expect(curve[i]! / expected).toBeCloseTo(1, 6);
    }
    expect(curve[523]).toBe(0);
  });

  test('a z of a burst stands far above that of noise', () => {
    const curve = inParts(settingsOf('z-detect'), record(9000), []);
    expect(Math.max(...curve.slice(1000, 1990))).toBeLessThan(8);
    expect(Math.max(...curve.slice(2000, 2100))).toBeGreaterThan(30);
  });

  test.each(DETECTOR_KINDS)('%s begun a memory earlier is as good as from the start', (kind) => {
    const samples = record(20_000, 5);
    const settings = settingsOf(kind);
    const whole = inParts(settings, samples, []);
    const from = 15_000 - memorySamples(settings, RATE_HZ);
    const late = inParts(settings, samples.slice(from), []);
    for (let i = 15_000; i < 19_000; i += 1) {
      expect(Math.abs(late[i - from]! - whole[i]!)).toBeLessThan(2e-3 * (1 + Math.abs(whole[i]!)));
    }
  });

  test('a dead channel and holes give no triggers', () => {
    for (const kind of DETECTOR_KINDS) {
      const dead = detectPart(settingsOf(kind), RATE_HZ, new Int32Array(3000), { ends: true });
      expect(dead.curve.every((value) => value === 0)).toBe(true);
    }
    const holes = Float32Array.from(record(5000));
    holes.fill(NaN, 1000, 1100);
    const { curve } = detectPart(settingsOf('recursive'), RATE_HZ, holes, { ends: true });
    expect(curve.every(Number.isFinite)).toBe(true);
  });
});

describe('the onset of a trigger', () => {
  const next = random(21);
  const count = 1500;
  const onset = 900;
  const trace = Float64Array.from({ length: count }, (_, i) => {
    return (next() - 0.5) * 10 + (i < onset ? 0 : 400 * Math.sin((i - onset) * 0.9) * Math.exp(-(i - onset) / 200)); // prettier-ignore
  });
  const window = {
    ...{ sampleRateHz: 50, trace, horizontals: undefined, settle: 300, on: onset + 20 },
  };
  test.each([
    ['aic', settingsOf('recursive')],
    ['kurtosis', settingsOf('recursive', { refinement: { method: 'kurtosis', beforeS: 10, afterS: 10 } })], // prettier-ignore
    ['ar', settingsOf('recursive', { refinement: { method: 'ar', beforeS: 10, afterS: 10 } })],
    ['baer-kradolfer', settingsOf('baer-kradolfer')],
  ] as const)('%s finds it', (_, settings) => {
    const [found] = findOnsets(settings, window);
    expect(Math.abs(found!.sample - onset)).toBeLessThan(8);
  });

  test('without refinement it is where the trigger came on', () => {
    const settings = settingsOf('recursive', { refinement: { method: 'none', beforeS: 2, afterS: 2 } }); // prettier-ignore
    expect(findOnsets(settings, window)).toEqual([{ phase: 'first', sample: onset + 20 }]);
  });
});

test('a station counts once, and only triggers inside a coincidence stay', () => {
  const at = (station: string, onS: number, offS: number) => ({ station, onS, offS, peak: 5 });
  const triggers = [at('A', 0, 10), at('A', 3, 4), at('B', 5, 12), at('C', 50, 60), at('A', 70, 71)]; // prettier-ignore
  const rule = { leastSum: 2, weights: {}, extensionS: 0 };
  const { kept, network } = coincident(triggers, rule);
  expect(network).toEqual([{ onS: 0, offS: 12, stations: ['A', 'B'], sum: 2 }]);
  expect(kept).toEqual([triggers[0], triggers[1], triggers[2]]);
  const heavy = coincident(triggers, { ...rule, weights: { C: 2 } });
  expect(heavy.network).toHaveLength(2);
});
