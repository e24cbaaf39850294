import { describe, expect, test } from 'vitest';
import { addSeconds, type EpochNs, epochNs, parseTime } from '../base/time.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import { designBandFilter } from '../signal/filter/bandFilter.ts';
import { filterCausal, filterZeroPhase } from '../signal/filter/filterSamples.ts';
import { buildPyramid } from '../signal/pyramid.ts';
import { arrange, gapsBetween, samplesAgree } from './arrange.ts';
import { drawTrace, type DrawRequest } from './drawTrace.ts';
import { filterPaddingNs } from './filterRun.ts';
import { absoluteSample, type StoredSegment } from './storedSegment.ts';

const START = parseTime('2024-03-01T00:00:00.004');
const RATE = 100;

export function stored(samples: Samples, startNs = START, sampleRateHz = RATE): StoredSegment {
  const firstSample = absoluteSample(startNs, sampleRateHz);
  const pyramid = buildPyramid(samples, { firstSample });
  return { startNs, sampleRateHz, sampleCount: samples.length, firstSample, samples, pyramid };
}

function noise(length: number, seed = 1): Int32Array {
  let state = seed;
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 16) + 1000;
  });
}

const at = (seconds: number): EpochNs => addSeconds(START, seconds);
const request = (segments: StoredSegment[], from: number, to: number): DrawRequest => ({
  runs: arrange(segments, samplesAgree).runs,
  window: { startNs: at(from), endNs: at(to) },
  ...{ widthPx: 1000, filter: undefined, demean: false },
});

describe('arranging segments', () => {
  test('joins neighbours, whatever their order, and names the gaps', () => {
    const parts = [
      stored(noise(500), at(10)),
      stored(noise(1000), at(0)),
      stored(noise(100), at(20)),
    ];
    const { runs, overlaps } = arrange(parts, samplesAgree);
    expect(runs.map((run) => [run.startNs, run.endNs])).toEqual([
      [at(0), at(15)],
      [at(20), at(21)],
    ]);
    expect(overlaps).toEqual([]);
    expect(gapsBetween(runs)).toEqual([{ startNs: at(15), endNs: at(20) }]);
  });

  test('shows repeated samples once', () => {
    const whole = noise(1500);
    const parts = [
      stored(whole.slice(0, 1000)),
      stored(whole.slice(700), at(7)),
      stored(whole.slice(100, 200), at(1)),
    ];
    const { runs, overlaps } = arrange(parts, samplesAgree);
    expect(overlaps).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(runs[0]!.slices.map(({ from, to }) => to - from)).toEqual([1000, 500]);
  });

  test('marks where segments disagree and keeps both', () => {
    const { runs, overlaps } = arrange(
      [stored(noise(1000)), stored(noise(1000, 9), at(7))],
      samplesAgree,
    );
    expect(overlaps).toEqual([{ startNs: at(7), endNs: at(10) }]);
    expect(runs).toHaveLength(2);
  });

  test('a stream of several rates has runs of several rates', () => {
    const { runs } = arrange([stored(noise(1000)), stored(noise(100), at(10), 20)], samplesAgree);
    expect(runs.map((run) => run.sampleRateHz)).toEqual([100, 20]);
  });
});

describe('drawing a window', () => {
  test('of few samples answers them as they are, one more on either side', () => {
    const samples = noise(10_000);
    const drawing = drawTrace(request([stored(samples)], 20, 25));
    const [part] = drawing.parts;
    expect(part).toMatchObject({ kind: 'samples', startNs: at(20), stepS: 0.01 });
    const values = [...part!.values].map((value) => value + part!.offset);
    expect(values).toEqual([...samples.slice(2000, 2501)]);
    expect(drawing.peak).toBe(Math.max(...part!.values.map(Math.abs)));
  });

  test('of many samples answers minimum and maximum of aligned bins', () => {
    const samples = noise(400_000);
    const { parts } = drawTrace(request([stored(samples)], 100, 3000));
    const [part] = parts;
    const binSamples = Math.round(part!.stepS * RATE);
    expect(part!.kind).toBe('bins');
    expect(part!.values.length / 2).toBeGreaterThan(1400);
    const first = Math.round((Number(part!.startNs - START) / 1e9) * RATE);
    for (let k = 0; k < part!.values.length / 2; k++) {
      const own = samples.subarray(
        Math.max(0, first + k * binSamples),
        first + (k + 1) * binSamples,
      );
      expect(part!.values[2 * k]! + part!.offset).toBe(Math.min(...own));
      expect(part!.values[2 * k + 1]! + part!.offset).toBe(Math.max(...own));
    }
  });

  test('keeps its bins while the window moves', () => {
    const segments = [stored(noise(400_000))];
    const amplitudes = (from: number): Map<EpochNs, number> => {
      const [part] = drawTrace(request(segments, from, from + 2000)).parts;
      const { startNs, stepS, values, offset } = part!;
      return new Map(
        Array.from({ length: values.length / 2 }, (_, k) => [
          addSeconds(startNs, k * stepS),
          values[2 * k]! + offset,
        ]),
      );
    };
    const [before, after] = [amplitudes(500), amplitudes(503.37)];
    let common = 0;
    for (const [time, low] of after) {
      if (!before.has(time)) continue;
      common++;
      expect(before.get(time)).toBe(low);
    }
    expect(common).toBeGreaterThan(0.99 * before.size - 10);
  });

  test('bins go on over the border of two files', () => {
    const samples = noise(200_000);
    const cut = 77_777;
    const two = [stored(samples.slice(0, cut)), stored(samples.slice(cut), at(cut / RATE))];
    const one = drawTrace(request([stored(samples)], 0, 2000));
    expect(drawTrace(request(two, 0, 2000)).parts).toEqual(one.parts);
  });

  test('without its samples a pyramid still draws a long window', () => {
    const whole = stored(noise(400_000));
    const evicted = { ...whole, samples: undefined };
    const wide = drawTrace(request([evicted], 0, 4000)).parts;
    const full = drawTrace(request([whole], 0, 4000)).parts;
    expect(wide.map((part) => part.values.length)).toEqual(full.map((part) => part.values.length));
  });

  test('demeaned, the values have no offset and no mean', () => {
    const [part] = drawTrace({ ...request([stored(noise(2000))], 0, 20), demean: true }).parts;
    const mean = part!.values.reduce((sum, value) => sum + value, 0) / part!.values.length;
    expect(part!.offset).toBe(0);
    expect(Math.abs(mean)).toBeLessThan(20);
  });

  test('holes in float data are holes in the drawing', () => {
    const samples = Float32Array.from(noise(100));
    samples[40] = NaN;
    samples[50] = Infinity;
    const [part] = drawTrace(request([stored(samples)], 0, 1)).parts;
    const holes = [...part!.values].flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
    expect(holes).toEqual([40, 50]);
  });
});

describe('drawing through a filter', () => {
  const filter = { lowHz: 1, highHz: 20, corners: 4, zeroPhase: true };

  test.each([true, false])('equals filtering everything (zero phase %s)', (zeroPhase) => {
    const samples = noise(60_000);
    const all = Float64Array.from(samples, (value) => value - 1000);
    const sos = designBandFilter({ ...filter, zeroPhase }, RATE)!;
    (zeroPhase ? filterZeroPhase : filterCausal)(sos, all);
    const asked = { ...request([stored(samples)], 300, 305), filter: { ...filter, zeroPhase } };
    const { parts, edgeZones, peak } = drawTrace(asked);
    const expected = all.slice(30_000, 30_501);
    const { values, offset } = parts[0]!;
    const worst = Math.max(...values.map((value, i) => Math.abs(value + offset - expected[i]!)));
    expect(worst / peak).toBeLessThan(1e-3);
    expect(edgeZones).toEqual([]);
  });

  test('names the zones at true ends of data', () => {
    const asked = { ...request([stored(noise(3000))], 0, 30), filter };
    const { edgeZones } = drawTrace(asked);
    expect(edgeZones).toHaveLength(2);
    expect(edgeZones[0]!.startNs).toBe(at(0));
    expect(edgeZones[1]!.endNs).toBe(at(30));
    expect(drawTrace({ ...asked, filter: { ...filter, zeroPhase: false } }).edgeZones).toHaveLength(
      1,
    );
  });

  test('keeps the level behind a low-pass unless demeaned', () => {
    const lowpass = { lowHz: undefined, highHz: 5, corners: 2, zeroPhase: true };
    const asked = { ...request([stored(new Int32Array(3000).fill(5000))], 5, 20), filter: lowpass };
    const [kept] = drawTrace(asked).parts;
    expect(kept!.values[500]! + kept!.offset).toBeCloseTo(5000, 3);
    const [demeaned] = drawTrace({ ...asked, demean: true }).parts;
    expect(demeaned!.values[500]! + demeaned!.offset).toBeCloseTo(0, 3);
  });

  test('refuses a corner that the rate cannot carry, in words', () => {
    const slow = stored(noise(1000), START, 1);
    expect(() => drawTrace({ ...request([slow], 0, 500), filter })).toThrow(
      /nothing is left above 1 Hz/,
    );
  });

  test('a hole does not poison what follows', () => {
    const samples = Float32Array.from(noise(3000));
    samples[1000] = NaN;
    const { parts } = drawTrace({ ...request([stored(samples)], 5, 20), filter });
    expect(parts[0]!.values.filter((value) => !Number.isFinite(value))).toHaveLength(1);
  });

  test('padding follows the lowest corner', () => {
    const seconds = (lowHz: number): number =>
      Number(filterPaddingNs({ ...filter, lowHz }, RATE)) / 1e9;
    expect(seconds(0.1)).toBeGreaterThan(5 * seconds(1));
    expect(filterPaddingNs(undefined, RATE)).toBe(0n);
  });
});

test('absolute sample numbers are exact for whole rates and near for others', () => {
  expect(absoluteSample(epochNs(1_700_000_000_990_000_000n), 100)).toBe(170_000_000_099);
  expect(absoluteSample(epochNs(1_700_000_000_990_000_000n), 99.5)).toBe(
    Math.round(1_700_000_000.99 * 99.5),
  );
});
