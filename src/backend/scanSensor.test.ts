import { afterAll, describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../base/time.ts';
import { formatNslc, parseNslc } from '../domain/waveform/nslc.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { nearestSample, sampleTime, type TraceSegment } from '../domain/waveform/traceSegment.ts';
import { locationPieces } from '../models/annotate/annotate.ts';
import { groupComponents } from '../models/grouping.ts';
import { joinParts, type KeptPart } from '../models/keptCurves/keptPart.ts';
import { prepareRecord } from '../models/recordPreparation.ts';
import type { RunnableModel } from '../models/registry.ts';
import { defaultSettings } from '../models/settings.ts';
import { phaseLabels } from '../models/spec.ts';
import { resampleTo } from '../signal/resample/resample.ts';
import { InferenceClient } from './inferenceClient.ts';
import { openModelRegistry } from './modelFiles.ts';
import { SensorScan } from './scanSensor.ts';
import { startInference } from './startInference.ts';

const client = new InferenceClient(startInference, 1);
afterAll(() => client.dispose());

const origin = epochNs(1_700_000_000_000_000_000n);
const EVENTS_S = [40.5, 119.9, 200.2, 290];

/** Noise with a P and, 4 s later, an S at each event; the same whatever the rate. */
function segment(channel: string, startS: number, endS: number, rateHz: number): TraceSegment {
  let state = channel.charCodeAt(2);
  const samples = Float64Array.from({ length: Math.round((endS - startS) * rateHz) }, (_, k) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    const t = startS + k / rateHz;
    let value = 20 * (state / 2 ** 31 - 0.5);
    for (const event of EVENTS_S) {
      const p = t - event;
      const s = p - 4;
      const vertical = channel.endsWith('Z');
      if (p > 0) value += (vertical ? 400 : 60) * Math.exp(-p) * Math.sin(2 * Math.PI * 8 * p);
      if (s > 0)
        value += (vertical ? 150 : 700) * Math.exp(-s / 1.5) * Math.sin(2 * Math.PI * 5 * s);
    }
    return value;
  });
  const stream = parseNslc(`XX.AAA..${channel}`);
  return { stream, startNs: addSeconds(origin, startS), sampleRateHz: rateHz, samples };
}

function inWindow(whole: TraceSegment, window: TimeWindow): TraceSegment[] {
  const from = Math.max(0, nearestSample(whole.startNs, window.startNs, whole.sampleRateHz));
  const to = nearestSample(whole.startNs, window.endNs, whole.sampleRateHz);
  if (to <= from || from >= whole.samples.length) return [];
  const startNs = sampleTime(whole.startNs, from, whole.sampleRateHz);
  return [{ ...whole, startNs, samples: whole.samples.subarray(from, to) }];
}

interface Scanned {
  readonly picks: readonly string[];
  readonly times: readonly number[];
  readonly skipped: readonly string[];
  /** One for each stretch and label. */
  readonly curves: readonly { label: string; sampleRateHz: number; values: number[] }[];
}

async function scan(
  segments: readonly TraceSegment[],
  blockS: number,
  endS = 330,
): Promise<Scanned> {
  const model: RunnableModel = await openModelRegistry().open('onset-1');
  const streams = [...new Map(segments.map(({ stream }) => [formatNslc(stream), stream])).values()];
  const sensor = groupComponents(streams, model.spec.components).sensors[0]!;
  const window = { startNs: origin, endNs: addSeconds(origin, endS) };
  const settings = defaultSettings(model.spec);
  const parts: KeptPart[] = [];
  const result = await new SensorScan(
    {
      inference: client,
      readSegments: (keys, wanted) =>
        Promise.resolve(
          new Map(
            keys.map((key) => [
              key,
              segments
                .filter(({ stream }) => formatNslc(stream) === key)
                .flatMap((s) => inWindow(s, wanted)),
            ]),
          ),
        ),
      resample: (samples, from, to) => Promise.resolve(resampleTo(samples, from, to)),
      prepareRecord: (samples, rate, preparation) =>
        Promise.resolve(prepareRecord(samples, rate, preparation)),
      cutLocation: (streamId, traces, spec, given) =>
        Promise.resolve(locationPieces(streamId, traces, spec, given)),
      keepHour: (_, ofHour) => {
        parts.push(...ofHour);
        return Promise.resolve();
      },
      onWindows: () => undefined,
    },
    { model, settings, labels: phaseLabels(model.spec), keptFrom: 0 },
    { sensor, window, expectedWindows: 1, blockS },
    new AbortController().signal,
  ).run();
  const times = result.picks.map(({ content: { time } }) => Number(time - origin) / 1e9);
  return {
    picks: result.picks.map(
      ({ content: { phase, stream } }, i) => `${phase} ${stream.channel} ${times[i]!.toFixed(2)}`,
    ),
    times,
    skipped: result.skipped.map(({ reason }) => reason),
    curves: [...Map.groupBy(parts, (part) => `${part.stretchStartNs} ${part.label}`).values()].map(
      (ofStretch) => ({ ...ofStretch[0]!, values: [...joinParts(ofStretch).values] }),
    ),
  };
}

const channels = ['HHE', 'HHN', 'HHZ'];
const whole = channels.map((channel) => segment(channel, 0, 330, 100));

function joined(curves: Scanned['curves'], phase: string): number[] {
  return curves.filter(({ label }) => label === phase).flatMap(({ values }) => values);
}

describe('a sensor through the model', () => {
  test('finds P on the vertical and S on a horizontal, near the onsets', async () => {
    const { picks, times } = await scan(whole, 1e6);
    expect(picks.map((pick) => pick.slice(0, 5))).toEqual(
      EVENTS_S.flatMap(() => ['P HHZ', 'S HHN']),
    );
    EVENTS_S.forEach((event, i) => {
      expect(Math.abs(times[2 * i]! - event)).toBeLessThan(0.1);
      expect(Math.abs(times[2 * i + 1]! - event - 4)).toBeLessThan(0.2);
    });
  });

  test('blocks change nothing: same picks, same curve', async () => {
    const unblocked = await scan(whole, 1e6);
    for (const blockS of [120, 70.37]) {
      const blocked = await scan(whole, blockS);
      expect(blocked.picks).toEqual(unblocked.picks);
      const [a, b] = [joined(unblocked.curves, 'P'), joined(blocked.curves, 'P')];
      expect(b.length).toBe(a.length);
      expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-5);
    }
  });

  test('a stretch that begins inside a block keeps its window grid in the next', async () => {
    const late = channels.map((channel) => segment(channel, 23.4, 330, 100));
    const unblocked = await scan(late, 1e6);
    const blocked = await scan(late, 100);
    const [a, b] = [joined(unblocked.curves, 'S'), joined(blocked.curves, 'S')];
    expect(b.length).toBe(a.length);
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-5);
  });

  test('gaps are never crossed and short stretches are named', async () => {
    const pieces = channels.flatMap((channel) => [
      segment(channel, 0, 100, 100),
      segment(channel, 110, 130, 100),
      segment(channel, 150, 330, 100),
    ]);
    const { picks, skipped, curves } = await scan(pieces, 1e6);
    expect(skipped).toEqual(["20.0 s between gaps is shorter than the model's window of 30 s"]);
    expect(picks).toHaveLength(6);
    expect(curves.filter(({ label }) => label === 'P').map(({ values }) => values.length)).toEqual([
      10_000, 18_000,
    ]);
  });

  test('a horizontal that comes late does not cost the vertical its picks', async () => {
    const pieces = [segment('HHZ', 0, 330, 100), segment('HHN', 100, 330, 100)];
    const { picks } = await scan(pieces, 1e6);
    expect(picks.filter((pick) => pick.startsWith('P'))).toHaveLength(EVENTS_S.length);
  });

  test.each([40, 50, 200, 99.999])('%d Hz gives the same onsets', async (rateHz) => {
    const other = channels.map((channel) => segment(channel, 0, 330, rateHz));
    const { times, curves } = await scan(other, 150);
    expect(times).toHaveLength(2 * EVENTS_S.length);
    EVENTS_S.forEach((event, i) => expect(Math.abs(times[2 * i]! - event)).toBeLessThan(0.15));
    expect(curves[0]?.sampleRateHz).toBe(rateHz === 99.999 ? 99.999 : 100);
  });

  test('a dead channel gives no pick', async () => {
    const dead = channels.map((channel) => ({
      ...segment(channel, 0, 100, 100),
      samples: new Int32Array(10_000).fill(-7),
    }));
    expect((await scan(dead, 1e6, 100)).picks).toEqual([]);
  });
});
