import { addSeconds, type EpochNs } from '../../base/time.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { nearestSample } from '../../domain/waveform/traceSegment.ts';
import type { Run } from '../../waveforms/arrange.ts';

/** Samples that follow each other without a gap. */
export interface Record64 {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly samples: Float64Array;
}

/** What a run of the store holds of a span, as one array; undefined where it holds nothing. */
export function runSamples(run: Run, span: TimeWindow): Record64 | undefined {
  const pieces = run.slices.flatMap(({ segment, from, to }) => {
    const { samples, startNs, sampleRateHz } = segment;
    const at = (time: EpochNs): number => (Number(time - startNs) * sampleRateHz) / 1e9;
    const first = Math.max(from, Math.ceil(at(span.startNs) - 0.5));
    const last = Math.min(to, Math.ceil(at(span.endNs) - 0.5));
    if (!samples || last <= first) return [];
    return [
      { startNs: addSeconds(startNs, first / sampleRateHz), part: samples.subarray(first, last) },
    ];
  });
  const [head] = pieces;
  if (!head) return undefined;
  const all = new Float64Array(pieces.reduce((sum, { part }) => sum + part.length, 0));
  let at = 0;
  for (const { part } of pieces) {
    // A loop of its own: TypedArray.set is several times slower from shared memory of another kind.
    for (let i = 0; i < part.length; i += 1) all[at + i] = part[i] as number;
    at += part.length;
  }
  return { startNs: head.startNs, sampleRateHz: run.sampleRateHz, samples: all };
}

/** `count` samples from a time on, NaN where the records hold none. */
export function cutSamples(
  records: readonly {
    readonly startNs: EpochNs;
    readonly sampleRateHz: number;
    readonly samples: ArrayLike<number>;
  }[],
  { startNs, count, sampleRateHz }: { startNs: EpochNs; count: number; sampleRateHz: number },
): Float64Array {
  const out = new Float64Array(count).fill(NaN);
  for (const record of records) {
    if (record.sampleRateHz !== sampleRateHz) continue;
    const shift = nearestSample(record.startNs, startNs, sampleRateHz);
    const from = Math.max(0, -shift);
    const to = Math.min(count, record.samples.length - shift);
    for (let i = from; i < to; i += 1) out[i] = record.samples[i + shift] as number;
  }
  return out;
}
