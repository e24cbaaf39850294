import { describe, expect, test } from 'vitest';
import { parseEpochSeconds } from './decimalTime.ts';

describe('epoch seconds as a decimal', () => {
  test.each([
    ['1644113700.090000', 1_644_113_700_090_000_000n],
    ['1644113700.123456789', 1_644_113_700_123_456_789n],
    ['1644113700', 1_644_113_700_000_000_000n],
    ['1644113700.', 1_644_113_700_000_000_000n],
    [' .5 ', 500_000_000n],
    ['-0.0000000015', -2n],
    ['0.00000000149', 1n],
    ['1.64411370009e9', 1_644_113_700_090_000_000n],
    ['164411370009E-2', 1_644_113_700_090_000_000n],
    ['99999999.9999999999', 100_000_000_000_000_000n],
  ])('%s', (text, ns) => expect(parseEpochSeconds(text)).toBe(ns));

  test.each(['', '.', 'nan', '1,5', '0x10', '1e999', '2022-02-06'])('"%s" is none', (text) =>
    expect(() => parseEpochSeconds(text)).toThrow(/seconds since 1970/),
  );
});
