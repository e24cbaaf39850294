import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { signalToNoise } from './signalToNoise.ts';
import type { TracePart } from './traceWindow.ts';

const START = epochNs(1_700_000_000_000_000_000n);
const at = (seconds: number) => epochNs(START + BigInt(Math.round(seconds * 1e9)));

/** ±1 before `onsetS`, ±`signal` from it on, 100 Hz, on a level. */
function part(onsetS: number, signal: number, change: Partial<TracePart> = {}): TracePart {
  const values = Float32Array.from({ length: 600 }, (_, i) => {
    const size = i < Math.round(onsetS * 100) ? 1 : signal;
    return i % 2 === 0 ? size : -size;
  });
  return { kind: 'samples', startNs: START, stepS: 0.01, offset: 0, values, ...change };
}

describe('the signal-to-noise ratio', () => {
  test('is the rms after the onset over the rms before it', () => {
    expect(signalToNoise([part(3, 21)], at(3), 100)).toBeCloseTo(21, 9);
    expect(signalToNoise([part(3, 1)], at(3), 100)).toBeCloseTo(1, 9);
  });

  test('takes the second after and the two seconds before, and nothing else', () => {
    const values = part(3, 5).values.slice();
    values.fill(1e6, 0, 100);
    values.fill(1e6, 400);
    expect(signalToNoise([part(3, 5, { values })], at(3), 100)).toBeCloseTo(5, 9);
  });

  test('does not see the level of a raw trace', () => {
    expect(signalToNoise([part(3, 4, { offset: 2 ** 30 })], at(3), 100)).toBeCloseTo(4, 6);
  });

  test('joins what a gap has parted, while nine tenths of each span are there', () => {
    const { values } = part(3, 7);
    const parts = (from: number): TracePart[] => [
      part(3, 7, { values: values.slice(0, 200) }),
      part(3, 7, { values: values.slice(from), startNs: at(from / 100) }),
    ];
    expect(signalToNoise(parts(220), at(3), 100)).toBeCloseTo(7, 9);
    expect(signalToNoise(parts(221), at(3), 100)).toBeUndefined();
  });

  test('is not a number at the edge of data, on a dead channel, or from bins', () => {
    expect(signalToNoise([part(3, 7)], at(1.7), 100)).toBeUndefined();
    expect(signalToNoise([part(3, 7)], at(5.2), 100)).toBeUndefined();
    const dead = part(3, 7, { values: new Float32Array(600).fill(4) });
    expect(signalToNoise([dead], at(3), 100)).toBeUndefined();
    expect(signalToNoise([part(3, 7, { kind: 'bins' })], at(3), 100)).toBeUndefined();
    expect(signalToNoise([], at(3), 100)).toBeUndefined();
  });
});
