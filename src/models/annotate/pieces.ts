// Stretches of a station's components on one grid of samples, gaps filled with zeros: what windows are cut from.

import { type EpochNs, epochNs } from '../../base/time.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { componentOf, type Nslc, plainLocation } from '../../domain/waveform/nslc.ts';
import { streamKeyOf } from '../../domain/waveform/streamKey.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { shortestStretch } from '../settings.ts';
import type { RunnerSpec } from '../spec.ts';
import { gridSample, gridTime, roundedQuotient } from '../sampleGrid.ts';
import type { RunNote } from './traces.ts';

/** A stretch to cut windows from; row c is component c of the model. */
export interface Piece {
  readonly streamId: string;
  /** Of the first sample: on the grid, plus the mean distance of the traces from it. */
  readonly startNs: EpochNs;
  readonly samples: number;
  readonly rows: readonly Float32Array[];
}

/** NET.STA.LOC: the unit SeisBench feeds to a network, whatever the band and instrument codes in it. */
export function locationKey({ network, station, location }: Nslc): string {
  return `${network}.${station}.${plainLocation(location)}`;
}

/** Traces by `locationKey`, in the order of the keys. */
export function groupByLocation(traces: readonly TraceSegment[]): Map<string, TraceSegment[]> {
  const groups = new Map<string, TraceSegment[]>();
  for (const trace of traces) {
    const key = locationKey(trace.stream);
    const group = groups.get(key);
    if (group) group.push(trace);
    else groups.set(key, [trace]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The pieces of one location: spans where every component (`strict`) or any of them has data, at least a
 * window long. `traces` are at the model's rate, sorted by stream; where two channels stand for one component the
 * later one wins. Starts are rounded to the grid of whole sample intervals since 1970.
 */
export function cutPieces(
  streamId: string,
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
): { pieces: Piece[]; notes: RunNote[] } {
  const notes: RunNote[] = [];
  const placed = placeTraces(traces, spec, settings, notes);
  notes.push(...overwritten(streamId, placed));
  const spans = coveredSpans(placed, spec.components.length, settings.strict);
  if (spans.length === 0) {
    const wanted = spec.components.join(', ');
    const reason = settings.strict
      ? `nowhere all components (${wanted}) have data`
      : `no component of the model (${wanted}) has data`;
    notes.push({ stream: streamId, reason });
  }
  const windowSamples = shortestStretch(spec, settings);
  const long = spans.filter((span) => samplesIn(span) >= windowSamples);
  const short = spans.filter((span) => samplesIn(span) < windowSamples);
  if (short.length > 0) {
    const samples = short.reduce((sum, span) => sum + samplesIn(span), 0);
    const [together, window] = [samples, windowSamples].map((count) =>
      (count / spec.samplingRateHz).toFixed(2),
    );
    notes.push({
      stream: streamId,
      reason:
        short.length === 1
          ? `1 stretch of data, ${together} s, is shorter than a window of ${window} s`
          : `${short.length} stretches of data, ${together} s together, are shorter than a window of ${window} s`,
    });
  }
  return { pieces: long.map((span) => fillPiece(streamId, placed, span, spec)), notes };
}

/** A trace on the grid; `first` and `last` count samples since 1970. */
interface PlacedTrace {
  readonly row: number;
  readonly channel: string;
  readonly first: number;
  readonly last: number;
  /** How much later than its place on the grid it really starts. */
  readonly shiftNs: bigint;
  readonly samples: TraceSegment['samples'];
}

interface Span {
  readonly first: number;
  readonly last: number;
}

function samplesIn({ first, last }: Span): number {
  return last - first + 1;
}

function placeTraces(
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
  notes: RunNote[],
): PlacedTrace[] {
  const rows = componentRows(spec.components, settings.flexibleHorizontals);
  return traces.flatMap(({ stream, startNs, samples }) => {
    const letter = componentOf(stream);
    const row = rows.get(letter);
    if (row === undefined) {
      notes.push({
        stream: streamKeyOf(stream),
        reason: `component ${letter} is none of the model's ${spec.components.join(', ')}`,
      });
      return [];
    }
    const first = gridSample(startNs, spec.samplingRateHz);
    const shiftNs = startNs - gridTime(first, spec.samplingRateHz);
    return [
      { row, channel: stream.channel, first, last: first + samples.length - 1, shiftNs, samples },
    ];
  });
}

function componentRows(components: readonly string[], flexible: boolean): Map<string, number> {
  const rows = new Map(components.map((component, row) => [component, row]));
  for (const pair of flexible ? ['1N', '2E'] : []) {
    const [a = '', b = ''] = pair;
    const row = rows.get(a) ?? rows.get(b);
    if (row !== undefined) rows.set(a, row).set(b, row);
  }
  return rows;
}

function overwritten(streamId: string, placed: readonly PlacedTrace[]): RunNote[] {
  const byRow = new Map<number, Set<string>>();
  for (const { row, channel } of placed) {
    byRow.set(row, (byRow.get(row) ?? new Set()).add(channel));
  }
  return [...byRow.values()].flatMap((channels) => {
    if (channels.size < 2) return [];
    const names = [...channels].join(', ');
    return [
      {
        stream: streamId,
        reason: `${names} stand for the same component; where both have data the last one is used`,
      },
    ];
  });
}

function coveredSpans(placed: readonly PlacedTrace[], components: number, strict: boolean): Span[] {
  if (!strict) return unionOf(placed);
  const byRow = Array.from({ length: components }, (_, row) =>
    unionOf(placed.filter((trace) => trace.row === row)),
  );
  return byRow.reduce(intersectionOf);
}

/** Spans that share a sample become one; a hole of a single sample keeps them apart. */
function unionOf(spans: readonly Span[]): Span[] {
  const union: Span[] = [];
  for (const { first, last } of [...spans].sort((a, b) => a.first - b.first)) {
    const before = union.at(-1);
    if (first === last) continue;
    if (before === undefined || first > before.last) union.push({ first, last });
    else if (last > before.last) union[union.length - 1] = { first: before.first, last };
  }
  return union;
}

function intersectionOf(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  let [i, j] = [0, 0];
  for (let [x, y] = [a[0], b[0]]; x && y; x = a[i], y = b[j]) {
    const first = Math.max(x.first, y.first);
    const last = Math.min(x.last, y.last);
    if (first < last) common.push({ first, last });
    if (x.last < y.last) i += 1;
    else j += 1;
  }
  return common;
}

function fillPiece(
  streamId: string,
  placed: readonly PlacedTrace[],
  span: Span,
  spec: RunnerSpec,
): Piece {
  const samples = samplesIn(span);
  const rows = spec.components.map(() => new Float32Array(samples));
  let shiftsNs = 0n;
  let present = 0n;
  for (const trace of placed) {
    const from = Math.max(trace.first, span.first);
    const to = Math.min(trace.last, span.last) + 1;
    if (from >= to) continue;
    const part = trace.samples.subarray(from - trace.first, to - trace.first);
    rows[trace.row]?.set(part, from - span.first);
    shiftsNs += trace.shiftNs;
    present += 1n;
  }
  const meanShiftNs = roundedQuotient(shiftsNs, present);
  const startNs = epochNs(gridTime(span.first, spec.samplingRateHz) + meanShiftNs);
  return { streamId, startNs, samples, rows };
}
