// From the traces of one archive group to chunks, as jamm1985/seismo-performer `archive_scan.py` does it.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, maxTime, minTime } from '../../base/time.ts';
import type { ArchiveScanOptions } from '../../domain/event/archiveScan.ts';
import {
  type TraceSegment,
  lastSampleTime,
  nearestSample,
  sampleTime,
} from '../../domain/waveform/traceSegment.ts';
import { detrendLinear } from '../../signal/detrend.ts';
import { designButterworth } from '../../signal/filter/design.ts';
import { filterCausal } from '../../signal/filter/filterSamples.ts';
import { interpolateSlopes } from './interpolateSlopes.ts';
import { SCAN_RATE_HZ } from './scanOptions.ts';

const CORNERS = 4;

/** Samples of all components over one span at the scan's rate; all of one length. */
export interface ScanSpan {
  readonly startNs: EpochNs;
  readonly components: readonly (Float32Array | Float64Array)[];
}

/** A trace that is detrended, filtered and interpolated. */
export type PreparedTrace = Omit<TraceSegment, 'samples'> & {
  readonly samples: Float32Array | Float64Array;
};

/**
 * The spans of a group in which all its files have data. `files`: each file's traces in order of time, files in the
 * order of the network's components. Each trace is detrended and filtered at its own rate before it is interpolated.
 * Traces are paired by their place in the file; where the files have different numbers of them the program skips
 * the group, and so `skipped` says. Throws `bad-input` for a trace without a rate or one too slow for the filter.
 */
export function scanSpans(
  files: readonly (readonly TraceSegment[])[],
  options: Pick<ArchiveScanOptions, 'detrend' | 'highpassHz' | 'start' | 'end'>,
): { spans: ScanSpan[]; skipped: string | undefined } {
  return pairTraces(
    files.map((traces) => traces.map((trace) => prepareTrace(trace, options))),
    options,
  );
}

/** `scanSpans` of traces that are prepared already. */
export function pairTraces(
  prepared: readonly (readonly PreparedTrace[])[],
  options: Pick<ArchiveScanOptions, 'start' | 'end'>,
): { spans: ScanSpan[]; skipped: string | undefined } {
  if (prepared.length === 0) return { spans: [], skipped: 'it names no file' };
  if (prepared.some((traces) => traces.length === 0))
    return { spans: [], skipped: 'a file has no trace' };
  const starts = prepared.map((traces) => traces.map(({ startNs }) => startNs).reduce(minTime));
  const ends = prepared.map((traces) => traces.map(lastSampleTime).reduce(maxTime));
  const startNs = [...starts, ...(options.start === undefined ? [] : [options.start])].reduce(
    maxTime,
  );
  const endNs = [...ends, ...(options.end === undefined ? [] : [options.end])].reduce(minTime);
  const trimmed = prepared.map((traces) =>
    traces.map((trace) => cut(trace, startNs, endNs)).filter(({ samples }) => samples.length > 0),
  );
  const counts = trimmed.map(({ length }) => length);
  if (counts.some((count) => count !== counts[0])) {
    return { spans: [], skipped: `its files have ${counts.join(', ')} traces; gaps differ` };
  }
  const spans = Array.from({ length: counts[0] ?? 0 }, (_, i) =>
    commonSpan(trimmed.flatMap((traces) => traces.slice(i, i + 1))),
  );
  return { spans, skipped: undefined };
}

/** Detrended and filtered at its own rate, then brought to 100 Hz; float64. Throws `bad-input`. */
export function prepareTrace(
  trace: TraceSegment,
  { detrend, highpassHz }: Pick<ArchiveScanOptions, 'detrend' | 'highpassHz'>,
): PreparedTrace {
  const { sampleRateHz } = trace;
  if (!(sampleRateHz > 0)) {
    const { network, station, channel } = trace.stream;
    throw new AppError(
      'bad-input',
      `${network}.${station} ${channel} has no sampling rate and cannot be scanned`,
    );
  }
  const samples = Float64Array.from(trace.samples);
  if (detrend) detrendLinear(samples);
  if (highpassHz !== undefined) {
    filterCausal(designButterworth('highpass', [highpassHz], CORNERS, sampleRateHz), samples);
  }
  if (sampleRateHz === SCAN_RATE_HZ) return { ...trace, samples };
  // Positions as ObsPy has them: where the upper half of the spectrum is empty, these networks see its rounding.
  const epochS = Number(trace.startNs) / 1e9;
  const interpolated = interpolateSlopes(samples, sampleRateHz, SCAN_RATE_HZ, { epochS });
  return { ...trace, samples: interpolated, sampleRateHz: SCAN_RATE_HZ };
}

/** The samples nearest to and between two times, as ObsPy's `slice`. */
function cut(trace: PreparedTrace, startNs: EpochNs, endNs: EpochNs): PreparedTrace {
  const { samples, sampleRateHz } = trace;
  const from = Math.max(0, nearestSample(trace.startNs, startNs, sampleRateHz));
  const to = Math.min(samples.length, nearestSample(trace.startNs, endNs, sampleRateHz) + 1);
  return {
    ...trace,
    startNs: sampleTime(trace.startNs, from, sampleRateHz),
    samples: samples.subarray(from, Math.max(from, to)),
  };
}

/** Traces of one rate cut to the span they share, all to one length. */
export function commonSpan(traces: readonly PreparedTrace[]): ScanSpan & { sampleRateHz: number } {
  const startNs = traces.map((trace) => trace.startNs).reduce(maxTime);
  const endNs = traces.map(lastSampleTime).reduce(minTime);
  const cuts = traces.map((trace) => cut(trace, startNs, endNs));
  const length = cuts.reduce((least, { samples }) => Math.min(least, samples.length), Infinity);
  return {
    startNs: cuts[0]?.startNs ?? startNs,
    sampleRateHz: cuts[0]?.sampleRateHz ?? SCAN_RATE_HZ,
    components: cuts.map(({ samples }) => samples.subarray(0, length)),
  };
}

/**
 * Cuts a span into chunks that are scanned by themselves. The last sample of one is the first of the next (the
 * program's slice includes both ends), so that a span of n whole chunks and a sample has a last chunk of one sample.
 */
export function scanChunks(span: ScanSpan, chunkSeconds: number): ScanSpan[] {
  const length = span.components[0]?.length ?? 0;
  const step = Math.round(chunkSeconds * SCAN_RATE_HZ);
  const chunks: ScanSpan[] = [];
  for (let from = 0; from < length; from += step) {
    chunks.push({
      startNs: sampleTime(span.startNs, from, SCAN_RATE_HZ),
      components: span.components.map((samples) => samples.subarray(from, from + step + 1)),
    });
  }
  return chunks;
}
