// What the onset policy does otherwise than SeisBench, each for itself.

import { describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { locationPieces } from '../../models/annotate/annotate.ts';
import { groupComponents, groupLocations } from '../../models/grouping.ts';
import { prepareRecord } from '../../models/recordPreparation.ts';
import { defaultSettings } from '../../models/settings.ts';
import type { RunnerSpec } from '../../models/spec.ts';
import { resampleTo } from '../../signal/resample/resample.ts';
import { openModelRegistry } from '../modelFiles.ts';
import { type PreparedStretch, StretchReader, type StretchTools } from './scanStretches.ts';

const origin = epochNs(1_700_000_000_000_000_000n);
const { spec } = await openModelRegistry().open('onset-1');

function trace(
  channel: string,
  startS: number,
  count: number,
  valueAt: (seconds: number, sample: number) => number,
  sampleRateHz = 100,
): TraceSegment {
  const samples = Float64Array.from({ length: count }, (_, k) => valueAt(k / sampleRateHz, k));
  const stream = parseNslc(`XX.AAA..${channel}`);
  return { stream, startNs: addSeconds(origin, startS), sampleRateHz, samples };
}

async function prepared(
  traces: readonly TraceSegment[],
  change: Partial<RunSettings> = {},
  changedSpec: Partial<RunnerSpec> = {},
): Promise<{ stretches: PreparedStretch[]; notes: string[]; done: string[] }> {
  const done: string[] = [];
  const own = { ...spec, ...changedSpec };
  const settings = { ...defaultSettings(own), ...change };
  const byKey = Map.groupBy(traces, ({ stream }) => formatNslc(stream));
  const tools: StretchTools = {
    readSegments: () => Promise.resolve(byKey),
    resample: (samples, from, to) => {
      done.push(`resample ${from} to ${to}`);
      return Promise.resolve(resampleTo(samples, from, to));
    },
    prepareRecord: (samples, rate, preparation) => {
      done.push(`filter at ${rate}`);
      return Promise.resolve(prepareRecord(samples, rate, preparation));
    },
    scaleRows: (rows) => Promise.resolve(rows),
    cutLocation: (id, all, of, given) => Promise.resolve(locationPieces(id, all, of, given)),
  };
  const streams = [...byKey.keys()].map(parseNslc);
  const group = settings.policy === 'seisbench' ? groupLocations : groupComponents;
  const sensor = group(streams, own.components, true).sensors[0]!;
  const signal = new AbortController().signal;
  const reader = new StretchReader(tools, own, settings, sensor, signal);
  const core = { startNs: addSeconds(origin, -10), endNs: addSeconds(origin, 1e5) };
  const segments = await reader.read(core);
  const stretches = await reader.prepare({ segments, core, read: core });
  return { stretches, notes: reader.notes().map(({ reason }) => reason), done };
}

const rms = (values: ArrayLike<number>, from: number, to: number): number => {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += values[i]! ** 2;
  return Math.sqrt(sum / (to - from));
};
const tone = (hz: number) => (t: number) => Math.sin(2 * Math.PI * hz * t);

describe('the onset policy', () => {
  test('sensors are told apart by band and instrument code; SeisBench puts them into one', () => {
    const streams = ['HHZ', 'HHN', 'ENZ', 'ENN'].map((each) => parseNslc(`XX.AAA..${each}`));
    const keys = (group: typeof groupLocations): string[] =>
      group(streams, ['Z', 'N', 'E'], true).sensors.map(({ sensorKey }) => sensorKey);
    expect(keys(groupComponents)).toEqual(['XX.AAA..EN', 'XX.AAA..HH']);
    expect(keys(groupLocations)).toEqual(['XX.AAA..']);
  });

  test('a component 0.29 s late lies 29 samples in, although 0.29 · 100 is 28.999… in floating point', async () => {
    const z = trace('HHZ', 0, 6000, (_, k) => k);
    const n = trace('HHN', 0.29, 6000, (_, k) => k);
    const { stretches } = await prepared([z, n]);
    const both = stretches.find(({ inputs }) => inputs[1] !== undefined)!;
    expect([both.inputs[0]![0], both.inputs[1]![0]]).toEqual([29, 0]);
  });

  test('samples that are no numbers are a gap, and told', async () => {
    const z = trace('HHZ', 0, 16_000, (_, k) => (k === 8000 ? NaN : k));
    const { stretches, notes } = await prepared([z]);
    expect(stretches.map(({ length, inputs }) => [inputs[0]![0], length])).toEqual([
      [0, 8000],
      [8001, 7999],
    ]);
    expect(notes).toContain(
      'holds samples that are no numbers (NaN or infinite); they were left out, as gaps are',
    );
  });

  test('of records that disagree only the part that does is left out; SeisBench leaves out all of both', async () => {
    const first = trace('HHZ', 0, 8000, (_, k) => k);
    const second = trace('HHZ', 50, 9000, (_, k) => (k >= 1000 && k < 1200 ? -1 : 5000 + k));
    const { stretches, notes } = await prepared([first, second]);
    expect(stretches.map(({ length, inputs }) => [inputs[0]![0], length])).toEqual([
      [0, 6000],
      [6200, 7800],
    ]);
    expect(notes).toContain(
      'records of the same time disagree in 1 span, 2.00 s together; these samples were left out',
    );
    const seisbench = await prepared([first, second], { policy: 'seisbench' });
    expect(seisbench.stretches).toEqual([]);
    expect(seisbench.notes).toContain(
      'records of the same time disagree; all of them are left out',
    );
  });

  test.each([200, 250, 125])(
    '%d Hz: what 100 Hz cannot hold is gone, what it can is left',
    async (rateHz) => {
      const high = await prepared([trace('HHZ', 0, 60 * rateHz, tone(58), rateHz)]);
      const low = await prepared([trace('HHZ', 0, 60 * rateHz, tone(20), rateHz)]);
      const row = ({ stretches }: typeof high) => stretches[0]!.inputs[0]!;
      expect(rms(row(high), 500, 5500)).toBeLessThan(2e-3);
      expect(rms(row(low), 500, 5500)).toBeCloseTo(Math.SQRT1_2, 2);
      expect(high.stretches[0]!.warnings).toContain(`resampled from ${rateHz} Hz`);
    },
  );

  test('records are filtered before they are resampled, or after, as the model says', async () => {
    const filter = { lowHz: 1, highHz: undefined, corners: 2, zeroPhase: false };
    const given = [trace('HHZ', 0, 12_000, tone(5), 200)];
    expect((await prepared(given, { filter })).done).toEqual([
      'filter at 200',
      'resample 200 to 100',
    ]);
    const after = await prepared(given, { filter }, { filterBeforeResampling: false });
    expect(after.done).toEqual(['resample 200 to 100', 'filter at 100']);
  });

  test('a filter that does not fit the rate costs the stream, with the reason', async () => {
    const filter = { lowHz: 30, highHz: undefined, corners: 2, zeroPhase: false };
    const given = [trace('HHZ', 0, 6000, tone(5)), trace('HHN', 0, 2400, tone(5), 40)];
    const { stretches, notes } = await prepared(given, { filter });
    expect(stretches.map(({ inputs }) => inputs.map((row) => row !== undefined))).toEqual([
      [true, false, false],
    ]);
    expect(notes[0]).toMatch(/left out: nothing is left above 30 Hz/);
  });
});
