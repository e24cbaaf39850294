import { type EpochNs, epochNs } from '../base/time.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { type Samples, samplesToNs } from '../domain/waveform/traceSegment.ts';
import type { Pyramid } from '../signal/pyramid.ts';

/** A gap-free stretch as it is kept and handed to workers: shared memory, so that handing over copies nothing. */
export interface StoredSegment {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  /** Absolute number of the first sample, see `absoluteSample`. */
  readonly firstSample: number;
  /** Undefined once evicted; the pyramid stays longer. */
  readonly samples: Samples | undefined;
  readonly pyramid: Pyramid | undefined;
}

/** Number of the sample nearest to a time, counted from 1970 at this rate. Exact for whole rates. */
export function absoluteSample(time: EpochNs, sampleRateHz: number): number {
  if (Number.isInteger(sampleRateHz)) {
    return Number((time * BigInt(sampleRateHz) + 500_000_000n) / 1_000_000_000n);
  }
  const seconds = time / 1_000_000_000n;
  const rest = Number(time - seconds * 1_000_000_000n) / 1e9;
  return Math.round(Number(seconds) * sampleRateHz + rest * sampleRateHz);
}

/** From the first sample to where the one after the last would lie. */
export function segmentWindow(
  segment: Pick<StoredSegment, 'startNs' | 'sampleRateHz' | 'sampleCount'>,
): TimeWindow {
  const { startNs, sampleRateHz, sampleCount } = segment;
  return { startNs, endNs: epochNs(startNs + samplesToNs(sampleCount, sampleRateHz)) };
}
