import { expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../domain/waveform/traceWindow.ts';
import { defaultSettings } from '../../models/settings.ts';
import { openModelRegistry } from '../modelFiles.ts';
import { planScan } from './scanPlan.ts';

const origin = epochNs(1_700_000_000_000_000_000n);
const span = (fromS: number, toS: number): TimeWindow => ({
  startNs: addSeconds(origin, fromS),
  endNs: addSeconds(origin, toS),
});
const info = (
  streamKey: string,
  window: TimeWindow,
  sampleRateHz = 100,
  gaps: TimeWindow[] = [],
): StreamInfo => ({ streamKey, sampleRateHz, ...window, gaps, sampleCount: 1 });

const { spec } = await openModelRegistry().open('onset-1');
const settings = defaultSettings(spec);

const streams = [
  info('XX.AAA..HHZ', span(0, 3600), 100, [span(600, 1200)]),
  info('XX.AAA..HHN', span(60, 3600)),
  info('XX.BBB..BHZ', span(0, 100), 40),
  info('XX.AAA..LHZ', span(0, 3600), 1),
  info('XX.AAA..LOG', span(0, 3600), 0),
  info('XX.AAA..HDF', span(0, 3600)),
];

test('everything open becomes sensors over their own span; the rest is named with a reason', () => {
  const plan = planScan(spec, settings, streams, undefined, undefined);
  expect(
    plan.sensors.map(({ sensor, window, expectedWindows }) => [
      sensor.sensorKey,
      sensor.channels.map(({ component }) => component).join(''),
      window,
      expectedWindows,
    ]),
  ).toEqual([
    ['XX.AAA..HH', 'ZN', span(0, 3600), 236],
    ['XX.BBB..BH', 'Z', span(0, 100), 7],
  ]);
  expect(plan.skipped).toEqual([
    { stream: 'XX.AAA..LHZ', reason: 'recorded at 1 Hz; picking needs at least 10 Hz' },
    { stream: 'XX.AAA..LOG', reason: 'not a waveform: it has no sample rate' },
    { stream: 'XX.AAA..HDF', reason: 'channel HDF is not a component of ground motion' },
  ]);
});

test('SeisBench resamples whatever has a rate', () => {
  const plan = planScan(spec, { ...settings, policy: 'seisbench' }, streams, undefined, undefined);
  expect(plan.sensors[0]!.sensor.channels.map(({ stream }) => stream.channel)).toContain('LHZ');
  expect(plan.skipped.map(({ stream }) => stream)).toEqual(['XX.AAA..LOG', 'XX.AAA..HDF']);
});

test('under seisbench what is resampled is read whole, or the run says that it is not', () => {
  const day = [info('XX.BBB..BHZ', span(0, 86_400), 40), info('XX.AAA..HHZ', span(0, 86_400))];
  const year = [info('XX.BBB..BHZ', span(0, 365 * 86_400), 40)];
  const seisbench = { ...settings, policy: 'seisbench' } as const;
  const wholeOf = (streams: StreamInfo[], how: RunSettings): unknown[] => {
    const { sensors, notes } = planScan(spec, how, streams, undefined, undefined);
    return [sensors.map(({ whole }) => whole), notes.map(({ reason }) => reason)];
  };
  const words = 'resampled from 40 to 100 Hz';
  expect(wholeOf(day, settings)).toEqual([[undefined, undefined], [words]]);
  expect(wholeOf(day, seisbench)).toEqual([[undefined, true], [words]]);
  expect(wholeOf(year, settings)).toEqual([[undefined], [words]]);
  expect(wholeOf(year, seisbench)).toEqual([
    [undefined],
    [expect.stringMatching(/^resampled from 40 to 100 Hz, in blocks of 3 h.* day by day/)],
  ]);
});

test('under seisbench a network that answers in steps reads records whole', () => {
  const output = { kind: 'samples', overlap: 0, steps: 19 } as const;
  const wholeOf = (policy: RunSettings['policy']): unknown[] =>
    planScan(
      { ...spec, output },
      { ...settings, policy },
      streams,
      undefined,
      undefined,
    ).sensors.map(({ whole }) => whole);
  expect(new Set(wholeOf('seisbench'))).toEqual(new Set([true]));
  expect(new Set(wholeOf('onset'))).toEqual(new Set([undefined]));
  const year = [info('XX.BBB..BHZ', span(0, 365 * 86_400), 40)];
  const how = { ...settings, policy: 'seisbench' } as const;
  const { notes } = planScan({ ...spec, output }, how, year, undefined, undefined);
  expect(notes.map(({ reason }) => reason)).toEqual(['resampled from 40 to 100 Hz']);
});

test('only the streams asked for, in the window asked for', () => {
  const plan = planScan(
    spec,
    settings,
    streams,
    ['XX.AAA.--.HHZ', 'XX.CCC..HHZ'],
    span(1000, 9000),
  );
  expect(plan.sensors).toHaveLength(1);
  expect(plan.sensors[0]).toMatchObject({ window: span(1000, 3600), expectedWindows: 160 });
  expect(plan.skipped).toEqual([{ stream: 'XX.CCC..HHZ', reason: 'no such stream is open' }]);
});

test('a sensor without data in the window is skipped with that reason', () => {
  const plan = planScan(spec, settings, streams, undefined, span(200, 300));
  expect(plan.sensors.map(({ sensor }) => sensor.sensorKey)).toEqual(['XX.AAA..HH']);
  expect(plan.skipped).toContainEqual({
    stream: 'XX.BBB..BH',
    reason: 'no data in the window of the run',
  });
});
