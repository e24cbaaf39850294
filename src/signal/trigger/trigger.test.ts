import { describe, expect, test } from 'vitest';
import { aicCurve, aicOnset } from './aic.ts';
import { arPick } from './arPicker.ts';
import { baerKradolferPick } from './baerKradolfer.ts';
import { coincidences } from './coincidence.ts';
import { kurtosisCurve } from './kurtosis.ts';
import { triggerSpans } from './onsets.ts';
import { signalToNoiseFigures } from './snr.ts';
import { classicStaLta, energyRatio, recursiveStaLta } from './staLta.ts';

/** Seeded noise, ten times as strong from `onset` on. */
function noiseWithOnset(count: number, onset: number, seed = 7): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, (_, i) => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return (state / 2 ** 31 - 0.5) * (i < onset ? 1 : 10);
  });
}

describe('windows', () => {
  test('a short window that is not shorter is refused', () => {
    expect(() => classicStaLta(new Float64Array(10), 5, 5)).toThrow(/has to be shorter/);
    expect(() => recursiveStaLta(new Float64Array(10), 0, 5)).toThrow(/whole number from 1/);
    expect(() => energyRatio(new Float64Array(10), 6)).toThrow(/longer than half/);
    expect(() => kurtosisCurve(new Float64Array(10), 1)).toThrow(/2 or more/);
  });

  test('a dead channel never triggers', () => {
    const curve = recursiveStaLta(new Float64Array(1000), 10, 100);
    expect(triggerSpans(curve, 1e-6, 1e-7)).toEqual([]);
  });

  test('kurtosis is the same whether its sums were begun anew or not', () => {
    const samples = noiseWithOnset(10_000, 6000).map((value) => value + 1e6);
    const whole = kurtosisCurve(samples, 200);
    const part = kurtosisCurve(samples.slice(3000), 200);
    for (let i = 200; i < part.length; i += 97) {
      expect(part[i]).toBeCloseTo(whole[3000 + i] as number, 6);
    }
  });
});

describe('onsets', () => {
  test('the criterion is lowest at the onset; a constant record has none', () => {
    expect(Math.abs((aicOnset(noiseWithOnset(2000, 1200)) ?? 0) - 1199)).toBeLessThan(3);
    expect(aicOnset(new Float64Array(100))).toBeUndefined();
    expect([...aicCurve(new Float64Array(2))]).toEqual([0, 0]);
  });

  test('Baer and Kradolfer find it, and nothing in noise', () => {
    const parameters = {
      sampleRateHz: 100,
      longestDipSamples: 20,
      shortestEventSamples: 60,
      triggerLevel: 10,
      noiseLevel: 20,
      presetSamples: 100,
      amplitudeSamples: 100,
    };
    const { sample } = baerKradolferPick(noiseWithOnset(3000, 1500), parameters);
    expect(Math.abs((sample ?? 0) - 1500)).toBeLessThan(5);
    expect(baerKradolferPick(noiseWithOnset(3000, 5000), parameters).sample).toBeUndefined();
  });

  test('autoregression finds nothing in silence', () => {
    const silence = new Float64Array(3000);
    const picks = arPick(silence, [silence, silence], {
      sampleRateHz: 100,
      lowHz: 1,
      highHz: 20,
      ltaPS: 1,
      staPS: 0.1,
      ltaSS: 4,
      staSS: 1,
      orderP: 2,
      orderS: 8,
      windowPS: 0.1,
      windowSS: 0.2,
    });
    expect(picks).toEqual({ pS: undefined, sS: undefined });
  });

  test('an off level above the on level is refused', () => {
    expect(() => triggerSpans([1, 2, 3], 1, 2)).toThrow(/above its on level/);
  });

  test('figures of a pick too near an end are not given', () => {
    const samples = noiseWithOnset(500, 250);
    expect(signalToNoiseFigures(samples, 50, 100)).toBeUndefined();
    expect(signalToNoiseFigures(samples, 250, 100)?.rmsRatio).toBeGreaterThan(5);
  });
});

describe('coincidences', () => {
  const trigger = (trace: string, onS: number, offS: number) => ({
    trace,
    station: trace,
    onS,
    offS,
    peak: 4,
    deviation: 1,
  });

  test('reach over stations that overlap only in turn', () => {
    const [found, ...rest] = coincidences(
      [trigger('a', 0, 2), trigger('b', 1.5, 4), trigger('c', 3, 5), trigger('d', 9, 10)],
      { leastSum: 3, weights: {}, extensionS: 0 },
    );
    expect(found?.triggers.map(({ trace }) => trace)).toEqual(['a', 'b', 'c']);
    expect(found?.durationS).toBe(5);
    expect(rest).toEqual([]);
  });

  test('count a station by its weight, and wait as long as asked', () => {
    const rule = { leastSum: 3, weights: { a: 2 }, extensionS: 1 };
    const triggers = [trigger('a', 0, 2), trigger('b', 2.9, 4)];
    expect(coincidences(triggers, rule)).toHaveLength(1);
    expect(coincidences(triggers, { ...rule, extensionS: 0 })).toEqual([]);
  });
});
