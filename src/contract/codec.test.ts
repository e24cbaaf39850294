import { describe, expect, test } from 'vitest';
import { decode, encode } from './codec.ts';

const crossed = (value: unknown): unknown => decode(encode(value));

describe('what crosses the boundary', () => {
  test('plain data, bigint times, odd numbers and holes in lists come out as they went in', () => {
    const message = {
      text: 'Þorbjörn',
      time: 1_696_818_077_400_000_001n,
      before1970: -1n,
      numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER],
      holes: [undefined, null, 1],
      nested: [{ a: [{ b: 2n }] }],
      empty: {},
    };
    expect(crossed(message)).toStrictEqual(message);
  });

  test('a field that is there and undefined is not the same as one that is absent', () => {
    expect(crossed({ a: 1, b: undefined })).toStrictEqual({ a: 1, b: undefined });
    expect(crossed({ a: 1 })).toStrictEqual({ a: 1 });
  });

  test('each array type, empty ones too, comes out bit for bit, at 8-byte boundaries', () => {
    const message = {
      bytes: new Uint8Array([1, 2, 3]),
      int16: new Int16Array([-1, 2]),
      int32: new Int32Array([-(2 ** 31), 7]),
      uint32: new Uint32Array([2 ** 32 - 1]),
      float32: new Float32Array([NaN, -0, 1.1]),
      float64: new Float64Array([Math.PI]),
      times: new BigInt64Array([-1n, 1_700_000_000_123_456_789n]),
      none: new Float32Array(0),
    };
    const out = crossed(message) as typeof message;
    expect(out).toStrictEqual(message);
    for (const array of Object.values(out)) expect(array.byteOffset % 8).toBe(0);
  });

  test('decoding copies no samples', () => {
    const frame = encode({ samples: new Float32Array(1000) });
    expect((decode(frame) as { samples: Float32Array }).samples.buffer).toBe(frame);
  });

  test('a view on part of a buffer and a Node Buffer cross as the bytes they show', () => {
    const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    expect(crossed({ part, bytes: Buffer.from('abc') })).toStrictEqual({
      part: new Float32Array([2, 3]),
      bytes: new Uint8Array([97, 98, 99]),
    });
  });

  test('data cannot pose as a tag: keys that begin with $ are escaped', () => {
    const message = {
      a: { $ns: '12' },
      b: { $array: 0 },
      c: { $$twice: 1, plain: 2 },
      d: { $undefined: true },
      $top: new Int16Array([1]),
    };
    expect(crossed(message)).toStrictEqual(message);
  });

  test('a key named __proto__ stays a key', () => {
    const out = crossed(JSON.parse('{"__proto__": {"polluted": 1}}')) as object;
    expect(Object.hasOwn(out, '__proto__')).toBe(true);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['an ArrayBuffer', new ArrayBuffer(8)],
    ['a DataView', new DataView(new ArrayBuffer(8))],
    ['a BigUint64Array', new BigUint64Array(1)],
    ['an Error', new Error('x')],
  ])('%s is refused at once', (_, value) => {
    expect(() => encode({ value })).toThrow(TypeError);
  });

  test('a frame above the limit is refused with its size and what to do', () => {
    expect(() => encode({ samples: new Float64Array(300_000) }, 1_048_576)).toThrow(
      /2\.3 MiB is larger than the 1\.0 MiB .* ask for a shorter window/,
    );
  });
});

/** A frame with a header of the test's making. */
function forge(header: string, bodyBytes = 0): ArrayBuffer {
  const bytes = new TextEncoder().encode(header);
  const frame = new Uint8Array(Math.ceil((4 + bytes.length) / 8) * 8 + bodyBytes);
  new DataView(frame.buffer).setUint32(0, bytes.length, true);
  frame.set(bytes, 4);
  return frame.buffer;
}

describe('a forged or damaged frame is refused, never read beyond its end', () => {
  const slot = (...parts: unknown[]): string =>
    JSON.stringify({ message: { $array: 0 }, slots: [parts] });

  test.each([
    ['nothing', new ArrayBuffer(0)],
    ['three bytes', new ArrayBuffer(3)],
    ['a header longer than the frame', new Uint32Array([0xffffffff, 0]).buffer],
    ['no JSON', forge('{"message":')],
    ['no UTF-8', new Uint8Array([2, 0, 0, 0, 0xff, 0xfe, 0, 0]).buffer],
    ['no object', forge('7')],
    ['no slots', forge('{"message":1}')],
    ['an array that is not in the table', forge('{"message":{"$array":1},"slots":[]}')],
    ['an array index that is a text', forge('{"message":{"$array":"length"},"slots":[]}')],
    ['an array type from the prototype', forge(slot('constructor', 0, 1), 8)],
    ['an unknown array type', forge(slot('BigUint64Array', 0, 1), 8)],
    ['a negative offset', forge(slot('Float32Array', -8, 1), 8)],
    ['an odd offset', forge(slot('Float32Array', 4, 1), 8)],
    ['a fractional length', forge(slot('Float32Array', 0, 0.5), 8)],
    ['a negative length', forge(slot('Float32Array', 0, -1), 8)],
    ['an array past the end', forge(slot('Float64Array', 0, 2), 8)],
    ['a huge length', forge(slot('Uint8Array', 0, 2 ** 53), 8)],
    ['an unknown tag', forge('{"message":{"$date":1},"slots":[]}')],
    ['an unknown tag among keys', forge('{"message":{"$ns":"1","b":2},"slots":[]}')],
    ['a number that is no integer', forge('{"message":{"$ns":"1e9"},"slots":[]}')],
    ['an odd number from the prototype', forge('{"message":{"$number":"toString"},"slots":[]}')],
  ])('%s', (_, frame) => {
    expect(() => decode(frame)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });

  test('every truncation of a good frame is refused or gives the message without its padding', () => {
    const message = { a: 1n, samples: new Float64Array([1, 2]) };
    const frame = encode(message);
    for (let length = 0; length < frame.byteLength; length++) {
      expect(() => decode(frame.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'bad-input' }),
      );
    }
  });
});
