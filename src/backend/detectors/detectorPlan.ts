// Which streams a detector looks at.

import { messageOf } from '../../base/appError.ts';
import type { DetectorSettings } from '../../domain/event/detectorSettings.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import { plainStreamKey } from '../../domain/waveform/streamKey.ts';
import { durationS, hull, intersect, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../domain/waveform/traceWindow.ts';
import { type ComponentChannel, groupComponents, type SensorGroup } from '../../models/grouping.ts';
import { designBandFilter } from '../../signal/filter/bandFilter.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';

/** Progress is counted in minutes of data. */
export const PROGRESS_S = 60;

/** The channel whose function triggers; the others of the group help the AR picker. */
export function watchedChannel({ channels }: SensorGroup): ComponentChannel | undefined {
  return channels[0];
}

/** One group for each channel that is watched, it first: under the sensor's name where only its vertical is. */
export function watchedGroups(
  settings: DetectorSettings,
  streamKeys: readonly string[],
): { groups: SensorGroup[]; left: SkippedStream[] } {
  const { sensors, left } = groupComponents(streamKeys.map(parseNslc), ['Z', 'N', 'E']);
  const skipped: SkippedStream[] = [...left];
  const groups = sensors.flatMap((sensor): SensorGroup[] => {
    const { channels } = sensor;
    if (settings.components === 'vertical') {
      if (channels[0]?.component === 'Z') return [sensor];
      skipped.push({ stream: sensor.sensorKey, reason: 'it has no vertical component' });
      return [];
    }
    const wanted = channels.filter(
      ({ component }) => settings.components === 'all' || component !== 'Z',
    );
    return wanted.map((channel) => ({
      sensorKey: formatNslc(channel.stream),
      channels: [channel],
    }));
  });
  return { groups, left: skipped };
}

/** The groups of the streams asked for (all when undefined) and the span of each, cut to the window. */
export function planDetection(
  settings: DetectorSettings,
  streams: readonly StreamInfo[],
  streamKeys: readonly string[] | undefined,
  window: TimeWindow | undefined,
): ScanPlan {
  const wanted = streamKeys && new Set(streamKeys.map(plainStreamKey));
  const known = new Map(
    streams
      .filter(({ sampleRateHz }) => sampleRateHz > 0)
      .map((info) => [formatNslc(parseNslc(info.streamKey)), info] as const)
      .filter(([key]) => wanted?.has(plainStreamKey(key)) !== false),
  );
  const { groups, left } = watchedGroups(settings, [...known.keys()]);
  const skipped = [...left];
  const sensors = groups.flatMap((sensor) => {
    const channel = watchedChannel(sensor);
    const info = channel && known.get(formatNslc(channel.stream));
    const span = info && (window === undefined ? hull(info, info) : intersect(info, window));
    const reason = info && whyNot(settings, info);
    if (!span || reason !== undefined) {
      const why = reason ?? 'no data in the window of the run';
      skipped.push({ stream: sensor.sensorKey, reason: why });
      return [];
    }
    const expectedWindows = Math.max(1, Math.ceil(durationS(span) / PROGRESS_S));
    return [{ sensor, window: span, expectedWindows }];
  });
  return { sensors, skipped, notes: [] };
}

/** What a stream's rate cannot have. */
function whyNot(settings: DetectorSettings, { sampleRateHz }: StreamInfo): string | undefined {
  try {
    if (settings.band) designBandFilter(settings.band, sampleRateHz);
  } catch (error) {
    return messageOf(error);
  }
  return settings.shortS * sampleRateHz < 1
    ? `the short window of ${settings.shortS} s holds no sample at ${sampleRateHz} Hz; lengthen it`
    : undefined;
}
