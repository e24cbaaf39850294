import type { Samples } from '../../domain/waveform/traceSegment.ts';
import { ENCODING, encodingName, sampleBytesOf, sampleTypeOf } from './encoding.ts';
import type { RecordHeader } from './record.ts';
import { decodeSteim1, decodeSteim2, ILLEGAL_CODE, lastSampleStated } from './steim.ts';

/** What came of one record: nothing to say, samples to be used with care, or no samples. */
export interface Decoded {
  readonly usable: boolean;
  readonly code: string;
  readonly message: string;
}

const GOOD: Decoded = { usable: true, code: '', message: '' };

function damaged(message: string): Decoded {
  return { usable: false, code: 'damaged-record', message };
}

/** Decodes one record's samples into `out` from `at`, where there is room for its sample count. */
export function decodeRecord(
  view: DataView,
  record: RecordHeader,
  out: Samples,
  at: number,
): Decoded {
  const { encoding, sampleCount, dataLength } = record;
  if (sampleCount === 0) return GOOD;
  if (encoding === ENCODING.steim1 || encoding === ENCODING.steim2) {
    return out instanceof Int32Array
      ? decodeSteim(view, record, out, at)
      : damaged('its samples do not fit its stream');
  }
  const bytes = sampleBytesOf(encoding);
  if (bytes === undefined || sampleTypeOf(encoding) === 'text') {
    return damaged(`${encodingName(encoding)} is not an encoding of samples that can be read`);
  }
  if (sampleCount * bytes > dataLength) {
    const room = Math.floor(dataLength / bytes);
    return damaged(`it promises ${sampleCount} samples and has room for ${room}`);
  }
  return decodePlain(view, record, out, at);
}

function decodeSteim(view: DataView, record: RecordHeader, out: Int32Array, at: number): Decoded {
  const { encoding, littleEndian, sampleCount, dataLength } = record;
  const offset = record.offset + record.dataOffset;
  const decode = encoding === ENCODING.steim1 ? decodeSteim1 : decodeSteim2;
  const count = decode(view, offset, dataLength, littleEndian, sampleCount, out, at);
  if (count === ILLEGAL_CODE) return damaged('it holds a code that Steim-2 does not define');
  if (count < sampleCount) {
    return damaged(`it promises ${sampleCount} samples and holds ${count}`);
  }
  const last = out[at + sampleCount - 1];
  const stated = lastSampleStated(view, offset, littleEndian);
  if (last === stated) return GOOD;
  const message = `its last sample comes out as ${last}, the record says ${stated}; its samples may be wrong`;
  return { usable: true, code: 'integrity', message };
}

function decodePlain(view: DataView, record: RecordHeader, out: Samples, at: number): Decoded {
  const { encoding, littleEndian: little, sampleCount: n } = record;
  const from = record.offset + record.dataOffset;
  switch (encoding) {
    case ENCODING.int16:
    case ENCODING.dwwssn:
      for (let i = 0; i < n; i++) out[at + i] = view.getInt16(from + 2 * i, little);
      return GOOD;
    case ENCODING.int24:
    case ENCODING.geoscope24:
      for (let i = 0; i < n; i++) out[at + i] = int24(view, from + 3 * i, little);
      return GOOD;
    case ENCODING.int32:
      for (let i = 0; i < n; i++) out[at + i] = view.getInt32(from + 4 * i, little);
      return GOOD;
    case ENCODING.float32:
      for (let i = 0; i < n; i++) out[at + i] = view.getFloat32(from + 4 * i, little);
      return GOOD;
    case ENCODING.float64:
      for (let i = 0; i < n; i++) out[at + i] = view.getFloat64(from + 8 * i, little);
      return GOOD;
    default:
      return decodeGainRanged(view, record, out, at);
  }
}

function int24(view: DataView, at: number, little: boolean): number {
  const [low, middle, high] = little ? [0, 1, 2] : [2, 1, 0];
  const value =
    view.getUint8(at + low) | (view.getUint8(at + middle) << 8) | (view.getUint8(at + high) << 16);
  return (value << 8) >> 8;
}

const CDSN_SHIFT = [0, 2, 4, 7] as const;
const SRO_OFFSET = 10;

/** The gain-ranged 16-bit words of older stations: SEED manual 2.4, appendix D. */
function decodeGainRanged(view: DataView, record: RecordHeader, out: Samples, at: number): Decoded {
  const { encoding, littleEndian: little, sampleCount: n } = record;
  const from = record.offset + record.dataOffset;
  for (let i = 0; i < n; i++) {
    const word = view.getUint16(from + 2 * i, little);
    if (encoding === ENCODING.cdsn) {
      out[at + i] = ((word & 0x3fff) - 0x1fff) << (CDSN_SHIFT[word >>> 14] ?? 0);
    } else if (encoding === ENCODING.sro) {
      const exponent = SRO_OFFSET - (word >>> 12);
      if (exponent < 0) return damaged(`sample ${i} has SRO gain range ${word >>> 12}, over 10`);
      out[at + i] = ((word << 20) >> 20) << exponent;
    } else {
      const bits = encoding === ENCODING.geoscope16Exponent3 ? 7 : 15;
      out[at + i] = ((word & 0x0fff) - 2048) / 2 ** ((word >>> 12) & bits);
    }
  }
  return GOOD;
}
