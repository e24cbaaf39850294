// Curves and picks of a run as a file: JSON, or miniSEED with the names SeisBench gives.

import { extname } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { EpochNs } from '../../base/time.ts';
import type { Nslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';
import { writeMiniseed3 } from '../../formats/miniseed/write3.ts';
import type { AnnotatedCurve } from '../../models/annotate/annotatedCurve.ts';
import type { WholeFile } from './wholeFile.ts';

export interface CurvePick {
  /** As the stream of the curves. */
  readonly stream: string;
  readonly phase: string;
  readonly startNs: EpochNs;
  readonly peakNs: EpochNs;
  readonly endNs: EpochNs;
  readonly value: number;
}

/** Takes the curves of one stream after the other. */
export interface CurveFile {
  add(curves: readonly AnnotatedCurve[]): Promise<void>;
  finish(picks: readonly CurvePick[], detections: readonly CurvePick[]): Promise<void>;
}

export type CurveFormat = 'json' | 'mseed';

/** By the ending of the name. Throws `bad-input`. */
export function curveFormatOf(path: string): CurveFormat {
  const ending = extname(path).toLowerCase();
  if (ending === '.json') return 'json';
  if (['.mseed', '.miniseed', '.ms', '.mseed3'].includes(ending)) return 'mseed';
  throw new AppError('bad-input', `curves are written as .mseed or .json, not "${path}"`);
}

/** `{"traces": [{stream, label, startNs, sampleRateHz, values}], "picks": […]}`; holes are null. */
export function jsonCurves(file: WholeFile): CurveFile {
  let first = true;
  return {
    async add(curves) {
      for (const curve of curves) {
        await file.append(first ? '{"traces": [\n' : ',\n');
        first = false;
        await file.append(traceText(curve));
      }
    },
    async finish(picks, detections) {
      if (first) await file.append('{"traces": [');
      await file.append(`\n],\n"picks": ${pickTexts(picks)}`);
      if (detections.length > 0) await file.append(`,\n"detections": ${pickTexts(detections)}`);
      await file.append('}\n');
      await file.finish();
    },
  };
}

function traceText({ streamId, label, startNs, sampleRateHz, values }: AnnotatedCurve): string {
  const head = { stream: streamId, label, startNs: String(startNs), sampleRateHz };
  const texts = new Array<string>(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    // Nine digits bring every float32 back exactly.
    texts[i] = Number.isNaN(value) ? 'null' : String(Number(value.toPrecision(9)));
  }
  return `${JSON.stringify(head).slice(0, -1)},"values":[${texts.join()}]}`;
}

function pickTexts(picks: readonly CurvePick[]): string {
  const texts = picks.map((pick) =>
    JSON.stringify(pick, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  );
  return `[${texts.join(',\n')}]`;
}

/** Longest codes of miniSEED 2: network, station, location, channel. */
const LONGEST = { network: 2, station: 5, location: 2, channel: 3 } as const;

/**
 * float32 records, holes as NaN. Channels are `PhaseNet_P` and so on; where two sensors of one location are in
 * the run, `HH_PhaseNet_P`. Names too long for miniSEED 2, as most are, make it miniSEED 3.
 */
export function miniseedCurves(
  file: WholeFile,
  className: string,
  streamIds: readonly string[],
): CurveFile {
  const locations = streamIds.map((id) => id.split('.').slice(0, 3).join('.'));
  return {
    async add(curves) {
      const segments = curves.map((curve): TraceSegment => {
        const [network = '', station = '', location = '', sensor = ''] = curve.streamId.split('.');
        const own = `${network}.${station}.${location}`;
        const shared = locations.filter((each) => each === own).length > 1;
        const channel = `${shared ? `${sensor}_` : ''}${className}_${curve.label}`;
        const { startNs, sampleRateHz, values } = curve;
        return {
          stream: { network, station, location, channel },
          startNs,
          sampleRateHz,
          samples: values,
        };
      });
      if (segments.length === 0) return;
      const short = segments.every(({ stream }) => fitsMiniseed2(stream));
      await file.append(short ? writeMiniseed2(segments) : writeMiniseed3(segments));
    },
    finish: () => file.finish(),
  };
}

function fitsMiniseed2(stream: Nslc): boolean {
  return (Object.keys(LONGEST) as (keyof Nslc)[]).every(
    (code) => stream[code].length <= LONGEST[code],
  );
}

/** The class SeisBench has for an architecture: its first word. */
export function classNameOf({
  network,
  id,
}: {
  readonly network: string;
  readonly id: string;
}): string {
  return /^[A-Za-z0-9-]+/.exec(network)?.[0] ?? id;
}
