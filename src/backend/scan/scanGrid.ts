// Where the windows of a stretch fall when it goes on from the block before.

import type { EpochNs } from '../../base/time.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import type { PreparedStretch } from './scanStretches.ts';

interface Grid {
  /** What was read. */
  readonly read: TimeWindow;
  /** Where the windows of a stretch that crosses into this block begin. */
  readonly gridStartNs: EpochNs | undefined;
  readonly hop: number;
  /** By how much the first window of a stretch begins later. */
  readonly offsetSamples: number;
}

/** A stretch that goes on from the block before, its first samples left out so that the windows fall as there. */
export function onGrid(
  stretch: PreparedStretch,
  { read, gridStartNs, hop, offsetSamples }: Grid,
): PreparedStretch {
  const { startNs, rateHz, length } = stretch;
  const cutOff = Number(startNs - read.startNs) * rateHz <= 2e9;
  if (gridStartNs === undefined || !cutOff) {
    return withoutFirst(stretch, Math.min(offsetSamples, length));
  }
  const intoHop = Math.round((Number(startNs - gridStartNs) * rateHz) / 1e9) % hop;
  return withoutFirst(stretch, Math.min((hop - intoHop) % hop, length));
}

function withoutFirst(stretch: PreparedStretch, samples: number): PreparedStretch {
  if (samples === 0) return stretch;
  return {
    ...stretch,
    startNs: sampleTime(stretch.startNs, samples, stretch.rateHz),
    length: stretch.length - samples,
    inputs: stretch.inputs.map((row) => row?.subarray(samples)),
  };
}
