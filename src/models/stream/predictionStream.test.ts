import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import type { AnnotatedCurve } from '../annotate/annotatedCurve.ts';
import { defaultSettings } from '../settings.ts';
import type { RunnerSpec } from '../spec.ts';
import { PacketBuffer } from './packetBuffer.ts';
import { PredictionStream, STREAM_RULES } from './predictionStream.ts';

const spec: RunnerSpec = {
  id: 'smooth',
  samplingRateHz: 100,
  windowSamples: 600,
  anyLength: false,
  components: ['Z', 'N', 'E'],
  missingComponents: 'zeros',
  labels: ['N', 'P', 'S'],
  filter: undefined,
  detrendRecords: false,
  filterBeforeResampling: true,
  preparation: {
    demean: true,
    detrend: false,
    scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 1e-10 },
    taperSamples: 0,
  },
  output: { kind: 'samples', overlap: 300 },
  stacking: 'avg',
  blindingSamples: [50, 50],
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
  thresholds: { P: 0.3, S: 0.3 },
  batchSize: 8,
  presets: {},
};
const settings = (changes: Partial<RunSettings> = {}): RunSettings => ({
  ...defaultSettings(spec),
  ...changes,
});

/** A network whose answer at a sample depends on all components there and on the whole window's first value. */
function infer(input: Float32Array, windows: number): Promise<Float32Array> {
  const { components, labels, windowSamples: length } = spec;
  const answers = new Float32Array(windows * labels.length * length);
  for (let w = 0; w < windows; w += 1) {
    for (const [row] of labels.entries()) {
      for (let i = 0; i < length; i += 1) {
        let sum = row + 0.01 * (input[w * components.length * length] as number);
        for (let c = 0; c < components.length; c += 1) {
          sum += (c + 1) * Math.abs(input[(w * components.length + c) * length + i] as number);
        }
        answers[(w * labels.length + row) * length + i] = Math.tanh(sum / 10);
      }
    }
  }
  return Promise.resolve(answers);
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const START = epochNs(1_644_105_600_008_400_000n);

function trace(channel: string, count: number, seed: number, rateHz = 100): TraceSegment {
  const next = random(seed);
  const samples = Float64Array.from({ length: count }, () => Math.round(2000 * (next() - 0.5)));
  const stream = { network: 'XX', station: 'STA', location: '', channel };
  return { stream, startNs: START, sampleRateHz: rateHz, samples };
}

function part(whole: TraceSegment, from: number, to: number): TraceSegment {
  return {
    ...whole,
    startNs: sampleTime(whole.startNs, from, whole.sampleRateHz),
    samples: whole.samples.slice(from, to),
  };
}

function cutAtRandom(whole: TraceSegment, next: () => number, longest: number): TraceSegment[] {
  const packets: TraceSegment[] = [];
  for (let from = 0; from < whole.samples.length;) {
    const to = Math.min(whole.samples.length, from + 1 + Math.floor(next() * longest));
    packets.push(part(whole, from, to));
    from = to;
  }
  return packets;
}

function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const keyed = values.map((value) => ({ value, key: next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

async function follow(
  packets: readonly TraceSegment[],
  changes: Partial<RunSettings> = {},
  latenessS = Infinity,
): Promise<{ curves: AnnotatedCurve[]; stream: PredictionStream; early: number }> {
  const stream = new PredictionStream(spec, settings(changes), infer, {
    ...STREAM_RULES,
    latenessS,
  });
  const curves: AnnotatedCurve[] = [];
  for (const packet of packets) curves.push(...(await stream.add([packet])));
  const early = curves.length;
  curves.push(...(await stream.finish()));
  return { curves: joined(curves), stream, early };
}

/** Pieces that follow each other as one, so that it does not matter when they were given out. */
function joined(curves: readonly AnnotatedCurve[]): AnnotatedCurve[] {
  const runs = new Map<string, AnnotatedCurve[]>();
  for (const curve of curves) {
    const key = `${curve.streamId} ${curve.label}`;
    const run = runs.get(key) ?? [];
    const last = run.at(-1);
    const endNs = last && sampleTime(last.startNs, last.values.length, last.sampleRateHz);
    if (last && endNs === curve.startNs) {
      const values = new Float32Array([...last.values, ...curve.values]);
      run[run.length - 1] = { ...last, values };
    } else run.push(curve);
    runs.set(key, run);
  }
  return [...runs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, run]) => run);
}

const three = [trace('HHZ', 5000, 1), trace('HHN', 5000, 2), trace('HHE', 5000, 3)];
const gappy = [
  part(three[0] as TraceSegment, 0, 2000),
  part(three[0] as TraceSegment, 2100, 5000),
  part(three[1] as TraceSegment, 0, 5000),
  part(three[2] as TraceSegment, 700, 4000),
];

describe('packets', () => {
  const reductions: readonly [string, Partial<RunSettings>][] = [
    ['average', {}],
    ['maximum', { stacking: 'max' }],
    [
      'filtered',
      {
        filter: { lowHz: 1, highHz: 20, corners: 4, zeroPhase: false },
        detrendRecords: true,
      },
    ],
    ['filtered both ways', { filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true } }],
  ];

  test.each(reductions)('of any length and order give the same curves: %s', async (_, changes) => {
    for (const whole of [three, gappy]) {
      const reference = await follow(whole, changes);
      expect(reference.curves.length).toBeGreaterThan(2);
      for (let seed = 1; seed <= 12; seed += 1) {
        const next = random(seed);
        const packets = whole.flatMap((each) => cutAtRandom(each, next, 700));
        const { curves } = await follow(shuffled(packets, next), changes);
        expect(curves).toEqual(reference.curves);
      }
    }
  });

  test('in time are answered as they come, with the same curves', async () => {
    const next = random(5);
    const packets = gappy.flatMap((each) => cutAtRandom(each, next, 200));
    packets.sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
    const { curves, early, stream } = await follow(packets, {}, 8);
    expect(curves).toEqual((await follow(gappy)).curves);
    expect(early).toBeGreaterThan(10);
    expect(stream.report()).toMatchObject({ latePackets: 0, conflicts: 0 });
  });

  test('too late are counted and change nothing', async () => {
    const late = part(three[0] as TraceSegment, 100, 300);
    const { stream } = await follow([...three, late], {}, 5);
    expect(stream.report().latePackets).toBe(1);
  });

  test('that disagree count as missing, whichever came first', async () => {
    const other = part(trace('HHZ', 5000, 9), 1000, 1300);
    const [vertical, ...horizontals] = three as [TraceSegment, ...TraceSegment[]];
    const one = await follow([vertical, other, ...horizontals]);
    const two = await follow([other, vertical, ...horizontals]);
    expect(one.curves).toEqual(two.curves);
    expect(one.stream.report().conflicts).toBeGreaterThan(250);
    expect(one.curves).not.toEqual((await follow(three)).curves);
  });

  test('at another rate are brought to the model’s', async () => {
    const slow = ['HHZ', 'HHN', 'HHE'].map((channel, i) => trace(channel, 2500, i + 1, 50));
    const reference = await follow(slow);
    expect(reference.curves[0]?.sampleRateHz).toBe(100);
    const next = random(3);
    const packets = slow.flatMap((each) => cutAtRandom(each, next, 300));
    expect((await follow(shuffled(packets, next))).curves).toEqual(reference.curves);
  });

  test('whose rate changes are refused', async () => {
    await expect(follow([trace('HHZ', 100, 1), trace('HHZ', 100, 1, 50)])).rejects.toThrow(
      /XX\.STA\.\.HHZ came at 100 Hz and now at 50 Hz/,
    );
  });
});

describe('missing components', () => {
  test('are zeros, a copy of the vertical, or rule the window out', async () => {
    const alone = [three[0] as TraceSegment];
    const zeros = await follow(alone);
    const stream = new PredictionStream(spec, settings(), infer, {
      ...STREAM_RULES,
      fill: 'vertical',
    });
    await stream.add(alone);
    expect(joined(await stream.finish())).not.toEqual(zeros.curves);
    expect((await follow(alone, { strict: true })).curves).toEqual([]);
    expect((await follow([three[1] as TraceSegment])).stream.report()).toMatchObject({
      windows: 0,
    });
  });
});

test('a model with one answer a window is refused', () => {
  const point: RunnerSpec = {
    ...spec,
    output: { kind: 'point', labelSample: 300, strideSamples: 10 },
  };
  expect(() => new PredictionStream(point, settings(), infer)).toThrow(/once a window/);
});

test('a buffer forgets what is dropped and says what it holds', () => {
  const buffer = new PacketBuffer();
  expect(buffer.extent()).toBeUndefined();
  buffer.insert(10, Float64Array.of(1, 2, 3));
  buffer.insert(20, Float64Array.of(4, 5));
  buffer.dropBefore(11);
  expect(buffer.extent()).toEqual({ first: 11, end: 22 });
  expect(buffer.covers(11, 13)).toBe(true);
  expect(buffer.covers(12, 21)).toBe(false);
  const row = new Float64Array(4);
  expect(buffer.read(11, row)).toBe(2);
  buffer.dropBefore(15);
  expect(buffer.extent()).toEqual({ first: 20, end: 22 });
});
