import { maxTime } from '../../../src/base/time.ts';
import { parseNslc } from '../../../src/domain/waveform/nslc.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';
import type { AvailabilityLane } from '../../canvas/overlays/overview.ts';

/** A stream's span without its gaps. */
function stretches(stream: StreamInfo): TimeWindow[] {
  const found: TimeWindow[] = [];
  let { startNs } = stream;
  for (const gap of stream.gaps) {
    if (gap.startNs > startNs) found.push({ startNs, endNs: gap.startNs });
    startNs = maxTime(startNs, gap.endNs);
  }
  if (stream.endNs > startNs) found.push({ startNs, endNs: stream.endNs });
  return found;
}

/** Windows in any order as the fewest that cover the same time. */
export function mergeWindows(windows: readonly TimeWindow[]): TimeWindow[] {
  const sorted = [...windows].sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
  const merged: TimeWindow[] = [];
  for (const window of sorted) {
    const last = merged[merged.length - 1];
    if (last && window.startNs <= last.endNs) {
      merged[merged.length - 1] = {
        startNs: last.startNs,
        endNs: maxTime(last.endNs, window.endNs),
      };
    } else merged.push(window);
  }
  return merged;
}

/** When each station has any data, by name. */
export function stationLanes(streams: readonly StreamInfo[]): AvailabilityLane[] {
  const byStation = new Map<string, TimeWindow[]>();
  for (const stream of streams) {
    const { network, station } = parseNslc(stream.streamKey);
    const label = `${network}.${station}`;
    byStation.set(label, [...(byStation.get(label) ?? []), ...stretches(stream)]);
  }
  return [...byStation]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, windows]) => ({ label, spans: mergeWindows(windows) }));
}
