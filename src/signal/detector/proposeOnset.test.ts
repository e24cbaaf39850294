import { describe, expect, test } from 'vitest';
import { PROPOSAL_METHODS } from '../../domain/event/onsetProposal.ts';
import { proposeOnset } from './proposeOnset.ts';

const RATE = 100;
const ONSET = 1500;

/** Noise with an 8 Hz wavelet of some amplitude from sample 1500 on. */
function record(amplitude: number, seed = 3): Float64Array {
  let state = seed;
  const noise = (): number => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31 - 0.5;
  };
  return Float64Array.from({ length: 2500 }, (_, k) => {
    const t = (k - ONSET) / RATE;
    const wave = t > 0 ? amplitude * Math.exp(-t) * Math.sin(2 * Math.PI * 8 * t) : 0;
    return wave + noise() + noise() + noise();
  });
}
const window = (trace: Float64Array, from = 1000, to = 2000) => ({
  ...{ trace, sampleRateHz: RATE, from, to },
  band: { lowHz: 2, highHz: 20, corners: 4, zeroPhase: true },
});

describe('a proposed onset', () => {
  test.each(PROPOSAL_METHODS)('by %s lies at the onset, and says how sure it is', (method) => {
    const found = proposeOnset(method, window(record(40)))!;
    expect(Math.abs(found.sample - ONSET) / RATE).toBeLessThan(method === 'kurtosis' ? 0.15 : 0.08);
    expect(found.lowerS).toBeGreaterThanOrEqual(0.005);
    expect(found.upperS).toBeGreaterThanOrEqual(0.005);
    expect(found.lowerS + found.upperS).toBeLessThan(0.5);
    expect(found.snr).toBeGreaterThan(5);
  });

  test('is less sure in more noise', () => {
    const width = (amplitude: number): number => {
      const widths = [1, 2, 3, 4, 5].flatMap((seed) => {
        const found = proposeOnset('aic', window(record(amplitude, seed)));
        return found ? [found.lowerS + found.upperS] : [];
      });
      return widths.reduce((sum, each) => sum + each, 0) / widths.length;
    };
    expect(width(3)).toBeGreaterThan(1.5 * width(60));
  });

  test('is sought in its window only, and an edge is none', () => {
    const early = proposeOnset('aic', window(record(40), 1600, 2300));
    expect(early === undefined || early.sample >= 1600).toBe(true);
    expect(proposeOnset('aic', window(new Float64Array(2500)))).toBeUndefined();
    expect(proposeOnset('aic', window(record(40), 1500, 1503))).toBeUndefined();
  });

  test('a filter the rate cannot have is refused', () => {
    const band = { lowHz: 60, highHz: undefined, corners: 4, zeroPhase: false };
    expect(() => proposeOnset('aic', { ...window(record(40)), band })).toThrow(/60 Hz/);
  });
});
