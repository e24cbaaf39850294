// Samples that are no numbers: NaN where a program filled a gap with it, infinities of a broken sum.

import type { EpochNs } from '../base/time.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { type Samples, sampleTime, type TraceSegment } from '../domain/waveform/traceSegment.ts';

/** What lies between two bad samples and is shorter than this is of no use, and costs more than it says. */
const SHORTEST_PART_S = 1;

/** Whether no sample is NaN or infinite. */
export function areFinite(samples: Samples): boolean {
  if (samples instanceof Int32Array) return true;
  // The difference of a number and itself is 0 only if it is finite.
  let zero = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i] as number;
    zero += value - value;
  }
  return zero === 0;
}

/** The parts of a segment that are finite throughout, in order; the spans between them are added to `left`. */
export function finiteParts(segment: TraceSegment, left: TimeWindow[]): TraceSegment[] {
  const { startNs, sampleRateHz, samples } = segment;
  const timeOf = (at: number): EpochNs => sampleTime(startNs, at, sampleRateHz);
  const parts: TraceSegment[] = [];
  let done = 0;
  const leaveTo = (at: number): void => {
    if (at > done) left.push({ startNs: timeOf(done), endNs: timeOf(at) });
  };
  for (let i = 0; i < samples.length; i += 1) {
    const from = i;
    while (i < samples.length && Number.isFinite(samples[i])) i += 1;
    const inside = from > 0 && i < samples.length;
    if (i === from || (inside && i - from < SHORTEST_PART_S * sampleRateHz)) continue;
    leaveTo(from);
    parts.push({ ...segment, startNs: timeOf(from), samples: samples.subarray(from, i) });
    done = i;
  }
  leaveTo(samples.length);
  return parts;
}
