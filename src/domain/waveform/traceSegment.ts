import { type EpochNs, epochNs, secondsToNs } from '../../base/time.ts';
import type { Nslc } from './nslc.ts';

/** Samples as a decoder leaves them. */
export type Samples = Int32Array | Float32Array | Float64Array;

/** Gap-free samples of one stream at one rate. Sample i lies at `sampleTime(segment, i)`. */
export interface TraceSegment {
  readonly stream: Nslc;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly samples: Samples;
}

/**
 * Nanoseconds from sample 0 to sample `index` at `sampleRateHz`, rounded to the nearest.
 * Whole rates are computed in integers, so that a day of samples accumulates no error.
 * Rate 0 (logs, state of health) has no time axis: every sample lies at the start.
 */
export function samplesToNs(index: number, sampleRateHz: number): bigint {
  if (!(sampleRateHz > 0)) return 0n;
  if (Number.isInteger(sampleRateHz) && Number.isInteger(index)) {
    const rate = BigInt(sampleRateHz);
    return (BigInt(index) * 1_000_000_000n + (index < 0 ? -rate : rate) / 2n) / rate;
  }
  return secondsToNs(index / sampleRateHz);
}

/** The time of sample `index`. */
export function sampleTime(startNs: EpochNs, index: number, sampleRateHz: number): EpochNs {
  return epochNs(startNs + samplesToNs(index, sampleRateHz));
}

/** The time of the last sample; the start for an empty segment. */
export function lastSampleTime(
  segment: Omit<TraceSegment, 'samples'> & { samples: { length: number } },
): EpochNs {
  return sampleTime(segment.startNs, Math.max(0, segment.samples.length - 1), segment.sampleRateHz);
}

/** The sample index nearest to `time`, possibly outside the segment. */
export function nearestSample(startNs: EpochNs, time: EpochNs, sampleRateHz: number): number {
  return Math.round((Number(time - startNs) * sampleRateHz) / 1e9);
}
