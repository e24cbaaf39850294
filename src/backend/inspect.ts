// What files hold, stretch by stretch, each file for itself: for looking at files before they are in any
// project. Knows neither catalog nor store, so that it starts fast.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { AppError, messageOf } from '../base/appError.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { lastSampleTime, type Samples } from '../domain/waveform/traceSegment.ts';
import { type DecodedSegment, readMiniseed } from '../formats/miniseed/read.ts';
import { SNIFF_BYTES, sniffFormat } from '../formats/sniff.ts';
import { listFiles } from './files.ts';
import { readWholeFile } from './tasks/waveformFile.ts';

/** One gap-free stretch. `endNs` is the time of the last sample; min, max and sha256 are null for empty and text. */
export interface InspectedSegment {
  readonly file: string;
  readonly format: string;
  readonly id: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly sampleRateHz: number;
  readonly samples: number;
  readonly sampleType: string;
  readonly min: number | null;
  readonly max: number | null;
  /** Of the samples as little-endian `sampleType`; null when it was not asked for. */
  readonly sha256: string | null;
}

export interface InspectedFile {
  readonly file: string;
  readonly format: string | null;
  readonly warnings: readonly string[];
  readonly error: string | null;
}

export interface Inspection {
  readonly segments: readonly InspectedSegment[];
  readonly files: readonly InspectedFile[];
}

/** Looks into files, and into all files below folders that look like a format we know. */
export async function inspectFiles(
  paths: readonly string[],
  options: { readonly sha256: boolean },
): Promise<Inspection> {
  const segments: InspectedSegment[] = [];
  const files: InspectedFile[] = [];
  for (const path of paths) {
    try {
      for (const { file, named } of await listFiles(path)) {
        const one = await inspectFile(file, named, options.sha256);
        if (one === undefined) continue;
        segments.push(...one.segments);
        files.push(one.file);
      }
    } catch (error) {
      files.push({ file: path, format: null, warnings: [], error: messageOf(error) });
    }
  }
  return { segments, files };
}

/** Undefined for a file in a folder that is none of ours. */
async function inspectFile(
  path: string,
  named: boolean,
  withSha256: boolean,
): Promise<{ segments: InspectedSegment[]; file: InspectedFile } | undefined> {
  let format: string | undefined;
  try {
    const bytes = readWholeFile(path);
    format = sniffFormat(bytes.subarray(0, SNIFF_BYTES));
    if (format === undefined && !named) return undefined;
    if (format !== undefined && format !== 'miniseed') {
      return { segments: [], file: { file: path, format, warnings: [], error: null } };
    }
    // A file that a person named is searched even when it does not begin like a waveform file.
    const { segments, warnings } = readMiniseed(bytes, { name: basename(path) });
    return {
      segments: segments.map((segment) => inspectSegment(path, segment, withSha256)),
      file: {
        file: path,
        format: 'miniseed',
        warnings: warnings.map(({ message }) => message),
        error: null,
      },
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const file = { file: path, format: format ?? null, warnings: [], error: error.message };
    return { segments: [], file };
  }
}

function inspectSegment(
  file: string,
  segment: DecodedSegment,
  withSha256: boolean,
): InspectedSegment {
  const { stream, startNs, sampleRateHz, samples, sampleType, text } = segment;
  const empty = samples.length === 0;
  const [min, max] = extremes(samples);
  return {
    file,
    format: 'miniseed',
    id: formatNslc(stream),
    startNs,
    endNs: text ? startNs : lastSampleTime(segment),
    sampleRateHz,
    samples: text ? text.length : samples.length,
    sampleType,
    min,
    max,
    sha256: withSha256 && !empty ? sha256(samples) : null,
  };
}

/** Smallest and largest value; nulls when there is none, values that are no numbers left out. */
function extremes(samples: Samples): [number | null, number | null] {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] ?? NaN;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max && Number.isFinite(min) && Number.isFinite(max) ? [min, max] : [null, null];
}

/** All machines that Node runs on today are little-endian, as the samples are to be hashed. */
function sha256(samples: Samples): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}
