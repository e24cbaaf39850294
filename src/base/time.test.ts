import { describe, expect, test } from 'vitest';
import { AppError } from './appError.ts';
import {
  addSeconds,
  dayOfYear,
  epochNs,
  formatIso,
  maxTime,
  minTime,
  nsToSeconds,
  parseTime,
  secondsBetween,
  secondsToNs,
} from './time.ts';

describe('parseTime', () => {
  test.each([
    ['2023-10-09T02:21:17.4Z', 1696818077400000000n],
    ['2023-10-09 02:21:17.400000001', 1696818077400000001n],
    ['2023-10-09', 1696809600000000000n],
    ['2023-282', 1696809600000000000n],
    ['2023.282T02:21', 1696818060000000000n],
    ['2023-10-09T04:21:17+02:00', 1696818077000000000n],
    ['2023-10-08T18:21:17-0800', 1696818077000000000n],
    ['1969-12-31T23:59:59.5', -500000000n],
    ['2024-366', 1735603200000000000n],
    ['2016-12-31T23:59:60', 1483228800000000000n],
  ])('%s', (text, ns) => {
    expect(parseTime(text)).toBe(ns);
  });

  test.each([
    '',
    'yesterday',
    '2023-13-01',
    '2023-02-30',
    '2023-366',
    '2023-000',
    '2023-10-09T25:00',
    '2023-10-09T02:61',
  ])('refuses %j and says how to write a time', (text) => {
    expect(() => parseTime(text)).toThrow(AppError);
    expect(() => parseTime(text)).toThrow(/write it like 2023-10-09T02:21:17.4 or 2023-282/);
  });
});

describe('formatIso', () => {
  test('cuts decimals and never moves a time forward', () => {
    const time = parseTime('2023-10-09T02:21:17.999999999');
    expect(formatIso(time)).toBe('2023-10-09T02:21:17.999999999Z');
    expect(formatIso(time, 2)).toBe('2023-10-09T02:21:17.99Z');
    expect(formatIso(time, 0, ' ', '')).toBe('2023-10-09 02:21:17');
  });

  test('reads back what it writes, before 1970 too', () => {
    for (const ns of [
      -1n,
      -1_000_000_000n,
      -123_456_789_012_345_678n,
      0n,
      1n,
      4_102_444_799_999_999_999n,
    ]) {
      expect(parseTime(formatIso(epochNs(ns)))).toBe(ns);
    }
  });
});

test('durations: seconds to nanoseconds and back, rounded to the nearest', () => {
  expect(secondsToNs(0.01)).toBe(10_000_000n);
  expect(secondsToNs(-1.5)).toBe(-1_500_000_000n);
  expect(secondsToNs(86_400.000_000_001)).toBe(86_400_000_000_001n);
  expect(nsToSeconds(2_500_000_000n)).toBe(2.5);
  const start = parseTime('2023-10-09');
  expect(secondsBetween(start, addSeconds(start, 12.25))).toBe(12.25);
  expect([minTime(epochNs(1n), epochNs(2n)), maxTime(epochNs(1n), epochNs(2n))]).toEqual([1n, 2n]);
});

test('day of the year, leap years too', () => {
  expect(dayOfYear(parseTime('2023-10-09T02:21:17'))).toBe(282);
  expect(dayOfYear(parseTime('2024-12-31T23:59:59.999'))).toBe(366);
  expect(dayOfYear(parseTime('1969-12-31T23:59:59.5'))).toBe(365);
});
