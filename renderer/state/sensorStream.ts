import { phaseFamily } from '../../src/domain/event/pick.ts';
import { parseNslc, sensorKey as sensorOf } from '../../src/domain/waveform/nslc.ts';
import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';

/** The stream of a sensor a phase is seen best on: P on the vertical, S on a horizontal; what there is where that is missing. */
export function sensorStream(
  streams: readonly StreamInfo[],
  sensorKey: string,
  phase: string,
): string {
  // A detector may have watched a stream by itself.
  if (streams.some(({ streamKey }) => streamKey === sensorKey)) return sensorKey;
  const own = streams.filter(({ streamKey }) => sensorOf(parseNslc(streamKey)) === sensorKey);
  const vertical = phaseFamily(phase) !== 'S';
  const fitting = own.find(({ streamKey }) => streamKey.endsWith('Z') === vertical) ?? own[0];
  return fitting?.streamKey ?? `${sensorKey}Z`;
}
