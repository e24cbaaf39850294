// Reads what NumPy's `savez` writes: a zip of stored or deflated .npy files. Only what the benches need.

import { inflateRawSync } from 'node:zlib';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Numbers, or one text per element for `U` types. */
  readonly values: readonly number[] | readonly string[];
}

/** The arrays of a .npz by name. */
export function readNpz(bytes: Buffer): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  // The central directory is read, for local headers may leave sizes open.
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('not a zip file');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count; i += 1) {
    const method = bytes.readUInt16LE(at + 10);
    const size = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const skip = nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const stored = bytes.subarray(from, from + size);
    const body = method === 0 ? stored : inflateRawSync(stored);
    arrays.set(name.replace(/\.npy$/, ''), readNpy(body));
    at += 46 + skip;
  }
  return arrays;
}

function readNpy(bytes: Buffer): NpyArray {
  if (bytes.toString('latin1', 1, 6) !== 'NUMPY') throw new Error('not a .npy file');
  const wide = bytes[6] !== 1;
  const headerAt = wide ? 12 : 10;
  const length = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', headerAt, headerAt + length);
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, each) => product * each, 1);
  const body = bytes.subarray(headerAt + length);
  return {
    shape,
    fortranOrder: header.includes("'fortran_order': True"),
    values: readValues(type, body, count),
  };
}

function readValues(type: string, body: Buffer, count: number): number[] | string[] {
  const indices = Array.from({ length: count }, (_, i) => i);
  if (type === '<f8') return indices.map((i) => body.readDoubleLE(8 * i));
  if (type === '<f4') return indices.map((i) => body.readFloatLE(4 * i));
  if (type === '<i8') return indices.map((i) => Number(body.readBigInt64LE(8 * i)));
  const text = /^<U(\d+)$/.exec(type);
  if (text) {
    const bytesEach = 4 * Number(text[1]);
    return indices.map((i) => {
      const element = new Uint32Array(
        body.buffer.slice(body.byteOffset + i * bytesEach, body.byteOffset + (i + 1) * bytesEach),
      );
      return String.fromCodePoint(...element.filter((point) => point !== 0));
    });
  }
  throw new Error(`the type ${type} is not read here`);
}
