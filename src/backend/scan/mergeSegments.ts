import { streamKeyOf } from '../../domain/waveform/streamKey.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { Samples, TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { arrange, type Run, samplesAgree } from '../../waveforms/arrange.ts';
import { absoluteSample, type StoredSegment } from '../../waveforms/storedSegment.ts';
import { overlaps } from '../../domain/waveform/timeWindow.ts';

/**
 * Segments of one stream from several files as gap-free stretches in order of time: neighbours joined, repeated
 * samples once. Where two files disagree both stretches are given.
 */
export function mergeSegments(
  segments: readonly TraceSegment[],
  streamKey: string,
  window: TimeWindow,
): TraceSegment[] {
  const own = segments.filter((segment) => streamKeyOf(segment.stream) === streamKey);
  const [first] = own;
  if (!first || own.length === 1) return own;
  const { runs } = arrange(own.map(asStored), samplesAgree);
  return runs
    .filter((run) => overlaps(run, window))
    .map((run) => ({
      stream: first.stream,
      startNs: run.startNs,
      sampleRateHz: run.sampleRateHz,
      samples: joined(run),
    }));
}

function asStored(segment: TraceSegment): StoredSegment {
  const { startNs, sampleRateHz, samples } = segment;
  const firstSample = absoluteSample(startNs, sampleRateHz);
  const sampleCount = samples.length;
  return { startNs, sampleRateHz, sampleCount, firstSample, samples, pyramid: undefined };
}

function joined(run: Run): Samples {
  const views = run.slices.flatMap(({ segment, from, to }) =>
    segment.samples ? [segment.samples.subarray(from, to)] : [],
  );
  const [only] = views;
  if (only && views.length === 1) return only;
  const total = views.reduce((sum, view) => sum + view.length, 0);
  const allOfOneKind = views.every((view) => view.constructor === only?.constructor);
  const out = allOfOneKind && only ? new (kindOf(only))(total) : new Float64Array(total);
  let at = 0;
  for (const view of views) {
    out.set(view, at);
    at += view.length;
  }
  return out;
}

function kindOf(samples: Samples): new (length: number) => Samples {
  if (samples instanceof Int32Array) return Int32Array;
  return samples instanceof Float32Array ? Float32Array : Float64Array;
}
