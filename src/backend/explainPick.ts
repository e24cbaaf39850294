// What is known of a run at a sensor and time, gathered for `Why is there no pick?`.

import type { EpochNs } from '../base/time.ts';
import { nsToSeconds, secondsToNs, epochNs } from '../base/time.ts';
import type { ModelRun, SkippedStream } from '../domain/event/modelRun.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { contains } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import type { SensorGroup } from '../models/grouping.ts';
import { joinParts, type KeptPart } from '../models/keptCurves/keptPart.ts';
import { windowLength } from '../models/settings.ts';
import type { ModelSpec } from '../models/spec.ts';
import type { Situation } from '../models/whyNot/whyNot.ts';
import { ruleOnCurve } from '../models/pickRules/ruleOnCurve.ts';
import type { CurveStore } from './curves/curveStore.ts';

/** How much of the curves is looked at on each side, besides what the rule asks for. */
const AROUND_S = 30;

export interface Question {
  readonly run: ModelRun;
  readonly spec: ModelSpec;
  /** The sensor as the run groups it; undefined when none of it is among the open streams. */
  readonly sensor: SensorGroup | undefined;
  readonly sensorKey: string;
  readonly streams: readonly StreamInfo[];
  /** What is wrong with the records at the time. */
  readonly spots: readonly string[];
  readonly finished: boolean;
  readonly time: EpochNs;
  readonly phase: string;
}

export async function situationOf(store: CurveStore, question: Question): Promise<Situation> {
  const { run, spec, sensor, streams, time, phase, finished } = question;
  const { settings, window } = run.parameters;
  const own = (notes: readonly SkippedStream[]): string[] =>
    notes.filter(({ stream }) => isOf(stream, question.sensorKey)).map(({ reason }) => reason);
  const skipped = own(run.skipped);
  if (!finished && skipped.length === 0) {
    skipped.push(
      run.state === 'running'
        ? 'it has not come to it yet'
        : 'it was not among its stations, or the run ended before it',
    );
  }
  return {
    phase,
    // Curves are looked at as they were picked: some have fewer values than samples.
    settings: { ...settings, pickRule: ruleOnCurve(settings.pickRule, settings.strideSamples) },
    windowSamples: windowLength(spec, settings),
    modelRateHz: spec.samplingRateHz,
    labelSample: spec.output.kind === 'point' ? spec.output.labelSample : undefined,
    components: spec.components,
    skipped,
    notes: own(run.notes),
    spots: question.spots,
    insideRun: window === undefined || contains(window, time),
    data: (sensor?.channels ?? []).map(({ component, stream }) => {
      const info = streams.find(({ streamKey }) => streamKey === formatNslc(stream));
      return { component, span: info && spanAround(info, time) };
    }),
    curves: await curvesAround(store, question),
  };
}

/** A note of the sensor, of one of its streams, or of its location. */
function isOf(stream: string, sensorKey: string): boolean {
  return stream.startsWith(sensorKey) || sensorKey.startsWith(`${stream}.`);
}

/** The gap-free data that holds the time, in seconds from it. */
function spanAround(
  { startNs, endNs, gaps }: StreamInfo,
  time: EpochNs,
): { fromS: number; toS: number } | undefined {
  if (time < startNs || time >= endNs) return undefined;
  if (gaps.some((gap) => contains(gap, time))) return undefined;
  const before = gaps.filter((gap) => gap.endNs <= time).map((gap) => gap.endNs);
  const after = gaps.filter((gap) => gap.startNs > time).map((gap) => gap.startNs);
  const from = before.reduce((a, b) => (a > b ? a : b), startNs);
  const to = after.reduce((a, b) => (a < b ? a : b), endNs);
  return { fromS: nsToSeconds(from - time), toS: nsToSeconds(to - time) };
}

async function curvesAround(
  store: CurveStore,
  { run, spec, sensorKey, time }: Question,
): Promise<Situation['curves']> {
  const { pickRule } = run.parameters.settings;
  const distance = pickRule.kind === 'trigger' ? 0 : pickRule.minimumDistanceSamples;
  const reach = secondsToNs(AROUND_S + (2 * distance) / spec.samplingRateHz);
  const window = { startNs: epochNs(time - reach), endNs: epochNs(time + reach) };
  const { parts } = await store.read(run, sensorKey, window);
  const holds = ({ stretchStartNs, sampleRateHz, from, to }: KeptPart): boolean => {
    const sample = (Number(time - stretchStartNs) * sampleRateHz) / 1e9;
    return sample >= from - 0.5 && sample < to + 0.5;
  };
  const here = parts.find(holds);
  if (!here) return undefined;
  const { stretchStartNs, sampleRateHz, levels } = here;
  const stretch = parts.filter(
    (part) => part.stretchStartNs === stretchStartNs && part.sampleRateHz === sampleRateHz,
  );
  const byLabel = Object.fromEntries(
    [...Map.groupBy(stretch, ({ label }) => label)].map(([label, own]) => [label, joinParts(own)]),
  );
  const sample = (Number(time - stretchStartNs) * sampleRateHz) / 1e9;
  return { byLabel, sampleRateHz, sample, floor: levels.floor };
}
