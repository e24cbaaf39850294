// The miniSEED 3 header: FDSN specification of 2022, https://docs.fdsn.org/projects/miniseed3.

import { daysToYear, type ParsedRecord } from './record.ts';
import { ENCODING } from './encoding.ts';
import type { StreamNames } from './streamNames.ts';

export const FIXED_LENGTH_3 = 40;

/** Parses the miniSEED 3 record at `offset`; `isHeader3` must hold there. Extra headers are passed over. */
export function parseHeader3(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  names: StreamNames,
): ParsedRecord {
  const idLength = view.getUint8(offset + 33);
  const extraLength = view.getUint16(offset + 34, true);
  const dataLength = view.getUint32(offset + 36, true);
  const dataOffset = FIXED_LENGTH_3 + idLength + extraLength;
  const length = dataOffset + dataLength;
  if (offset + length > bytes.length) {
    const fault = `it should have ${length} bytes, only ${bytes.length - offset} are left`;
    return { fault, code: 'truncated-record', length: undefined, streamKey: undefined };
  }
  const idBytes = bytes.subarray(offset + FIXED_LENGTH_3, offset + FIXED_LENGTH_3 + idLength);
  const name = names.ofSourceId(String.fromCharCode(...idBytes).replace(/\0/g, ''));
  const year = view.getUint16(offset + 8, true);
  const day = view.getUint16(offset + 10, true);
  const nanos = view.getUint32(offset + 4, true);
  if (day < 1 || day > 366 || nanos > 999_999_999) {
    const fault = 'its time is impossible';
    return { fault, code: 'damaged-record', length, streamKey: name.key };
  }
  const rate = view.getFloat64(offset + 16, true);
  const encoding = view.getUint8(offset + 15);
  return {
    offset,
    length,
    version: 3,
    stream: name.stream,
    streamKey: name.key,
    startS:
      (daysToYear(year) + day - 1) * 86_400 +
      view.getUint8(offset + 12) * 3600 +
      view.getUint8(offset + 13) * 60 +
      view.getUint8(offset + 14),
    startNanos: nanos,
    // A negative rate is a period in seconds.
    sampleRateHz: rate < 0 ? -1 / rate : rate,
    sampleCount: view.getUint32(offset + 24, true),
    encoding,
    // Steim frames are big-endian by definition, all else is little-endian.
    littleEndian: encoding !== ENCODING.steim1 && encoding !== ENCODING.steim2,
    dataOffset,
    dataLength,
  };
}

/** The checksum the record carries. */
export function storedCrc(view: DataView, offset: number): number {
  return view.getUint32(offset + 28, true);
}
