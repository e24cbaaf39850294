import { describe, expect, test } from 'vitest';
import { canonicalJson, isJsonObject, type Json, toJson } from './canonicalJson.ts';

describe('canonical JSON', () => {
  test('is that of the example in RFC 8785, section 3.2.2', () => {
    const value = JSON.parse(`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`) as Json;
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('orders names by their UTF-16 units, as in section 3.2.3', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 1])));
    const order = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    expect(Object.keys(JSON.parse(`{${text.slice(1, -1)}}`) as object).length).toBe(7);
    expect([...text.matchAll(/"((?:[^"\\]|\\.)*)":/g)].map((m) => JSON.parse(`"${m[1]}"`))).toEqual(
      order,
    );
  });

  test('does not hang on the order in which something was written', () => {
    expect(canonicalJson({ b: [1, { d: -0, c: '' }], a: null })).toBe(
      '{"a":null,"b":[1,{"c":"","d":0}]}',
    );
    expect(() => canonicalJson([NaN])).toThrow('JSON has no NaN');
  });

  test('is made of plain values', () => {
    expect(toJson({ a: 1n, b: undefined, c: [undefined, 'x'], d: { e: false } })).toEqual({
      ...{ a: '1', c: [null, 'x'], d: { e: false } },
    });
    expect(() => toJson(() => 1)).toThrow('bug: function in JSON');
    expect([{}, [], null, 'x', undefined].map((value) => isJsonObject(value))).toEqual([
      ...[true, false, false, false, false],
    ]);
  });
});
