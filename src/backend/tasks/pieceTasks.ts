import { transferable, type TaskReply } from '../../jobs/task.ts';
import type { RunningScale, RunSettings } from '../../domain/event/runSettings.ts';
import type { Samples, TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { locationPieces } from '../../models/annotate/annotate.ts';
import type { Piece } from '../../models/annotate/pieces.ts';
import type { RunNote } from '../../models/annotate/traces.ts';
import { prepareRecord, type RecordPreparation } from '../../models/recordPreparation.ts';
import { scaleRows } from '../../models/runningScale.ts';
import type { RunnerSpec } from '../../models/spec.ts';

/** A contiguous record, its line removed and filtered (see models/recordPreparation). */
export function prepareRecordTask(args: {
  samples: Samples;
  sampleRateHz: number;
  preparation: RecordPreparation;
}): TaskReply<Float64Array> {
  const value = prepareRecord(args.samples, args.sampleRateHz, args.preparation);
  return { value, transfer: transferable([value]) };
}

/** Rows by their running mean and deviation (see models/runningScale). */
export function scaleRowsTask(args: {
  rows: readonly (Samples | undefined)[];
  scale: RunningScale;
}): TaskReply<readonly (Float32Array | undefined)[]> {
  const value = scaleRows(args.rows, args.scale);
  return { value, transfer: transferable(value.flatMap((row) => row ?? [])) };
}

/** The pieces of one location as SeisBench makes them (see models/annotate). */
export function cutLocationTask(args: {
  streamId: string;
  traces: readonly TraceSegment[];
  spec: RunnerSpec;
  settings: RunSettings;
}): TaskReply<{ pieces: readonly Piece[]; notes: readonly RunNote[] }> {
  const value = locationPieces(args.streamId, args.traces, args.spec, args.settings);
  return { value, transfer: transferable(value.pieces.flatMap(({ rows }) => rows)) };
}
