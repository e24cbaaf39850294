import { expect, test } from 'vitest';
import { addSeconds, epochNs } from '../base/time.ts';
import { parseNslc } from '../domain/waveform/nslc.ts';
import { centred, pickAmplitude } from './pickAmplitude.ts';

const START = epochNs(1_600_000_000_000_000_000n);
const at = (seconds: number) => addSeconds(START, seconds);

function trace(channel: string, values: Readonly<Record<number, number>>, offset = 1000) {
  const samples = new Float64Array(6000).fill(offset);
  for (const [i, value] of Object.entries(values)) samples[Number(i)] = offset + value;
  return { stream: parseNslc(`XX.A..${channel}`), startNs: START, sampleRateHz: 100, samples };
}

test('the largest of all components, from the pick to 12 s later or the next pick of its phase', () => {
  const z = centred([trace('HHZ', { 999: 900, 1000: 30, 2199: -70, 2200: 500, 1500: -1290 })]);
  const n = centred([trace('HHN', { 1100: 50 }, -7)]);
  const traces = [...z, ...n];
  const largest = (...args: Parameters<typeof pickAmplitude>) =>
    Math.round(pickAmplitude(...args)!);
  expect(largest(traces, at(10), undefined)).toBe(1290);
  expect(largest(traces, at(10), at(15))).toBe(50);
  expect(largest(z, at(10), at(15))).toBe(30);
  expect(largest(z, at(16), undefined)).toBe(500);
  expect(largest(z, at(9.99), at(10))).toBe(900);
  expect(largest(z, at(15.01), at(22))).toBe(70);
  expect(pickAmplitude(traces, at(61), undefined)).toBeUndefined();
  expect(pickAmplitude([], at(1), undefined)).toBeUndefined();
});
