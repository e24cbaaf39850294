// A synthetic station through a model, with the real parts and no files.

import { addSeconds, epochNs } from '../src/base/time.ts';
import { formatNslc, parseNslc } from '../src/domain/waveform/nslc.ts';
import type { TimeWindow } from '../src/domain/waveform/timeWindow.ts';
import {
  nearestSample,
  sampleTime,
  type TraceSegment,
} from '../src/domain/waveform/traceSegment.ts';
import { locationPieces } from '../src/models/annotate/annotate.ts';
import type { RunSettings } from '../src/domain/event/runSettings.ts';
import { groupComponents, groupLocations } from '../src/models/grouping.ts';
import { joinParts, type KeptPart } from '../src/models/keptCurves/keptPart.ts';
import { prepareRecord } from '../src/models/recordPreparation.ts';
import type { RunnableModel } from '../src/models/registry.ts';
import { scaleRows } from '../src/models/runningScale.ts';
import { mergeSettings } from '../src/models/settings.ts';
import { phaseLabels } from '../src/models/spec.ts';
import { resampleTo } from '../src/signal/resample/resample.ts';
import { InferenceClient } from '../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../src/backend/modelFiles.ts';
import { readsWhole } from '../src/backend/scan/scanPlan.ts';
import { SensorScan } from '../src/backend/scan/scanSensor.ts';
import { startInference } from '../src/backend/inference/startInference.ts';

export const client = new InferenceClient(startInference, 1);

export const origin = epochNs(1_700_000_000_000_000_000n);
export const EVENTS_S = [40.5, 119.9, 200.2, 290];

/** Noise with a P and, 4 s later, an S at each event; the same whatever the rate. */
export function segment(
  channel: string,
  startS: number,
  endS: number,
  rateHz: number,
): TraceSegment {
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

export interface Scanned {
  readonly picks: readonly string[];
  readonly times: readonly number[];
  readonly skipped: readonly string[];
  readonly notes: readonly string[];
  /** Of each pick. */
  readonly warnings: readonly (readonly string[])[];
  /** One for each stretch and label. */
  readonly curves: readonly { label: string; sampleRateHz: number; values: number[] }[];
}

export async function scan(
  segments: readonly TraceSegment[],
  blockS: number,
  endS = 330,
  change: Partial<RunSettings> = {},
): Promise<Scanned> {
  const model: RunnableModel = await openModelRegistry().open('onset-1');
  const streams = [...new Map(segments.map(({ stream }) => [formatNslc(stream), stream])).values()];
  const group = change.policy === 'seisbench' ? groupLocations : groupComponents;
  const sensor = group(streams, model.spec.components, true).sensors[0]!;
  const window = { startNs: origin, endNs: addSeconds(origin, endS) };
  const settings = mergeSettings(model.spec, change);
  const parts: KeptPart[] = [];
  const whole = segments.some((each) =>
    readsWhole(model.spec, settings, each.sampleRateHz, window),
  );
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
      scaleRows: (rows, scale) => Promise.resolve(scaleRows(rows, scale)),
      cutLocation: (streamId, traces, spec, given) =>
        Promise.resolve(locationPieces(streamId, traces, spec, given)),
      keepHour: (_, ofHour) => {
        parts.push(...ofHour);
        return Promise.resolve();
      },
      onWindows: () => undefined,
    },
    { model, settings, labels: phaseLabels(model.spec), keptFrom: 0 },
    { sensor, window, expectedWindows: 1, blockS, whole },
    new AbortController().signal,
  ).run();
  const times = result.picks.map(({ content: { time } }) => Number(time - origin) / 1e9);
  return {
    picks: result.picks.map(
      ({ content: { phase, stream } }, i) => `${phase} ${stream.channel} ${times[i]!.toFixed(2)}`,
    ),
    times,
    skipped: result.skipped.map(({ reason }) => reason),
    notes: result.notes.map(({ stream, reason }) => `${stream}: ${reason}`),
    warnings: result.picks.map(({ warnings }) => warnings),
    curves: [...Map.groupBy(parts, (part) => `${part.stretchStartNs} ${part.label}`).values()].map(
      (ofStretch) => ({ ...ofStretch[0]!, values: [...joinParts(ofStretch).values] }),
    ),
  };
}

export function joined(curves: Scanned['curves'], phase: string): number[] {
  return curves.filter(({ label }) => label === phase).flatMap(({ values }) => values);
}
