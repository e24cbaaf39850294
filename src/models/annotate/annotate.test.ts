import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { parseNslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { Inference } from '../runChunk.ts';
import { defaultSettings } from '../settings.ts';
import { MISSING_AS_ZEROS, type RunnerSpec } from '../spec.ts';
import { annotate } from './annotate.ts';

const SPEC: RunnerSpec = {
  id: 'rows',
  samplingRateHz: 100,
  windowSamples: 40,
  components: ['Z', 'N', 'E'],
  labels: ['first', 'second', 'third'],
  filter: undefined,
  detrendRecords: false,
  filterBeforeResampling: true,
  anyLength: false,
  missingComponents: MISSING_AS_ZEROS,
  preparation: { demean: false, detrend: false, scale: undefined, taperSamples: 0 },
  output: { kind: 'samples', overlap: 20 },
  stacking: 'avg',
  blindingSamples: [0, 0],
  thresholds: {},
  pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
  batchSize: 8,
  presets: {},
};

/** Answers what it is fed, so that curves must be the records themselves. */
const echo: Inference = (input) => Promise.resolve(input.slice());

const START = 1_644_114_639_340_000_000n;

function trace(id: string, values: ArrayLike<number>, at = 0): TraceSegment {
  const startNs = epochNs(START + BigInt(at) * 10_000_000n);
  return { stream: parseNslc(id), startNs, sampleRateHz: 100, samples: Float64Array.from(values) };
}

function ramp(length: number, from = 1): number[] {
  return Array.from({ length }, (_, i) => from + i);
}

function run(traces: readonly TraceSegment[], changes: Partial<RunSettings> = {}, spec = SPEC) {
  return annotate(
    traces,
    spec,
    { ...defaultSettings(spec), policy: 'seisbench', ...changes },
    echo,
  );
}

describe('annotate', () => {
  const three = ['Z', 'N', 'E'].map((c, k) => trace(`XX.STA.00.HH${c}`, ramp(93, 100 * k)));

  test.each([
    { overlap: 0 },
    { overlap: 0.5 },
    { overlap: 39 },
    { overlap: 13, batchSize: 1 },
    { overlap: 13, batchSize: 3 },
    { stacking: 'max' },
    { stacking: 'max', overlap: 0.9, batchSize: 1000 },
  ] as const)('answers every sample once, whatever the windows: %j', async (changes) => {
    const { curves, notes } = await run(three, changes);
    expect(notes).toEqual([]);
    // A mean of three float32 values is theirs to one part in 10⁷.
    const rounded = (values: Float32Array): number[] =>
      [...values].map((v) => Math.fround(Number(v.toPrecision(6))));
    expect(curves.map(({ label, values }) => [label, rounded(values)])).toEqual([
      ['first', ramp(93, 0)],
      ['second', ramp(93, 100)],
      ['third', ramp(93, 200)],
    ]);
    expect(curves[0]).toMatchObject({ streamId: 'XX.STA.00', startNs: START, sampleRateHz: 100 });
  });

  test('blinded ends are cut off the curve and leave holes where no other window answers', async () => {
    const { curves } = await run(three, { overlap: 0, blindingSamples: [5, 3] });
    const [curve] = curves;
    expect(curve?.startNs).toBe(START + 50_000_000n);
    // Windows at 0, 40 and flush with the end at 53.
    const expected = ramp(85, 5).map((v) => (v >= 37 && v < 45 ? NaN : v));
    expect([...(curve?.values ?? [])]).toEqual(expected);
  });

  test('what a network answers with NaN counts for nothing', async () => {
    const settings = { ...defaultSettings(SPEC), policy: 'seisbench', overlap: 0 } as const;
    const holed: Inference = async (input, windows, windowSamples) => {
      const answers = await echo(input, windows, windowSamples);
      answers[7] = NaN;
      return answers;
    };
    for (const stacking of ['avg', 'max'] as const) {
      const { curves } = await annotate(three, SPEC, { ...settings, stacking }, holed);
      expect(Number.isNaN(curves[0]?.values[7])).toBe(true);
      expect(curves[0]?.values[8]).toBe(8);
    }
  });

  test('locations and stretches come out apart, in order; batches span them', async () => {
    const traces = [
      trace('XX.B..HHZ', ramp(50), 200),
      trace('XX.B..HHZ', ramp(45), 0),
      trace('XX.A.10.HHZ', ramp(41)),
      trace('XX.A.00.HHZ', ramp(40)),
    ];
    const { curves, notes } = await run(traces, { batchSize: 5 });
    const firsts = curves.filter(({ label }) => label === 'first');
    expect(
      firsts.map(({ streamId, startNs, values }) => [streamId, startNs - START, values.length]),
    ).toEqual([
      ['XX.A.00', 0n, 40],
      ['XX.A.10', 0n, 41],
      ['XX.B.', 0n, 45],
      ['XX.B.', 2_000_000_000n, 50],
    ]);
    expect(notes).toEqual([]);
  });

  test('one answer a window: its own rate and start, no window flush with the end', async () => {
    const spec: RunnerSpec = {
      ...SPEC,
      labels: ['only'],
      output: { kind: 'point', labelSample: 20, strideSamples: 7 },
    };
    const settings = defaultSettings(spec);
    const firstOfEach: Inference = (input, windows) =>
      Promise.resolve(Float32Array.from({ length: windows }, (_, w) => input[w * 120] ?? NaN));
    const { curves } = await annotate(three, spec, settings, firstOfEach);
    expect(curves).toEqual([
      {
        streamId: 'XX.STA.00',
        label: 'only',
        startNs: START + 200_000_000n,
        sampleRateHz: 100 / 7,
        values: Float32Array.of(0, 7, 14, 21, 28, 35, 42, 49),
      },
    ]);
  });

  test('what gives nothing is told', async () => {
    const { curves, notes } = await run(
      [
        trace('XX.H..HDH', ramp(100)),
        trace('XX.S..HHZ', ramp(20)),
        trace('XX.S..HHZ', ramp(30), 50),
        trace('XX.V..HHZ', ramp(100)),
      ],
      { strict: true },
    );
    expect(curves).toEqual([]);
    const nowhere = 'nowhere all components (Z, N, E) have data';
    expect(notes).toEqual([
      { stream: 'XX.H..HDH', reason: "component H is none of the model's Z, N, E" },
      { stream: 'XX.H.', reason: nowhere },
      { stream: 'XX.S.', reason: nowhere },
      { stream: 'XX.V.', reason: nowhere },
    ]);
    const loose = await run([
      trace('XX.S..HHZ', ramp(20)),
      trace('XX.S..HHZ', ramp(30), 50),
      trace('XX.T..HHZ', []),
    ]);
    expect(loose.notes).toEqual([
      {
        stream: 'XX.S.',
        reason: '2 stretches of data, 0.50 s together, are shorter than a window of 0.40 s',
      },
      { stream: 'XX.T.', reason: 'no component of the model (Z, N, E) has data' },
    ]);
  });

  test('settings that no record could be run with are refused', async () => {
    await expect(run(three, { overlap: 40 })).rejects.toThrow(/overlap 40 is not usable/);
    await expect(run(three, { overlap: 2.5 })).rejects.toThrow(/overlap 2.5 is not usable/);
    await expect(run([], { blindingSamples: [20, 20] })).rejects.toThrow(/blind less/);
    await expect(run([], { batchSize: 0 })).rejects.toThrow(/a batch of 0 windows/);
    const point: RunnerSpec = {
      ...SPEC,
      output: { kind: 'point', labelSample: 20, strideSamples: 7 },
    };
    await expect(run(three, { strideSamples: 0 }, point)).rejects.toThrow(/stride of 0 samples/);
  });
});
