import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { parseNslc } from '../../domain/waveform/nslc.ts';
import type { Samples, TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { defaultSettings } from '../settings.ts';
import { MISSING_AS_ZEROS, type RunnerSpec } from '../spec.ts';
import { cutPieces } from './pieces.ts';
import { joinTraces, prepareTraces } from './traces.ts';

const SPEC: RunnerSpec = {
  id: 'any',
  samplingRateHz: 100,
  windowSamples: 10,
  components: ['Z', 'N', 'E'],
  labels: ['P'],
  filter: undefined,
  detrendRecords: false,
  filterBeforeResampling: true,
  anyLength: false,
  missingComponents: MISSING_AS_ZEROS,
  preparation: { demean: false, detrend: false, scale: undefined, taperSamples: 0 },
  output: { kind: 'samples', overlap: 0 },
  stacking: 'avg',
  blindingSamples: [0, 0],
  thresholds: {},
  pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
  batchSize: 8,
  presets: {},
};
const SETTINGS = defaultSettings(SPEC);
const START = 1_700_000_000_000_000_000n;

function trace(channel: string, samples: Samples, atMs: number, rateHz = 100): TraceSegment {
  const startNs = epochNs(START + BigInt(Math.round(atMs * 1e6)));
  return { stream: parseNslc(`XX.STA..${channel}`), startNs, sampleRateHz: rateHz, samples };
}

const counts = (from: number, length: number): Int32Array =>
  Int32Array.from({ length }, (_, i) => from + i);

describe('joinTraces', () => {
  const lengths = (traces: readonly TraceSegment[]): number[] =>
    joinTraces(traces).map(({ samples }) => samples.length);

  test('joins what follows within 1 % of a sample, in any order', () => {
    const parts = [
      trace('HHZ', counts(20, 10), 200.05),
      trace('HHZ', counts(0, 10), 0),
      trace('HHZ', counts(10, 10), 100),
    ];
    expect(joinTraces(parts).map(({ samples }) => samples)).toEqual([counts(0, 30)]);
    expect(lengths([trace('HHZ', counts(0, 10), 0), trace('HHZ', counts(10, 5), 103)])).toEqual([
      10, 5,
    ]);
    expect(lengths([trace('HHZ', counts(0, 10), 0), trace('HHZ', counts(11, 5), 110)])).toEqual([
      10, 5,
    ]);
    const rates = [trace('HHZ', counts(0, 10), 0), trace('HHZ', counts(10, 5), 100, 50)];
    expect(lengths(rates)).toEqual([10, 5]);
  });

  test('joins what repeats the same samples, also inside, and over several parts', () => {
    const parts = [
      trace('HHZ', counts(0, 10), 0),
      trace('HHZ', counts(10, 10), 100),
      trace('HHZ', counts(5, 20), 50),
      trace('HHZ', counts(12, 3), 120),
    ];
    expect(joinTraces(parts).map(({ samples }) => samples)).toEqual([counts(0, 25)]);
  });

  test('keeps float and integer parts as numbers that hold both', () => {
    const floats = Float32Array.of(1.5, 2.5);
    expect(joinTraces([trace('HHZ', floats, 0), trace('HHZ', floats, 20)])[0]?.samples).toEqual(
      Float32Array.of(1.5, 2.5, 1.5, 2.5),
    );
    expect(
      joinTraces([trace('HHZ', floats, 0), trace('HHZ', counts(7, 2), 20)])[0]?.samples,
    ).toEqual(Float64Array.of(1.5, 2.5, 7, 8));
  });
});

describe('prepareTraces', () => {
  test('leaves out all records that disagree, and only those', () => {
    const traces = [
      trace('HHZ', counts(0, 30), 0),
      trace('HHZ', counts(99, 5), 50),
      trace('HHZ', counts(50, 30), 200),
      trace('HHZ', counts(0, 10), 1000),
      trace('HHN', counts(0, 30), 0),
    ];
    const { traces: kept, notes } = prepareTraces(traces, SPEC, SETTINGS);
    expect(kept.map(({ stream, startNs }) => [stream.channel, startNs - START])).toEqual([
      ['HHN', 0n],
      ['HHZ', 1_000_000_000n],
    ]);
    expect(notes).toHaveLength(3);
    expect(notes[0]?.reason).toContain('disagree');
  });

  test('samples that are no numbers are told', () => {
    const broken = Float32Array.from({ length: 30 }, (_, i) => (i === 7 ? NaN : i));
    const { notes } = prepareTraces(
      [trace('HHZ', broken, 0), trace('HHN', counts(0, 30), 0)],
      SPEC,
      SETTINGS,
    );
    expect(notes).toEqual([
      { stream: 'XX.STA..HHZ', reason: expect.stringContaining('no numbers') as string },
    ]);
  });

  test('a rate below twice the low corner leaves the trace out and says so', () => {
    const filter = { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true };
    const traces = [trace('LHZ', counts(0, 30), 0, 1), trace('HHZ', counts(0, 30), 0)];
    const { traces: kept, notes } = prepareTraces(traces, SPEC, { ...SETTINGS, filter });
    expect(kept.map(({ stream }) => stream.channel)).toEqual(['HHZ']);
    expect(notes).toEqual([
      { stream: 'XX.STA..LHZ', reason: expect.stringContaining('1 Hz') as string },
    ]);
  });

  test('never changes the samples it was given', () => {
    const filter = { lowHz: 1, highHz: undefined, corners: 4, zeroPhase: false };
    for (const rateHz of [100, 200, 40]) {
      const given = Float64Array.from(counts(3, 50));
      const [made] = prepareTraces([trace('HHZ', given, 0, rateHz)], SPEC, {
        ...SETTINGS,
        filter,
      }).traces;
      expect(given).toEqual(Float64Array.from(counts(3, 50)));
      expect(made?.samples.length).toBe((50 * 100) / rateHz);
    }
  });
});

describe('cutPieces', () => {
  const cut = (traces: readonly TraceSegment[], changes = {}) =>
    cutPieces('XX.STA.', joinTraces(traces), SPEC, { ...SETTINGS, ...changes });

  test('rounds starts to whole samples and gives the mean distance back to the start', () => {
    const { pieces } = cut([
      trace('HHZ', counts(1, 40), 3),
      trace('HHN', counts(1, 20), -1),
      trace('HHE', counts(1, 20), 296),
    ]);
    const [piece] = pieces;
    expect(pieces).toHaveLength(1);
    // Shifts of 3, −1 and −4 ms; the last component lies 30 samples later.
    expect(Number((piece?.startNs ?? 0n) - START)).toBeCloseTo(-2e6 / 3, -1);
    expect(piece?.samples).toBe(50);
    expect(piece?.rows.map((row) => row.findIndex((v) => v === 1))).toEqual([0, 0, 30]);
    expect(piece?.rows[2]?.subarray(0, 30).every((v) => v === 0)).toBe(true);
  });

  test('strict pieces lie where all components have data', () => {
    const traces = [
      trace('HHZ', counts(1, 100), 0),
      trace('HH1', counts(1, 60), 100),
      trace('HH2', counts(1, 20), 0),
      trace('HH2', counts(1, 60), 300),
    ];
    const spans = (changes: object) =>
      cut(traces, changes).pieces.map(({ startNs, samples }) => [
        Number(startNs - START) / 1e7,
        samples,
      ]);
    expect(spans({})).toEqual([[0, 100]]);
    expect(spans({ strict: true })).toEqual([
      [10, 10],
      [30, 40],
    ]);
    expect(spans({ strict: true, flexibleHorizontals: false })).toEqual([]);
  });

  test('of two channels for one component the later name wins, and it is told', () => {
    const { pieces, notes } = cut([
      trace('HN1', new Int32Array(20).fill(5), 0),
      trace('EHN', new Int32Array(20).fill(9), 0),
    ]);
    expect(pieces[0]?.rows[1]?.[0]).toBe(5);
    expect(notes).toEqual([
      {
        stream: 'XX.STA.',
        reason: 'EHN, HN1 stand for the same component; where both have data the last one is used',
      },
    ]);
  });
});
