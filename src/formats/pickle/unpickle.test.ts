import { describe, expect, test } from 'vitest';
import { joined } from '../../../test/conformance/weightsZip.ts';
import { isPickledGlobal, unpickle } from './unpickle.ts';

const text = (value: string) => new TextEncoder().encode(value);
const rules = {
  fileName: 'a.pt',
  globals: new Map([
    ['collections.OrderedDict', () => new Map<unknown, unknown>()],
    ['torch.FloatStorage', undefined],
  ]),
};
const read = (...parts: (string | number[])[]) =>
  unpickle(joined(...parts.map((part) => (typeof part === 'string' ? text(part) : part))), rules);

describe('data', () => {
  test('numbers, texts and nothing, as protocols 2 to 5 write them', () => {
    // pickle.dumps([None, True, False, 7, 300, -5, 2**40, -2**70, 0.5, 'é'], protocol=2)
    const value = read(
      [0x80, 2],
      ']q\0(N',
      [0x88, 0x89],
      'K\x07M',
      [0x2c, 0x01],
      'J',
      [0xfb, 0xff, 0xff, 0xff],
      [0x8a, 6, 0, 0, 0, 0, 0, 1],
      [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0],
      'G',
      [0x3f, 0xe0, 0, 0, 0, 0, 0, 0],
      'X',
      [2, 0, 0, 0, 0xc3, 0xa9],
      'e.',
    );
    expect(value).toEqual([null, true, false, 7, 300, -5, 2 ** 40, -(2n ** 70n), 0.5, 'é']);
  });

  test('lists, tuples, dictionaries and values recalled', () => {
    expect(
      read([0x80, 4, 0x95, 9, 0, 0, 0, 0, 0, 0, 0], '}', [0x94], '(K\x01]K\x02aK\x03h\0u.'),
    ).toEqual(new Map<unknown, unknown>([[1, [2]]]).set(3, expect.any(Map)));
    expect(read('(K\x01K\x02tK\x03', [0x85], 'K\x04K\x05', [0x86], [0x87], '.')).toEqual([
      [1, 2],
      [3],
      [4, 5],
    ]);
    expect(read('}K\x01Ns.')).toEqual(new Map([[1, null]]));
  });

  test('names of the list are handed on or called', () => {
    expect(read('ccollections\nOrderedDict\n)R.')).toEqual(new Map());
    const name = read([0x8c, 5], 'torch', [0x8c, 12], 'FloatStorage', [0x93], '.');
    expect(isPickledGlobal(name) && name.name).toBe('torch.FloatStorage');
  });
});

describe('a hostile pickle is refused and nothing in it is run', () => {
  test.each<[string, string, (string | number[])[]]>([
    ['a system call', 'it names posix.system', ['cposix\nsystem\n(X', [2, 0, 0, 0], 'ls', 'tR.']],
    ['the same, protocol 0', 'it names os.system', ["cos\nsystem\n(S'ls'\ntR."]],
    [
      'the same, protocol 4',
      'it names builtins.eval',
      [[0x80, 4, 0x8c, 8], 'builtins', [0x8c, 4], 'eval', [0x93], '.'],
    ],
    ['attribute access under a listed module', 'it names torch.hub', ['ctorch\nhub\n.']],
    ['a name that is data only, called', 'may not be called', ['ctorch\nFloatStorage\n)R.']],
    ['a value called', 'may not be called', ['K\x01)R.']],
    [
      'a class made without its constructor',
      'opcode 0x81',
      ['ccollections\nOrderedDict\n)', [0x81], '.'],
    ],
    ['a class of the old kind', 'opcode 0x69', ['(ios\nsystem\n.']],
    ['an extension code', 'opcode 0x82', [[0x82, 1], '.']],
    ['data outside without a reader', 'outside itself', ['K\x01Q.']],
  ])('%s', (_, why, parts) => {
    expect(() => read(...parts)).toThrow(why);
    expect(() => read(...parts)).toThrow('Nothing in it was run.');
  });
});

describe('a broken pickle ends in a sentence', () => {
  test.each<[string, (string | number[])[]]>([
    ['its stack is empty', ['.']],
    ['it ends before its end mark', ['K\x01']],
    ['it ends early', ['X', [9, 0, 0, 0], 'abc']],
    ['it ends early', ['T', [0xff, 0xff, 0xff, 0xff], 'abc']],
    ['it ends early', ['ccollections']],
    ['a mark is missing', ['K\x01t.']],
    ['a mark stands where', ['(.']],
    ['no dictionary', [']K\x01K\x02s.']],
    ['no list', ['}K\x01a.']],
    ['never stored', ['h\x05.']],
    ['a value is missing', ['2.']],
  ])('%s', (why, parts) => {
    expect(() => read(...parts)).toThrow(why);
  });
});
