// LevelDB's sorted table (doc/table_format.md): blocks of prefix-compressed keys, an index block, a footer.
// TensorFlow writes its checkpoint index so, always uncompressed.

import { crc32c } from '../miniseed/crc32c.ts';

const FOOTER_BYTES = 48;
const TRAILER_BYTES = 5;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb] as const;
const MASK_DELTA = 0xa282ead8;

/** A cursor over protobuf-style variable-length integers. Throws RangeError at the end. */
export class VarintReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at];
      if (byte === undefined || factor > 2 ** 63) throw new RangeError('a number ends early');
      this.at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  take(count: number): Uint8Array {
    const end = this.at + count;
    if (end > this.bytes.length) throw new RangeError('a value ends early');
    const bytes = this.bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}

/** The CRC-32C LevelDB and TensorFlow store: rotated and shifted, so that a CRC of CRCs is safe. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** Every key and value of a table, in order. Throws RangeError saying what is broken. */
export function readSortedTable(bytes: Uint8Array): Map<string, Uint8Array> {
  const footer = bytes.subarray(-FOOTER_BYTES);
  if (MAGIC.some((byte, k) => footer[FOOTER_BYTES - 8 + k] !== byte)) {
    throw new RangeError('its last bytes are not those of a table');
  }
  const handles = new VarintReader(footer);
  handles.varint();
  handles.varint();
  const entries = new Map<string, Uint8Array>();
  const decoder = new TextDecoder();
  for (const [, handle] of readBlock(bytes, handles)) {
    for (const [key, value] of readBlock(bytes, new VarintReader(handle))) {
      entries.set(decoder.decode(key), value);
    }
  }
  return entries;
}

function readBlock(bytes: Uint8Array, handle: VarintReader): [Uint8Array, Uint8Array][] {
  const offset = handle.varint();
  const size = handle.varint();
  const whole = new VarintReader(bytes, offset).take(size + TRAILER_BYTES);
  const trailer = new DataView(whole.buffer, whole.byteOffset + size, TRAILER_BYTES);
  if (trailer.getUint32(1, true) !== maskedCrc32c(whole.subarray(0, size + 1))) {
    throw new RangeError('a block does not match its checksum');
  }
  if (trailer.getUint8(0) !== 0) throw new RangeError('its blocks are compressed');
  const block = whole.subarray(0, size);
  const restarts = new DataView(block.buffer, block.byteOffset + size - 4, 4).getUint32(0, true);
  const reader = new VarintReader(block.subarray(0, size - 4 - 4 * restarts));
  const entries: [Uint8Array, Uint8Array][] = [];
  let previous = new Uint8Array(0);
  while (!reader.done) {
    const shared = reader.varint();
    const ownBytes = reader.varint();
    const valueBytes = reader.varint();
    const key = new Uint8Array(shared + ownBytes);
    key.set(previous.subarray(0, shared));
    key.set(reader.take(ownBytes), shared);
    entries.push([key, reader.take(valueBytes)]);
    previous = key;
  }
  return entries;
}
