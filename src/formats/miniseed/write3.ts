import { AppError } from '../../base/appError.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { crc32c } from './crc32c.ts';
import { FIXED_LENGTH_3 } from './header3.ts';
import { ByteSink, encodingFor, type WriteEncoding, writePayload } from './payload.ts';
import { recordTimeFields } from './record.ts';
import { formatSourceId } from './sourceId.ts';

export interface WriteMiniseed3Options {
  /** Most bytes of samples in a record. Default 4096. */
  readonly payloadBytes?: number;
  /** Default: Steim-2 for integers (int32 where a jump needs more than 30 bits), else what the samples are. */
  readonly encoding?: WriteEncoding;
  readonly publicationVersion?: number;
}

/**
 * The segments as miniSEED 3 records with checksums, in their order. Samples, starts and rates come back
 * exactly. Throws `bad-input` for a source identifier over 255 letters or an encoding that cannot hold the samples.
 */
export function writeMiniseed3(
  segments: readonly TraceSegment[],
  options: WriteMiniseed3Options = {},
): Uint8Array<ArrayBuffer> {
  const room = options.payloadBytes ?? 4096;
  if (!(room >= 64)) {
    throw new AppError('bad-input', 'A miniSEED 3 record needs at least 64 bytes of samples.');
  }
  const sink = new ByteSink(segments.reduce((sum, s) => sum + s.samples.length * 2, 0));
  for (const segment of segments) {
    const encoding = encodingFor(segment, options.encoding);
    const id = new TextEncoder().encode(formatSourceId(segment.stream));
    if (id.length > 255) {
      const text = `The source identifier ${formatSourceId(segment.stream)} is longer than the 255 letters of miniSEED 3.`;
      throw new AppError('bad-input', text);
    }
    for (let from = 0; from < segment.samples.length;) {
      from += writeRecord(sink, segment, from, id, encoding, room, options.publicationVersion ?? 1);
    }
  }
  return sink.toBytes();
}

function writeRecord(
  sink: ByteSink,
  segment: TraceSegment,
  from: number,
  id: Uint8Array,
  encoding: number,
  room: number,
  publicationVersion: number,
): number {
  const dataOffset = FIXED_LENGTH_3 + id.length;
  const offset = sink.reserve(dataOffset + room);
  const payload = writePayload(
    sink.view,
    offset + dataOffset,
    room,
    true,
    encoding,
    segment.samples,
    from,
  );
  sink.release(room - payload.bytes);
  const { view } = sink;
  const time = recordTimeFields(sampleTime(segment.startNs, from, segment.sampleRateHz));
  sink.bytes.set([77, 83, 3], offset);
  view.setUint32(offset + 4, time.nanos, true);
  view.setUint16(offset + 8, time.year, true);
  view.setUint16(offset + 10, time.dayOfYear, true);
  view.setUint8(offset + 12, time.hour);
  view.setUint8(offset + 13, time.minute);
  view.setUint8(offset + 14, time.second);
  view.setUint8(offset + 15, encoding);
  view.setFloat64(offset + 16, segment.sampleRateHz, true);
  view.setUint32(offset + 24, payload.samples, true);
  view.setUint8(offset + 32, publicationVersion);
  view.setUint8(offset + 33, id.length);
  view.setUint32(offset + 36, payload.bytes, true);
  sink.bytes.set(id, offset + FIXED_LENGTH_3);
  view.setUint32(offset + 28, crc32c(sink.bytes, offset, sink.length), true);
  return payload.samples;
}
