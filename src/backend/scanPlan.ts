// What a run will look at: which sensors, over which span, and what is left out from the start.

import { createHash } from 'node:crypto';
import { maxTime, minTime, nsToSeconds } from '../base/time.ts';
import type { SkippedStream } from '../domain/event/modelRun.ts';
import { formatNslc, parseNslc } from '../domain/waveform/nslc.ts';
import { intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import { groupComponents, type SensorGroup } from '../models/grouping.ts';
import type { ModelSpec } from '../models/spec.ts';
import type { SensorPlan } from './scanSensor.ts';

/** Below this, onsets of local and regional events are not in the data. */
const LOWEST_RATE_HZ = 10;

export interface ScanPlan {
  readonly sensors: readonly SensorPlan[];
  readonly skipped: readonly SkippedStream[];
}

/** Groups the streams asked for (all when undefined) into sensors and clips them to the window. */
export function planScan(
  spec: ModelSpec,
  streams: readonly StreamInfo[],
  streamKeys: readonly string[] | undefined,
  window: TimeWindow | undefined,
  hopSamples: number,
): ScanPlan {
  const wanted = streamKeys === undefined ? undefined : new Set(streamKeys.map(canonical));
  const skipped: SkippedStream[] = [];
  const usable = new Map<string, StreamInfo>();
  for (const stream of streams) {
    const key = canonical(stream.streamKey);
    if (wanted?.has(key) === false) continue;
    wanted?.delete(key);
    if (stream.sampleRateHz >= LOWEST_RATE_HZ) usable.set(key, stream);
    else skipped.push({ stream: stream.streamKey, reason: slowReason(stream) });
  }
  for (const key of wanted ?? []) skipped.push({ stream: key, reason: 'no such stream is open' });
  const { sensors, left } = groupComponents([...usable.keys()].map(parseNslc), spec.components);
  skipped.push(...left);
  const plans: SensorPlan[] = [];
  for (const sensor of sensors) {
    const infos = sensor.channels.flatMap(({ stream }) => usable.get(formatNslc(stream)) ?? []);
    const plan = planSensor(spec, sensor, infos, window, hopSamples);
    if (plan !== undefined) plans.push(plan);
    else skipped.push({ stream: sensor.sensorKey, reason: 'no data in the window of the run' });
  }
  return { sensors: plans, skipped };
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
  spec: ModelSpec,
  sensor: SensorGroup,
  infos: readonly StreamInfo[],
  window: TimeWindow | undefined,
  hopSamples: number,
): SensorPlan | undefined {
  const extent = infos
    .map(({ startNs, endNs }) => ({ startNs, endNs }))
    .reduce((a, b) => ({
      startNs: minTime(a.startNs, b.startNs),
      endNs: maxTime(a.endNs, b.endNs),
    }));
  const span = window === undefined ? extent : intersect(extent, window);
  if (span === undefined) return undefined;
  const longestS = Math.max(...infos.map((info) => coveredS(info, span)));
  const expectedWindows = Math.max(1, Math.ceil((longestS * spec.samplingRateHz) / hopSamples));
  return { sensor, window: span, expectedWindows };
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
