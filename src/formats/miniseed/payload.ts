import { AppError } from '../../base/appError.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import type { Samples, TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { ENCODING } from './encoding.ts';
import { encodeSteim2, fitsSteim2 } from './steimEncode.ts';

export type WriteEncoding = 'steim2' | 'int32' | 'float32' | 'float64';

/** How a segment's samples will be stored. Throws `bad-input` when the encoding cannot hold them exactly. */
export function encodingFor(segment: TraceSegment, wanted: WriteEncoding | undefined): number {
  const { samples, stream } = segment;
  if (samples instanceof Int32Array) {
    if (wanted === 'float32') refuse(stream, wanted, '32-bit integers');
    if (wanted === 'float64') return ENCODING.float64;
    if (wanted === 'int32') return ENCODING.int32;
    if (fitsSteim2(samples)) return ENCODING.steim2;
    if (wanted === 'steim2') refuse(stream, wanted, 'jumps of more than 30 bits');
    return ENCODING.int32;
  }
  if (samples instanceof Float32Array) {
    if (wanted === 'steim2' || wanted === 'int32') refuse(stream, wanted, 'floating-point samples');
    return wanted === 'float64' ? ENCODING.float64 : ENCODING.float32;
  }
  if (wanted !== undefined && wanted !== 'float64') refuse(stream, wanted, '64-bit floats');
  return ENCODING.float64;
}

function refuse(stream: TraceSegment['stream'], encoding: string, what: string): never {
  const text = `${formatNslc(stream)} holds ${what}, which ${encoding} cannot store exactly; choose another encoding or none.`;
  throw new AppError('bad-input', text);
}

export interface PayloadPart {
  readonly samples: number;
  readonly bytes: number;
}

/** Writes as many samples as fit into `room` bytes at `offset` (zeros before). */
export function writePayload(
  view: DataView,
  offset: number,
  room: number,
  littleEndian: boolean,
  encoding: number,
  samples: Samples,
  from: number,
): PayloadPart {
  if (encoding === ENCODING.steim2 && samples instanceof Int32Array) {
    const packed = encodeSteim2(samples, from, view, offset, Math.floor(room / 64));
    return { samples: packed.samples, bytes: packed.frames * 64 };
  }
  const size = encoding === ENCODING.float64 ? 8 : 4;
  const count = Math.min(samples.length - from, Math.floor(room / size));
  for (let i = 0; i < count; i++) {
    const value = samples[from + i] ?? 0;
    const at = offset + i * size;
    if (encoding === ENCODING.int32) view.setInt32(at, value, littleEndian);
    else if (encoding === ENCODING.float32) view.setFloat32(at, value, littleEndian);
    else view.setFloat64(at, value, littleEndian);
  }
  return { samples: count, bytes: count * size };
}

/** Bytes in the order they were put, doubling as they grow. */
export class ByteSink {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(Math.max(expectedBytes, 1 << 12));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }
  get view(): DataView {
    return this.#view;
  }
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Zeros to write into; returns where they begin. */
  reserve(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return start;
  }

  /** Gives back the last `count` bytes, cleared. */
  release(count: number): void {
    this.#bytes.fill(0, this.#length - count, this.#length);
    this.#length -= count;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}
