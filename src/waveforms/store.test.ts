import { expect, test } from 'vitest';
import { addSeconds, parseTime } from '../base/time.ts';
import { buildPyramid, pyramidBytes } from '../signal/pyramid.ts';
import { WaveformStore } from './store.ts';
import { absoluteSample, type StoredSegment } from './storedSegment.ts';

const START = parseTime('2024-03-01T00:00:00');
const KEY = 'XX.ABC..HHZ';

function segment(startS: number, length: number, value = 1): StoredSegment {
  const startNs = addSeconds(START, startS);
  const samples = new Int32Array(length).fill(value);
  const firstSample = absoluteSample(startNs, 100);
  const pyramid = buildPyramid(samples, { firstSample });
  return { startNs, sampleRateHz: 100, sampleCount: length, firstSample, samples, pyramid };
}

const window = { startNs: START, endNs: addSeconds(START, 1000) };

test('gives back what was put, arranged, and only of the window', () => {
  const store = new WaveformStore();
  store.put('a', KEY, [segment(0, 1000)]);
  store.put('b', KEY, [segment(10, 1000)]);
  store.put('far', KEY, [segment(5000, 1000)]);
  const { runs } = store.window(KEY, window);
  expect(runs).toHaveLength(1);
  expect(runs[0]!.slices).toHaveLength(2);
  expect(store.window('XX.NONE..HHZ', window).runs).toEqual([]);
});

test('evicts samples of the piece used longest ago and keeps its pyramid', () => {
  const store = new WaveformStore({ budgetBytes: 1_100_000 });
  store.put('a', KEY, [segment(0, 100_000)]);
  store.put('b', 'XX.ABC..HHN', [segment(0, 100_000)]);
  expect(store.has('a', 'samples')).toBe(true);
  store.put('c', 'XX.ABC..HHE', [segment(0, 100_000)]);
  expect(['a', 'b', 'c'].map((id) => store.has(id, 'samples'))).toEqual([true, false, true]);
  expect(store.has('b', 'pyramid')).toBe(true);
  expect(store.bytes).toBeLessThanOrEqual(store.budgetBytes);
  expect(store.window('XX.ABC..HHN', window).runs[0]!.slices[0]!.segment.samples).toBeUndefined();
});

test('gives up pyramids when no samples are left to give', () => {
  const one = segment(0, 100_000);
  const store = new WaveformStore({ budgetBytes: 3 * pyramidBytes(one.pyramid!) });
  for (const id of ['a', 'b', 'c', 'd']) store.put(id, KEY, [segment(0, 100_000)]);
  expect(store.has('a', 'pyramid')).toBe(false);
  expect(store.has('d', 'samples')).toBe(true);
});

test('counts bytes, also when a piece is put again or removed', () => {
  const store = new WaveformStore();
  store.put('a', KEY, [segment(0, 1000)]);
  const { bytes } = store;
  store.put('a', KEY, [segment(0, 1000)]);
  expect(store.bytes).toBe(bytes);
  store.remove('a');
  expect(store.bytes).toBe(0);
  expect(store.has('a', 'pyramid')).toBe(false);
  store.put('a', KEY, []);
  expect(store.has('a', 'samples')).toBe(true);
});

test('remembers that an overlap agreed after its samples were evicted', () => {
  const store = new WaveformStore({ budgetBytes: 900_000 });
  store.put('a', KEY, [segment(0, 100_000)]);
  store.put('b', KEY, [segment(900, 50_000)]);
  store.put('c', 'XX.OTHER..HHZ', [segment(0, 100_000)]);
  expect(store.has('a', 'samples')).toBe(false);
  const { runs, overlaps } = store.window(KEY, { ...window, endNs: addSeconds(START, 2000) });
  expect(runs).toHaveLength(1);
  expect(overlaps).toEqual([]);
  store.put('d', KEY, [segment(950, 1000, 7)]);
  expect(store.window(KEY, window).overlaps).toHaveLength(1);
});
