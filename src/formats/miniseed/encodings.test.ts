import { describe, expect, test } from 'vitest';
import { parseTime } from '../../base/time.ts';
import { readMiniseed } from './read.ts';
import { writeMiniseed2 } from './write2.ts';

const startNs = parseTime('2026-03-14T06:00:00');

/** A 128-byte record with the given payload at byte 64; header fields are changed by `change`. */
function record(
  encoding: number,
  payload: readonly number[],
  count: number,
  change: (view: DataView) => void = () => undefined,
): Uint8Array {
  const stream = { network: 'XX', station: 'TST', location: '', channel: 'HHZ' };
  const samples = new Int32Array(1);
  const bytes = writeMiniseed2([{ stream, startNs, sampleRateHz: 10, samples }], {
    recordLength: 128,
  });
  const view = new DataView(bytes.buffer);
  bytes.fill(0, 64);
  bytes.set(payload, 64);
  view.setUint16(30, count);
  view.setUint8(52, encoding);
  change(view);
  return bytes;
}

const little = (view: DataView) => view.setUint8(53, 0);

function read(bytes: Uint8Array) {
  const { segments, warnings } = readMiniseed(bytes);
  const [segment] = segments;
  return {
    type: segment?.sampleType,
    values: Array.from(segment?.samples ?? []),
    codes: warnings.map((warning) => warning.code),
  };
}

// Values worked out by hand from the SEED manual 2.4, appendix D.
describe('encodings', () => {
  test.each([
    ['INT16', 1, [0xff, 0xfe, 0x01, 0x00], [-2, 256], 'int32'],
    ['INT24', 2, [0xff, 0xff, 0xfd, 0x01, 0x00, 0x02], [-3, 65_538], 'int32'],
    ['INT32', 3, [0xff, 0xff, 0xff, 0xfb, 0, 0, 1, 2], [-5, 258], 'int32'],
    ['FLOAT32', 4, [0x3f, 0xc0, 0, 0], [1.5], 'float32'],
    ['FLOAT64', 5, [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], [-1.5], 'float64'],
    ['GEOSCOPE24', 12, [0xff, 0xff, 0xfe], [-2], 'float32'],
    // Gain 3, mantissa 2048 + 24: 24 / 8.
    ['GEOSCOPE16_3', 13, [0x38, 0x18], [3], 'float32'],
    // Gain 9, mantissa 2048 − 512: −512 / 512.
    ['GEOSCOPE16_4', 14, [0x96, 0x00], [-1], 'float32'],
    // Gain 2 (16 ×), mantissa 8191 + 3; gain 3 (128 ×), 8191 − 1.
    ['CDSN', 16, [0xa0, 0x02, 0xdf, 0xfe], [48, -128], 'int32'],
    // Gain range 8 (2^2), mantissa −1; gain range 10 (1), mantissa 5.
    ['SRO', 30, [0x8f, 0xff, 0xa0, 0x05], [-4, 5], 'int32'],
    ['DWWSSN', 32, [0x80, 0x00], [-32_768], 'int32'],
  ])('%s', (_name, encoding, payload, values, type) => {
    const width = payload.length / values.length;
    const swapped = values.flatMap((_, i) => payload.slice(i * width, (i + 1) * width).reverse());
    const wanted = { type, values, codes: [] };
    expect(read(record(encoding, payload, values.length))).toEqual(wanted);
    expect(read(record(encoding, swapped, values.length, little))).toEqual(wanted);
  });

  test('ASCII is text, not samples', () => {
    const text = 'clock locked';
    const payload = [...text].map((letter) => letter.charCodeAt(0));
    const { segments } = readMiniseed(record(0, payload, text.length));
    expect(segments.map((s) => [s.sampleType, s.samples.length])).toEqual([['text', 0]]);
    expect(new TextDecoder().decode(segments[0]?.text)).toBe(text);
  });

  test.each([
    ['IPG', 18],
    ['encoding 77', 77],
  ])('%s is left out with a word', (name, encoding) => {
    const { segments, warnings } = readMiniseed(record(encoding, [1, 2], 1));
    expect(segments).toEqual([]);
    expect(warnings.map((warning) => warning.code)).toEqual(['unsupported-encoding']);
    expect(warnings[0]?.message).toContain(name);
  });

  test('Steim-1 and Steim-2 in both byte orders; 8- and 16-bit fields keep their order', () => {
    const words = (view: DataView, list: readonly number[], isLittle: boolean) =>
      list.forEach((word, i) => view.setInt32(64 + 4 * i, word, isLittle));
    // Codes: word 3 four differences of 8 bits, word 4 two of 16: 0 1 2 −1, 1000 −1000.
    const codes = (1 << 24) | (2 << 22);
    const values = [7, 8, 10, 9, 1009, 9];
    const big = (view: DataView) =>
      words(view, [codes, 7, 9, 0x000102ff, (1000 << 16) | (-1000 & 0xffff)], false);
    const small = (view: DataView) => {
      little(view);
      words(view, [codes, 7, 9, 0, 0], true);
      view.setInt32(64 + 12, 0x000102ff, false);
      view.setInt16(64 + 16, 1000, true);
      view.setInt16(64 + 18, -1000, true);
    };
    const wanted = { type: 'int32', values, codes: [] };
    expect(read(record(10, [], 6, big))).toEqual(wanted);
    expect(read(record(10, [], 6, small))).toEqual(wanted);
    // Steim-2: code 2 sub-code 3 is three of 10 bits: 0 500 −500.
    const ten = (3 << 30) | (500 << 10) | (-500 & 0x3ff);
    const steim2 = (isLittle: boolean) => (view: DataView) => {
      if (isLittle) little(view);
      words(view, [2 << 24, -4, -4, ten], isLittle);
    };
    for (const isLittle of [false, true]) {
      expect(read(record(11, [], 3, steim2(isLittle)))).toEqual({
        ...wanted,
        values: [-4, 496, -4],
      });
    }
  });

  test('a code that Steim-2 does not define costs the record', () => {
    const illegal = (view: DataView) => {
      view.setInt32(64, 3 << 24);
      view.setInt32(64 + 12, 3 << 30);
    };
    expect(read(record(11, [], 2, illegal))).toEqual({
      type: undefined,
      values: [],
      codes: ['damaged-record'],
    });
  });
});

describe('header fields', () => {
  const start = (change: (view: DataView) => void) =>
    readMiniseed(record(1, [0, 1], 1, change)).segments[0]?.startNs;

  test('a time correction is added unless the flag says it was applied', () => {
    const correct = (view: DataView) => view.setInt32(40, -12_345);
    const applied = (view: DataView) => {
      correct(view);
      view.setUint8(36, 2);
    };
    expect([start(correct), start(applied)]).toEqual([startNs - 1_234_500_000n, startNs]);
  });

  test('microseconds of blockette 1001 may be negative', () => {
    expect(start((view) => view.setInt8(61, -50))).toBe(startNs - 50_000n);
  });

  test.each([
    [10, 1, 10],
    [10, -4, 2.5],
    [-10, 1, 0.1],
    [-10, -6, 1 / 60],
    [33, 0, 33],
    [0, 0, 0],
  ])('factor %d and multiplier %d give %d Hz', (factor, multiplier, rate) => {
    const bytes = record(1, [0, 1], 1, (view) => {
      view.setInt16(32, factor);
      view.setInt16(34, multiplier);
    });
    expect(readMiniseed(bytes).segments[0]?.sampleRateHz).toBeCloseTo(rate, 12);
  });

  test('a record without blockette 1000 is as long as the way to the next one, Steim-1', () => {
    const bare = record(0, [], 4, (view) => {
      view.setUint8(39, 0);
      view.setUint16(46, 0);
      // Codes: word 3 holds four differences of 8 bits, 0 1 1 1; first and last sample 5 and 8.
      [1 << 24, 5, 8, 0x00010101].forEach((word, i) => view.setInt32(64 + 4 * i, word));
    });
    const bytes = new Uint8Array(256);
    bytes.set(bare);
    bytes.set(bare, 128);
    const { segments, warnings } = readMiniseed(bytes);
    expect(segments.map((s) => [...s.samples])).toEqual([
      [5, 6, 7, 8],
      [5, 6, 7, 8],
    ]);
    expect(warnings).toEqual([]);
  });
});
