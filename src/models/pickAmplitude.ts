// How large the ground moved after a pick, as PhaseNet's program says it.

import { addSeconds, type EpochNs, minTime } from '../base/time.ts';
import { nearestSample, type TraceSegment } from '../domain/waveform/traceSegment.ts';

/** A record is looked at for so long after a pick, or to the next pick of its phase. */
const WINDOW_S = 12;

/** A trace and the mean that is removed of it. */
export interface CentredTrace {
  readonly trace: TraceSegment;
  readonly mean: number;
}

/** Traces of a stream with the mean of all of them together removed. */
export function centred(traces: readonly TraceSegment[]): CentredTrace[] {
  let sum = 0;
  let count = 0;
  for (const { samples } of traces) {
    for (const value of samples) sum += value;
    count += samples.length;
  }
  const mean = count === 0 ? 0 : sum / count;
  return traces.map((trace) => ({ trace, mean }));
}

/**
 * The largest absolute value of any component from a pick to 12 s after it, or to just before the next pick of its
 * phase; in the unit of the traces. Undefined where no trace has a sample there.
 * Source: `extract_amplitude` of AI4EPS/PhaseNet.
 */
export function pickAmplitude(
  traces: readonly CentredTrace[],
  time: EpochNs,
  nextNs: EpochNs | undefined,
): number | undefined {
  const latest = addSeconds(time, WINDOW_S);
  const until = nextNs === undefined ? latest : minTime(latest, nextNs);
  let largest: number | undefined;
  for (const { trace, mean } of traces) {
    const { samples, startNs, sampleRateHz } = trace;
    const from = Math.max(0, nearestSample(startNs, time, sampleRateHz));
    const to = Math.min(samples.length, nearestSample(startNs, until, sampleRateHz));
    for (let i = from; i < to; i += 1) {
      const size = Math.abs((samples[i] as number) - mean);
      if (largest === undefined || size > largest) largest = size;
    }
  }
  return largest;
}
