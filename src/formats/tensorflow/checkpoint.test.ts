import { describe, expect, test } from 'vitest';
import { joined } from '../../../test/conformance/weightsZip.ts';
import { readCheckpoint } from './checkpoint.ts';
import { maskedCrc32c, readSortedTable } from './sortedTable.ts';

const text = (value: string) => Array.from(new TextEncoder().encode(value));
const u32 = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

type Row = [key: string, value: ArrayLike<number>];

/** A block whose keys share what they can with the key before. */
function block(rows: readonly Row[], compression = 0): Uint8Array {
  let before = '';
  const entries = rows.map(([key, value]) => {
    let shared = 0;
    while (shared < key.length && key[shared] === before[shared]) shared += 1;
    before = key;
    const own = text(key.slice(shared));
    const sizes = [shared, own.length, value.length].flatMap(varint);
    return [...sizes, ...own, ...Array.from(value)];
  });
  const body = [...entries.flat(), ...u32(0), ...u32(1), compression];
  return joined(body, u32(maskedCrc32c(joined(body))));
}

function table(rows: readonly Row[], compression = 0): Uint8Array {
  const data = block(rows, compression);
  const index = block([['~', [...varint(0), ...varint(data.length - 5)]]]);
  const handle = [...varint(data.length), ...varint(index.length - 5)];
  const footer = [...varint(0), ...varint(0), ...handle];
  const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
  return joined(data, index, footer, new Uint8Array(40 - footer.length), magic);
}

interface Entry {
  readonly type?: number;
  readonly shape: readonly number[];
  readonly shard?: number;
  readonly offset?: number;
  readonly bytes: Uint8Array;
}

function entry({ type = 1, shape, shard = 0, offset = 0, bytes }: Entry): number[] {
  const dimensions = shape.flatMap((size) => [0x12, 2, 0x08, size]);
  return [
    ...[0x08, type, 0x12, dimensions.length, ...dimensions, 0x18, shard],
    ...[0x20, offset, 0x28, bytes.length, 0x35, ...u32(maskedCrc32c(bytes))],
  ];
}

const header = (shards: number, endian = 0): Row => ['', [0x08, shards, 0x10, endian]];
const bytes = new Uint8Array(Float32Array.of(1, -2, 3.5, 4).buffer);
const step = new Uint8Array(8);
const shard = joined(bytes, step);
const index = table([
  header(1),
  ['conv/bias', entry({ shape: [4], bytes })],
  ['conv/kernel', entry({ shape: [2, 2], bytes })],
  ['conv/last', entry({ shape: [], offset: 8, bytes: bytes.slice(8, 12) })],
  ['step', entry({ type: 9, shape: [], offset: 16, bytes: step })],
]);
const read = (given: Uint8Array, shards = [shard]) =>
  readCheckpoint({ name: 'model.ckpt', index: given, shards });

describe('a checkpoint', () => {
  test('gives its float32 variables by name and shape', () => {
    expect(read(index)).toEqual(
      new Map([
        ['conv/bias', { shape: [4], values: Float32Array.of(1, -2, 3.5, 4) }],
        ['conv/kernel', { shape: [2, 2], values: Float32Array.of(1, -2, 3.5, 4) }],
        ['conv/last', { shape: [], values: Float32Array.of(3.5) }],
      ]),
    );
  });

  test('is refused when a data file is missing, cut or changed', () => {
    const changed = shard.slice();
    changed[3]! ^= 1;
    expect(() => read(index, [])).toThrow('it has 1 data files, of which 0 are here');
    expect(() => read(index, [shard.subarray(0, 9)])).toThrow('variable conv/bias ends early');
    expect(() => read(index, [changed])).toThrow('conv/bias does not match its checksum');
  });

  test('is refused when it is of another byte order, compressed or empty', () => {
    expect(() => read(table([header(1, 1)]))).toThrow('big-endian');
    expect(() => read(table([header(1)], 1))).toThrow('its blocks are compressed');
    expect(() => read(table([header(1)]))).toThrow('it holds no variables');
    expect(() => read(table([['a', [0x0b]]]))).toThrow('a message is of an unknown form');
  });

  test('whose index is cut or changed anywhere is refused with a sentence', () => {
    for (let length = 0; length < index.length; length += 1) {
      expect(() => read(index.slice(index.length - length))).toThrow('model.ckpt');
    }
    const blocks = index.length - 48;
    for (let at = 0; at < blocks; at += 1) {
      const changed = index.slice();
      changed[at]! ^= 0x10;
      expect(() => readSortedTable(changed)).toThrow('checksum');
    }
  });
});
