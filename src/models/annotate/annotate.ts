// Records in, probability curves out, as SeisBench 0.12's `annotate` does it ("A toolbox for machine learning in
// seismology", Woollam et al. 2022), except that offsets are rounded to samples and never cut.

import { epochNs } from '../../base/time.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { ChunkRunner, type Inference } from '../runChunk.ts';
import { checkSettings } from '../settings.ts';
import type { RunnerSpec } from '../spec.ts';
import { type AnnotatedCurve, curveTiming, trimmedCurve } from './annotatedCurve.ts';
import { cutPieces, groupByLocation, type Piece } from './pieces.ts';
import { prepareTraces, type RunNote } from './traces.ts';

export interface Annotation {
  /** By location, time and label; a curve for each stretch of data. */
  readonly curves: readonly AnnotatedCurve[];
  readonly notes: readonly RunNote[];
}

/**
 * Probability curves of all locations in `traces`. Order of work: join, filter, resample, leave out records that
 * disagree, group by NET.STA.LOC, cut into pieces, cut into windows, prepare each window, infer, blind, stack,
 * trim. Throws `bad-input` for settings that cannot work; data that give nothing are told in `notes`.
 */
export async function annotate(
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
  infer: Inference,
): Promise<Annotation> {
  checkSettings(spec, settings);
  const notes: RunNote[] = [];
  const curves: AnnotatedCurve[] = [];
  const rows = spec.labels.map((_, row) => row);
  const runner = new ChunkRunner(spec, settings, rows, infer);
  // Location by location, so that only one is held filtered and resampled.
  for (const [streamId, group] of groupByLocation(traces)) {
    const cut = locationPieces(streamId, group, spec, settings);
    notes.push(...cut.notes);
    for (const piece of cut.pieces) {
      const values = await runner.stretch(piece.rows, piece.samples);
      curves.push(...pieceCurves(piece, values, spec, settings));
    }
  }
  return { curves, notes: withoutRepeats(notes) };
}

/** The pieces of the traces of one location, filtered and at the model's rate. */
export function locationPieces(
  streamId: string,
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
): { pieces: readonly Piece[]; notes: readonly RunNote[] } {
  const prepared = prepareTraces(traces, spec, settings);
  const cut = cutPieces(streamId, prepared.traces, spec, settings);
  return { pieces: cut.pieces, notes: [...prepared.notes, ...cut.notes] };
}

function pieceCurves(
  { streamId, startNs }: Piece,
  values: readonly Float32Array[],
  spec: RunnerSpec,
  settings: RunSettings,
): AnnotatedCurve[] {
  const { sampleRateHz, delayNs } = curveTiming(spec, settings, spec.samplingRateHz);
  const beginsNs = epochNs(startNs + delayNs);
  return spec.labels.flatMap((label, row) => {
    const curve = values[row];
    if (curve === undefined) return [];
    const whole = { streamId, label, startNs: beginsNs, sampleRateHz, values: curve };
    return trimmedCurve(whole) ?? [];
  });
}

/** A record in many parts has the same to say of each. */
function withoutRepeats(notes: readonly RunNote[]): RunNote[] {
  return [...new Map(notes.map((note) => [`${note.stream} ${note.reason}`, note])).values()];
}
