// A group of an archive scan from its files to spans that are ready to be cut into windows.

import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { EpochNs } from '../../base/time.ts';
import type { ArchiveScanOptions, ScanProgram } from '../../domain/event/archiveScan.ts';
import type { Nslc } from '../../domain/waveform/nslc.ts';
import {
  nearestSample,
  sampleTime,
  type TraceSegment,
} from '../../domain/waveform/traceSegment.ts';
import { readMiniseed } from '../../formats/miniseed/read.ts';
import { type TaskReply, transferable } from '../../jobs/task.ts';
import { DEFAULT_GPD_SCAN, gpdSpan } from '../../models/archiveScan/gpdScan.ts';
import { areFinite } from '../../models/finiteSamples.ts';
import { SCAN_RATE_HZ } from '../../models/archiveScan/scanOptions.ts';
import { pairTraces, prepareTrace } from '../../models/archiveScan/scanTraces.ts';
import { refuseProjectFile } from '../files.ts';
import { readWholeFile } from './waveformFile.ts';

export interface ArchiveGroup {
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly program: ScanProgram;
  readonly options: ArchiveScanOptions;
}

/** Samples of all components, all of one length. */
export interface ReadySpan {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly components: readonly Float32Array[];
}

export interface ReadyGroup {
  /** Of the first file's first trace. */
  readonly network: string;
  readonly station: string;
  /** Of each file. */
  readonly channels: readonly string[];
  readonly spans: readonly ReadySpan[];
  /** Why nothing is scanned; undefined when something is. */
  readonly skipped: string | undefined;
  /** What is wrong with files that could be read all the same. */
  readonly warnings: readonly string[];
}

/** Throws `not-found`, `unreadable-file` or `bad-input`, each with the file. */
export function prepareArchiveTask(group: ArchiveGroup): TaskReply<ReadyGroup> {
  const warnings: string[] = [];
  const { spans, skipped, streams } =
    group.program === 'gpd' ? gpdSpans(group, warnings) : archiveSpans(group, warnings);
  const { network = '', station = '' } = streams[0] ?? {};
  const channels = streams.map((stream) => stream?.channel ?? '');
  return {
    value: { network, station, channels, spans, skipped, warnings },
    transfer: transferable(spans.flatMap(({ components }) => components)),
  };
}

interface Spans {
  readonly spans: readonly ReadySpan[];
  readonly skipped: string | undefined;
  /** Of each file. */
  readonly streams: readonly (Nslc | undefined)[];
}

/** File by file, so that what was decoded is let go before the next one is read. */
function archiveSpans({ files, options }: ArchiveGroup, warnings: string[]): Spans {
  const prepared = files.map((file) =>
    tracesOf(file, warnings).map((trace) => {
      const ready = prepareTrace(trace, options);
      return { ...ready, samples: Float32Array.from(ready.samples) };
    }),
  );
  const { spans, skipped } = pairTraces(prepared, options);
  return {
    spans: spans.map(({ startNs, components }) => ({
      startNs,
      sampleRateHz: SCAN_RATE_HZ,
      components: components.map(own),
    })),
    skipped,
    streams: prepared.map(([trace]) => trace?.stream),
  };
}

/** GPD's program takes the first trace of each file; here those of later stretches too, paired by their place. */
function gpdSpans({ files, options }: ArchiveGroup, warnings: string[]): Spans {
  const traces = files.map((file) => tracesOf(file, warnings));
  const streams = traces.map(([trace]) => trace?.stream);
  const counts = traces.map(({ length }) => length);
  if (counts.some((count) => count !== counts[0]) || traces.length === 0) {
    const skipped =
      traces.length === 0
        ? 'it names no file'
        : `its files have ${counts.join(', ')} traces; gaps differ`;
    return { spans: [], skipped, streams };
  }
  const spans = Array.from({ length: counts[0] ?? 0 }, (_, place) => {
    const row = traces.flatMap((each) => each.slice(place, place + 1));
    const cut = row.map((trace) => within(trace, options));
    const { startNs, sampleRateHz, components } = gpdSpan(cut, DEFAULT_GPD_SCAN);
    return { startNs, sampleRateHz, components: components.map(own) };
  });
  return { spans, skipped: undefined, streams };
}

/** The traces of a file in order of time, as ObsPy reads them. */
function tracesOf(
  { name, path }: ArchiveGroup['files'][number],
  warnings: string[],
): TraceSegment[] {
  refuseProjectFile(path);
  const read = readMiniseed(readWholeFile(path), { name: basename(path) });
  warnings.push(...read.warnings.map(({ message }) => `${name}: ${message}`));
  const traces = read.segments.filter(({ text }) => !text);
  if (traces.length === 0) {
    const text = `${basename(path)} holds no waveforms; only miniSEED is read here (${path})`;
    throw new AppError('unreadable-file', text);
  }
  const channels = new Set(
    traces.map(({ stream: { network, station, location, channel } }) =>
      [network, station, location, channel].join('.'),
    ),
  );
  if (channels.size > 1) {
    const named = [...channels].join(', ');
    const text = `${basename(path)} holds ${channels.size} channels (${named}); an archive scan takes one file for each channel (${path})`;
    throw new AppError('bad-input', text);
  }
  if (!traces.every(({ samples }) => areFinite(samples))) {
    const text = `${name}: holds samples that are no numbers (NaN or infinite); what is filtered with them gives no picks. Cut them out, or use onset scan`;
    warnings.push(text);
  }
  return traces.toSorted((a, b) => Number(a.startNs - b.startNs));
}

/** The part of a trace between `--start` and `--end`. */
function within(trace: TraceSegment, { start, end }: ArchiveScanOptions): TraceSegment {
  const { startNs, sampleRateHz, samples } = trace;
  const nearest = (time: EpochNs): number => nearestSample(startNs, time, sampleRateHz);
  const from = start === undefined ? 0 : Math.max(0, nearest(start));
  const to = end === undefined ? samples.length : Math.min(samples.length, nearest(end) + 1);
  return {
    ...trace,
    startNs: sampleTime(startNs, from, sampleRateHz),
    samples: samples.subarray(from, Math.max(from, to)),
  };
}

/** As float32 with a buffer of its own, which can move to another thread. */
function own(samples: Float32Array | Float64Array): Float32Array {
  const whole = samples.byteLength === samples.buffer.byteLength;
  return whole && samples instanceof Float32Array ? samples : Float32Array.from(samples);
}
