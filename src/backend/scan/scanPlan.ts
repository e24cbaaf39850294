// What a run will look at: which sensors, over which span, and what is left out from the start.

import { createHash } from 'node:crypto';
import { maxTime, minTime, nsToSeconds } from '../../base/time.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import { intersect, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../domain/waveform/traceWindow.ts';
import { groupComponents, groupLocations, type SensorGroup } from '../../models/grouping.ts';
import { hopSamples } from '../../models/settings.ts';
import type { RunnerSpec } from '../../models/spec.ts';
import { stepsOf } from '../../models/windowing.ts';
import type { SensorPlan } from './scanSensor.ts';

/** Below this, onsets of local and regional events are not in the data. SeisBench resamples whatever it is given. */
const LOWEST_RATE_HZ = 10;

/** So much of a channel is resampled as a whole: a day at 100 Hz. */
const MOST_WHOLE_SAMPLES = 8_640_000;

export interface ScanPlan {
  readonly sensors: readonly SensorPlan[];
  readonly skipped: readonly SkippedStream[];
  /** What is picked, but not as the model would have it. */
  readonly notes: readonly SkippedStream[];
}

/** Groups the streams asked for (all when undefined) by the policy of the run and clips them to the window. */
export function planScan(
  spec: RunnerSpec,
  settings: RunSettings,
  streams: readonly StreamInfo[],
  streamKeys: readonly string[] | undefined,
  window: TimeWindow | undefined,
): ScanPlan {
  const lowestHz = settings.policy === 'seisbench' ? Number.MIN_VALUE : LOWEST_RATE_HZ;
  const { usable, skipped } = usableStreams(streams, streamKeys, lowestHz);
  const group = settings.policy === 'seisbench' ? groupLocations : groupComponents;
  const codes = [...usable.keys()].map(parseNslc);
  const { sensors, left } = group(codes, spec.components, settings.flexibleHorizontals);
  skipped.push(...left);
  const plans: SensorPlan[] = [];
  const notes: SkippedStream[] = [];
  for (const sensor of sensors) {
    const infos = sensor.channels.flatMap(({ stream }) => usable.get(formatNslc(stream)) ?? []);
    const absent = absentComponents(spec, sensor);
    const plan = planSensor(spec, settings, sensor, infos, window);
    if (settings.strict && absent.length > 0) {
      const reason = `strict: ${absent.join(' and ')} absent`;
      skipped.push({ stream: sensor.sensorKey, reason });
    } else if (plan === undefined) {
      skipped.push({ stream: sensor.sensorKey, reason: 'no data in the window of the run' });
    } else {
      plans.push(plan);
      notes.push(...infos.flatMap((info) => streamNotes(spec, settings, info, plan.window)));
    }
  }
  return { sensors: plans, skipped, notes };
}

function usableStreams(
  streams: readonly StreamInfo[],
  streamKeys: readonly string[] | undefined,
  lowestHz: number,
): { usable: Map<string, StreamInfo>; skipped: SkippedStream[] } {
  const wanted = streamKeys === undefined ? undefined : new Set(streamKeys.map(canonical));
  const skipped: SkippedStream[] = [];
  const usable = new Map<string, StreamInfo>();
  for (const stream of streams) {
    const key = canonical(stream.streamKey);
    if (wanted?.has(key) === false) continue;
    wanted?.delete(key);
    if (stream.sampleRateHz >= lowestHz) usable.set(key, stream);
    else skipped.push({ stream: stream.streamKey, reason: slowReason(stream) });
  }
  for (const key of wanted ?? []) skipped.push({ stream: key, reason: 'no such stream is open' });
  return { usable, skipped };
}

function absentComponents(spec: RunnerSpec, sensor: SensorGroup): string[] {
  const present = new Set(sensor.channels.map(({ component }) => component));
  return spec.components.filter((component) => !present.has(component));
}

/** What is done to a stream's records that a person should know of. */
function streamNotes(
  spec: RunnerSpec,
  settings: RunSettings,
  { streamKey, sampleRateHz, gaps }: StreamInfo,
  window: TimeWindow,
): SkippedStream[] {
  const notes: SkippedStream[] = [];
  const isResampled =
    dependsOnAll(spec, settings, sampleRateHz) ||
    Math.abs(sampleRateHz / spec.samplingRateHz - 1) > 1e-3;
  if (isResampled) {
    const inBlocks =
      dependsOnAll(spec, settings, sampleRateHz) &&
      !readsWhole(spec, settings, sampleRateHz, window);
    const how = inBlocks
      ? ', in blocks of 3 h since it is longer than a day at 100 Hz: SeisBench, which takes all of it at once, may differ a little. Run it day by day for its own numbers'
      : '';
    const reason = `resampled from ${sampleRateHz} to ${spec.samplingRateHz} Hz${how}`;
    notes.push({ stream: streamKey, reason });
  }
  const inside = gaps.flatMap((gap) => intersect(gap, window) ?? []);
  if (inside.length > 0) {
    const seconds = inside.reduce((sum, gap) => sum + nsToSeconds(gap.endNs - gap.startNs), 0);
    const what = inside.length === 1 ? '1 gap' : `${inside.length} gaps`;
    const policy =
      settings.policy === 'seisbench'
        ? 'filled with zeros where another component has data'
        : 'no window reaches across';
    notes.push({ stream: streamKey, reason: `${what}, ${seconds.toFixed(1)} s: ${policy}` });
  }
  return notes;
}

/** Changes with the stations, their channels, spans and gaps. */
export function dataKeyOf(plan: ScanPlan): string {
  const hash = createHash('sha256');
  for (const { sensor, window, expectedWindows } of plan.sensors) {
    const channels = sensor.channels.map(({ stream }) => formatNslc(stream)).join();
    hash.update(`${channels} ${window.startNs} ${window.endNs} ${expectedWindows}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function planSensor(
  spec: RunnerSpec,
  settings: RunSettings,
  sensor: SensorGroup,
  infos: readonly StreamInfo[],
  window: TimeWindow | undefined,
): SensorPlan | undefined {
  const extent = infos
    .map(({ startNs, endNs }) => ({ startNs, endNs }))
    .reduce((a, b) => ({
      startNs: minTime(a.startNs, b.startNs),
      endNs: maxTime(a.endNs, b.endNs),
    }));
  const span = window === undefined ? extent : intersect(extent, window);
  if (span === undefined) return undefined;
  const hop = hopSamples(spec, settings);
  const longestS = Math.max(...infos.map((info) => coveredS(info, span)));
  const expectedWindows = Math.max(1, Math.ceil((longestS * spec.samplingRateHz) / hop));
  const whole = infos.some(({ sampleRateHz }) => readsWhole(spec, settings, sampleRateHz, span));
  return { sensor, window: span, expectedWindows, ...(whole && { whole }) };
}

/** Whether a sensor is read in one block: what is made of its records depends on all of them. */
export function readsWhole(
  spec: RunnerSpec,
  settings: RunSettings,
  sampleRateHz: number,
  span: TimeWindow,
): boolean {
  // SeisBench rounds to steps from the beginning of a record: a block of it would be rounded otherwise.
  if (stepsOf(spec, settings) !== undefined) return true;
  return dependsOnAll(spec, settings, sampleRateHz) && fitsWhole(sampleRateHz, span);
}

/** SeisBench resamples through the spectrum of a whole record: each sample depends on all of it. */
function dependsOnAll(
  spec: RunnerSpec,
  { policy }: Pick<RunSettings, 'policy'>,
  sampleRateHz: number,
): boolean {
  return policy === 'seisbench' && sampleRateHz !== spec.samplingRateHz;
}

function fitsWhole(sampleRateHz: number, { startNs, endNs }: TimeWindow): boolean {
  return nsToSeconds(endNs - startNs) * sampleRateHz <= MOST_WHOLE_SAMPLES;
}

function coveredS(info: StreamInfo, span: TimeWindow): number {
  const inside = intersect(info, span);
  if (inside === undefined) return 0;
  const gapsS = info.gaps
    .map((gap) => intersect(gap, inside))
    .reduce((sum, gap) => sum + (gap ? nsToSeconds(gap.endNs - gap.startNs) : 0), 0);
  return nsToSeconds(inside.endNs - inside.startNs) - gapsS;
}

function slowReason({ sampleRateHz }: StreamInfo): string {
  return sampleRateHz > 0
    ? `recorded at ${sampleRateHz} Hz; picking needs at least ${LOWEST_RATE_HZ} Hz`
    : 'not a waveform: it has no sample rate';
}

function canonical(streamKey: string): string {
  return formatNslc(parseNslc(streamKey));
}
