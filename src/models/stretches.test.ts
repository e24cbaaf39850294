import { describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../base/time.ts';
import { parseNslc } from '../domain/waveform/nslc.ts';
import type { TraceSegment } from '../domain/waveform/traceSegment.ts';
import {
  type ComponentRecord,
  curveRateHz,
  cutStretches,
  joinRecord,
  stretchDurationS,
} from './stretches.ts';

const origin = epochNs(1_700_000_000_000_000_000n);

function piece(startS: number, count: number, first = 0, sampleRateHz = 100): TraceSegment {
  return {
    stream: parseNslc('XX.AAA..HHZ'),
    startNs: addSeconds(origin, startS),
    sampleRateHz,
    samples: Int32Array.from({ length: count }, (_, i) => first + i),
  };
}

function summary(records: readonly ComponentRecord[]): unknown[] {
  return cutStretches(records).map((stretch) => [
    Number(stretch.startNs - origin) / 1e9,
    stretchDurationS(stretch),
    stretch.inputs.map(({ component, samples }) => [component, samples[0], samples.length]),
  ]);
}

describe('stretches', () => {
  test('adjacent segments join, a gap cuts', () => {
    const segments = [piece(10, 500, 5000), piece(0, 600), piece(6, 300, 600)];
    expect(summary([{ component: 'Z', segments }])).toEqual([
      [0, 9, [['Z', 0, 900]]],
      [10, 5, [['Z', 5000, 500]]],
    ]);
  });

  test('where segments overlap and agree nothing is used twice', () => {
    const segments = [piece(0, 600), piece(5, 300, 500), piece(1, 100, 100)];
    expect(summary([{ component: 'Z', segments }])).toEqual([[0, 8, [['Z', 0, 800]]]]);
  });

  test('where they disagree just that part is left out, wherever it lies', () => {
    const joined = (...segments: TraceSegment[]): unknown[] => {
      const record = joinRecord(segments);
      const seconds = (time: bigint): number => Number(time - origin) / 1e9;
      return [
        record.segments.map(({ startNs, samples }) => [
          seconds(startNs),
          samples[0],
          samples.length,
        ]),
        record.masked.map(({ startNs, endNs }) => [seconds(startNs), seconds(endNs)]),
      ];
    };
    const odd = piece(5, 300, 500);
    odd.samples[20] = -1;
    odd.samples[29] = -1;
    // Samples 520 and 529 differ; what lies between them agrees and goes too.
    expect(joined(piece(0, 600), odd)).toEqual([
      [
        [0, 0, 520],
        [5.3, 530, 270],
      ],
      [[5.2, 5.3]],
    ]);
    const inside = piece(1, 100, 100);
    inside.samples.fill(7);
    expect(joined(piece(0, 600), inside)).toEqual([
      [
        [0, 0, 100],
        [2, 200, 400],
      ],
      [[1, 2]],
    ]);
    const other = piece(0, 600, 9);
    expect(joined(piece(0, 600), other)).toEqual([[], [[0, 6]]]);
  });

  test('samples that are no numbers are a gap, and are told', () => {
    const samples = Float32Array.from({ length: 2000 }, (_, i) => i);
    samples.fill(NaN, 500, 510);
    samples[1500] = Infinity;
    samples[1550] = -Infinity;
    const { segments, masked, unusable } = joinRecord([{ ...piece(0, 0), samples }]);
    const seconds = (time: bigint): number => Number(time - origin) / 1e9;
    expect(
      segments.map((each) => [seconds(each.startNs), each.samples[0], each.samples.length]),
    ).toEqual([
      [0, 0, 500],
      [5.1, 510, 990],
      [15.51, 1551, 449],
    ]);
    // Half a second between two bad samples is of no use.
    expect(unusable.map(({ startNs, endNs }) => [seconds(startNs), seconds(endNs)])).toEqual([
      [5, 5.1],
      [15, 15.51],
    ]);
    expect(masked).toEqual([]);
    const none = joinRecord([{ ...piece(0, 0), samples: new Float64Array(9).fill(NaN) }]);
    expect([none.segments, none.unusable.length]).toEqual([[], 1]);
    const short = joinRecord([{ ...piece(0, 0), samples: Float64Array.of(1, 2, NaN, 3) }]);
    expect(short.segments.map((each) => [...each.samples])).toEqual([[1, 2], [3]]);
  });

  test('a component that begins late or has a gap cuts the stretch of all', () => {
    const z = { component: 'Z', segments: [piece(0, 2000)] };
    const n = { component: 'N', segments: [piece(2, 500), piece(10, 1000)] };
    expect(summary([z, n])).toEqual([
      [0, 2, [['Z', 0, 200]]],
      [
        2,
        5,
        [
          ['Z', 200, 500],
          ['N', 0, 500],
        ],
      ],
      [7, 3, [['Z', 700, 300]]],
      [
        10,
        10,
        [
          ['Z', 1000, 1000],
          ['N', 0, 1000],
        ],
      ],
    ]);
  });

  test('components skewed by less than half a sample share one stretch, timed by the first', () => {
    const z = { component: 'Z', segments: [piece(0, 1000)] };
    const n = { component: 'N', segments: [piece(0.004, 1000)] };
    expect(summary([z, n])).toEqual([
      [
        0,
        10,
        [
          ['Z', 0, 1000],
          ['N', 0, 1000],
        ],
      ],
    ]);
  });

  test('a change of rate cuts, and a later segment does not begin before the earlier one ends', () => {
    const segments = [piece(0, 1000), piece(9, 300, 0, 50)];
    expect(summary([{ component: 'Z', segments }])).toEqual([
      [0, 10, [['Z', 0, 1000]]],
      [10, 5, [['Z', 50, 250]]],
    ]);
  });

  test('segments of different types join as float64', () => {
    const floats = { ...piece(1, 1), samples: Float32Array.of(0.5) };
    const [stretch] = cutStretches([{ component: 'Z', segments: [piece(0, 100), floats] }]);
    expect(stretch?.inputs[0]?.samples).toBeInstanceOf(Float64Array);
    expect(stretch?.inputs[0]?.samples[100]).toBe(0.5);
  });

  test('a rate near the model’s is kept, another one becomes the model’s', () => {
    const rate = (hz: number): number =>
      curveRateHz(cutStretches([{ component: 'Z', segments: [piece(0, 500, 0, hz)] }])[0]!, 100);
    expect([99.999, 100, 40, 200].map(rate)).toEqual([99.999, 100, 100, 100]);
  });

  test('no segments give no stretches', () => {
    expect(cutStretches([{ component: 'Z', segments: [] }])).toEqual([]);
  });
});
