import { describe, expect, test } from 'vitest';
import { joined, writeZip } from '../../../test/conformance/weightsZip.ts';
import { readStateDict } from './stateDict.ts';

const text = (value: string) => Array.from(new TextEncoder().encode(value));
const word = (value: string) => [0x58, value.length, 0, 0, 0, ...text(value)];
const numbers = (values: readonly number[]) => [0x28, ...values.flatMap((v) => [0x4b, v]), 0x74];
const name = (module: string, each: string) => text(`c${module}\n${each}\n`);

interface Described {
  readonly storage?: string;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A tensor as torch.save writes it: _rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict()). */
function tensor({ storage = 'FloatStorage', offset = 0, shape, strides }: Described): number[] {
  return [
    ...name('torch._utils', '_rebuild_tensor_v2'),
    ...[0x28, 0x28, ...word('storage'), ...name('torch', storage), ...word('0'), ...word('cpu')],
    ...[0x4b, 6, 0x74, 0x51, 0x4b, offset, ...numbers(shape), ...numbers(strides), 0x89],
    ...[...name('collections', 'OrderedDict'), 0x29, 0x52, 0x74, 0x52],
  ];
}

const dictionary = (key: string, value: readonly number[]) => [0x7d, ...word(key), ...value, 0x73];

function archive(tree: readonly number[], storage: Uint8Array, extra: Record<string, string> = {}) {
  return writeZip([
    { name: 'a/data.pkl', bytes: joined([0x80, 2], tree, [0x2e]) },
    { name: 'a/data/0', bytes: storage },
    ...Object.entries(extra).map(([each, value]) => ({ name: each, bytes: joined(text(value)) })),
  ]);
}
const storage = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
const matrix = tensor({ shape: [2, 3], strides: [3, 1] });
const read = (bytes: Uint8Array) => readStateDict(bytes, 'a.pt');

describe('a state_dict', () => {
  test('is read in C order, whatever its strides', () => {
    const transposed = tensor({ shape: [3, 2], strides: [1, 3] });
    const part = tensor({ shape: [2], strides: [1], offset: 4 });
    const values = [matrix, transposed, part].map((each) =>
      Array.from(read(archive(dictionary('w', each), storage)).get('w')!.values),
    );
    expect(values).toEqual([
      [0, 1, 2, 3, 4, 5],
      [0, 3, 1, 4, 2, 5],
      [4, 5],
    ]);
  });

  test.each([
    ['DoubleStorage', new Uint8Array(Float64Array.of(1.5, -2).buffer), [1.5, -2]],
    ['LongStorage', new Uint8Array(BigInt64Array.of(7n, -8n).buffer), [7, -8]],
    ['IntStorage', new Uint8Array(Int32Array.of(7, -8).buffer), [7, -8]],
    ['BoolStorage', Uint8Array.of(0, 1), [0, 1]],
  ])('%s becomes float32', (type, bytes, values) => {
    const tree = dictionary('w', tensor({ storage: type, shape: [2], strides: [1] }));
    expect(Array.from(read(archive(tree, bytes)).get('w')!.values)).toEqual(values);
  });

  test('inside a training checkpoint is found', () => {
    const tree = dictionary('state_dict', dictionary('w', matrix));
    expect([...read(archive(tree, storage)).keys()]).toEqual(['w']);
  });

  test('attributes set on the dictionary are dropped', () => {
    const tree = [...dictionary('w', matrix), ...dictionary('_metadata', [0x4e]), 0x62];
    expect(read(archive(tree, storage)).get('w')!.shape).toEqual([2, 3]);
  });
});

describe('refused, with the reason', () => {
  const tooLong = tensor({ shape: [7], strides: [1] });
  const spread = tensor({ shape: [200, 200], strides: [0, 0] });
  test.each<[string, Uint8Array, string]>([
    ['a program in its pickle', archive(text('cos\nsystem\n)R'), storage), 'it names os.system'],
    ['a whole module', archive(text('cmodels\nPhaseNet\n)R'), storage), 'save the state_dict'],
    [
      'a tensor beyond its storage',
      archive(dictionary('w', tooLong), storage),
      'beyond its storage',
    ],
    [
      'a tensor blown up from one number',
      archive(dictionary('w', spread), storage),
      'beyond its storage',
    ],
    ['no tensors', archive(dictionary('w', [0x4e]), storage), 'no tensors'],
    ['a list', archive([0x5d], storage), 'no dictionary'],
    ['big-endian numbers', archive(matrix, storage, { 'a/byteorder': 'big' }), 'big-endian'],
    ['another archive', writeZip([{ name: 'a.txt', bytes: storage }]), 'no data.pkl'],
    ['a file of an old PyTorch', joined([0x80, 2], text('old')), 'before 1.6'],
    [
      'a storage that is not there',
      writeZip([{ name: 'a/data.pkl', bytes: joined([0x80, 2], dictionary('w', matrix), [0x2e]) }]),
      'holds no file a/data/0',
    ],
  ])('%s', (_, bytes, why) => {
    expect(() => read(bytes)).toThrow(why);
  });
});
