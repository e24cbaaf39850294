// Small files written by hand from the specification: version 2 superblock and headers, version 4 layouts.
// Files as libhdf5 writes them are compared in test/conformance/weightsHdf5.test.ts.

import { deflateSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { joined } from '../../../test/conformance/weightsZip.ts';
import { looksLikeHdf5 } from './fileBytes.ts';
import { openHdf5 } from './hdf5.ts';
import { readKerasWeights } from './kerasWeights.ts';

const text = (value: string) => Array.from(new TextEncoder().encode(value));
const whole = (count: number) => (value: number) =>
  Array.from({ length: count }, (_, k) => Math.floor(value / 256 ** k) % 256);
const u16 = whole(2);
const u32 = whole(4);
const u64 = whole(8);
const nowhere = new Array<number>(8).fill(255);
const inflate = (packed: Uint8Array) => new Uint8Array(inflateRawSync(packed));

interface Message {
  readonly type: number;
  readonly body: readonly number[];
}

/** A version 2 object header with one block of messages. */
function header(messages: readonly Message[]): number[] {
  const bodies = messages.flatMap(({ type, body }) => [type, ...u16(body.length), 0, ...body]);
  return [...text('OHDR'), 2, 2, ...u32(bodies.length), ...bodies, 0, 0, 0, 0];
}

const FLOAT32 = [0x11, 0x20, 31, 0, ...u32(4), ...u16(0), ...u16(32), 23, 8, 0, 23, ...u32(127)];
const dataspace = (shape: readonly number[]) => [2, shape.length, 0, 1, ...shape.flatMap(u64)];
const link = (name: string, address: number): Message => ({
  type: 0x06,
  body: [1, 0, name.length, ...text(name), ...u64(address)],
});
const attribute = (name: string, type: readonly number[], shape: number[], data: number[]) => ({
  type: 0x0c,
  body: [
    ...[3, 0, ...u16(name.length + 1), ...u16(type.length), ...u16(dataspace(shape).length), 0],
    ...[...text(name), 0, ...type, ...dataspace(shape), ...data],
  ],
});
const texts = (name: string, values: readonly string[]) => {
  const width = Math.max(...values.map((value) => value.length));
  const padded = values.flatMap((value) => [
    ...text(value),
    ...new Array<number>(width - value.length).fill(0),
  ]);
  return attribute(name, [0x13, 0, 0, 0, ...u32(width)], [values.length], padded);
};

interface Dataset {
  readonly shape: readonly number[];
  readonly layout: (dataAddress: number) => readonly number[];
  readonly data?: ArrayLike<number>;
  readonly extra?: readonly Message[];
}

/** A file whose root holds one dataset `w`, with the root's other messages. */
function write(dataset: Dataset, rootMessages: readonly Message[] = []): Uint8Array {
  const rootSize = header([link('w', 0), ...rootMessages]).length;
  const datasetAt = 48 + rootSize;
  const object = (dataAt: number) =>
    header([
      { type: 0x01, body: dataspace(dataset.shape) },
      { type: 0x03, body: FLOAT32 },
      { type: 0x08, body: dataset.layout(dataAt) },
      ...(dataset.extra ?? []),
    ]);
  const dataAt = datasetAt + object(0).length;
  const superblock = [0x89, ...text('HDF\r\n'), 0x1a, 0x0a, 2, 8, 8, 0, ...u64(0), ...nowhere];
  return joined(
    [...superblock, ...u64(0), ...u64(48), 0, 0, 0, 0],
    header([link('w', datasetAt), ...rootMessages]),
    object(dataAt),
    dataset.data ?? [],
  );
}

const floats = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const six = [1, 2, 3, 4, 5, 6];
const contiguous = (size: number) => (at: number) => [3, 1, ...u64(at), ...u64(size)];
const read = (bytes: Uint8Array) => openHdf5(bytes, 'a.h5', inflate).at('w')!.numbers()!;

function shuffled(bytes: Uint8Array): Uint8Array {
  const count = bytes.length / 4;
  return bytes.map((_, k) => bytes[(k % count) * 4 + Math.floor(k / count)]!);
}
const filter = (ids: readonly number[]): Message => ({
  type: 0x0b,
  body: [2, ids.length, ...ids.flatMap((id) => [...u16(id), ...u16(0), ...u16(1), ...u32(4)])],
});
/** One chunk of 2 × 3 float32, stored in `storedBytes` bytes. */
const oneChunk =
  (storedBytes: number, skipped = 0) =>
  (at: number) => {
    return [4, 2, 2, 3, 1, 2, 3, 4, 1, ...u64(storedBytes), ...u32(skipped), ...u64(at)];
  };

describe('datasets', () => {
  test('in one piece, inside the header and never written', () => {
    const compact = () => [3, 0, ...u16(24), ...floats(six)];
    const fill = { type: 0x05, body: [3, 0x20, ...u32(4), ...floats([7])] };
    const unwritten = () => [3, 1, ...nowhere, ...u64(0)];
    const values = [
      write({ shape: [2, 3], layout: contiguous(24), data: floats(six) }),
      write({ shape: [2, 3], layout: compact }),
      write({ shape: [2], layout: unwritten }),
      write({ shape: [2], layout: unwritten, extra: [fill] }),
    ].map((bytes) => Array.from(read(bytes).values));
    expect(values).toEqual([six, six, [0, 0], [7, 7]]);
  });

  test('in a packed, shuffled and checked chunk', () => {
    const packed = new Uint8Array(deflateSync(shuffled(floats(six))));
    const checked = joined(packed, [1, 2, 3, 4]);
    const layout = oneChunk(checked.length);
    const bytes = write({ shape: [2, 3], layout, data: checked, extra: [filter([2, 1, 3])] });
    expect(read(bytes)).toEqual({ shape: [2, 3], values: Float64Array.from(six) });
    expect(() => openHdf5(bytes, 'a.h5').at('w')!.numbers()).toThrow('packed with filter 1');
    const plain = write({
      shape: [2, 3],
      layout: oneChunk(24, 1),
      data: floats(six),
      extra: [filter([1])],
    });
    expect(Array.from(read(plain).values)).toEqual(six);
  });

  test('a chunk that reaches beyond the edge gives only what is inside', () => {
    const bytes = write({ shape: [1, 2], layout: oneChunk(24), data: floats(six) });
    expect(read(bytes)).toEqual({ shape: [1, 2], values: Float64Array.of(1, 2) });
  });

  test.each<[string, Dataset]>([
    [
      'is packed with filter 32015',
      {
        shape: [2, 3],
        layout: oneChunk(24),
        data: floats(six),
        extra: [{ type: 0x0b, body: [2, 1, ...u16(32015), ...u16(0), ...u16(0), ...u16(0)] }],
      },
    ],
    ['is of version 2', { shape: [2], layout: () => [2, 1, 1] }],
    [
      'in a way that is not read here',
      { shape: [2, 3], layout: (at) => [4, 2, 0, 3, 1, 2, 3, 4, 5, ...u64(at)] },
    ],
    ['larger than is read here', { shape: [2 ** 20, 2 ** 20], layout: contiguous(8) }],
    ['outside the file', { shape: [2 ** 10], layout: contiguous(2 ** 12), data: floats(six) }],
  ])('refused: %s', (why, dataset) => {
    expect(() => read(write(dataset))).toThrow(why.replace(/^is /, ''));
  });
});

describe('groups and attributes', () => {
  const dataset = { shape: [2, 3], layout: contiguous(24), data: floats(six) };

  test('are found by path and name', () => {
    const rate = attribute('rate', FLOAT32, [1], Array.from(floats([100])));
    const bytes = write(dataset, [texts('names', ['one', 'three']), rate]);
    const root = openHdf5(bytes, 'a.h5');
    expect(root.names()).toEqual(['w']);
    expect(root.at('w/below')).toBeUndefined();
    expect(root.numbers()).toBeUndefined();
    expect(root.attributes()).toEqual(
      new Map<string, unknown>([
        ['names', ['one', 'three']],
        ['rate', [100]],
      ]),
    );
  });

  test('of another kind of file are refused', () => {
    expect(looksLikeHdf5(write(dataset))).toBe(true);
    expect(() => openHdf5(new Uint8Array(100), 'a.txt')).toThrow('a.txt cannot be read as HDF5');
    const newer = write(dataset);
    newer[8] = 9;
    expect(() => openHdf5(newer, 'a.h5')).toThrow('its superblock is of version 9');
  });

  test('every truncation ends in a sentence', () => {
    const bytes = write(dataset, [texts('names', ['one'])]);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => read(bytes.slice(0, length))).toThrow('a.h5 cannot be read as HDF5');
    }
  });
});

describe('Keras', () => {
  const dataset = { shape: [2, 3], layout: contiguous(24), data: floats(six) };
  const keras = (config: string) =>
    write(dataset, [
      texts('layer_names', ['w']),
      ...(config === '' ? [] : [texts('model_config', [config])]),
    ]);

  test('the architecture of a whole model is read with its weights', () => {
    const { tensors, architecture } = readKerasWeights(
      keras('{"class_name":"Sequential"}'),
      'a.h5',
    );
    expect(architecture).toEqual({ class_name: 'Sequential' });
    expect(tensors.size).toBe(0);
    expect(readKerasWeights(keras(''), 'a.h5').architecture).toBeUndefined();
  });

  test('an architecture that is no JSON, and a layer that is not there, are refused', () => {
    expect(() => readKerasWeights(keras('{'), 'a.h5')).toThrow('no JSON');
    const absent = write(dataset, [texts('layer_names', ['v'])]);
    expect(() => readKerasWeights(absent, 'a.h5')).toThrow('a.h5 lists v but does not hold it');
    const many = write(dataset, [texts('layer_names0', ['w']), texts('layer_names1', ['v'])]);
    expect(() => readKerasWeights(many, 'a.h5')).toThrow('lists v but does not hold it');
  });
});
