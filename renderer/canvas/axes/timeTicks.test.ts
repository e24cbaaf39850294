import { describe, expect, test } from 'vitest';
import { epochNs, formatIso, parseTime } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { axisDate, timeTicks } from './timeTicks.ts';

const window = (start: string, end: string): TimeWindow => ({
  startNs: parseTime(start),
  endNs: parseTime(end),
});
const labels = (of: TimeWindow, widthPx: number, minLabelPx?: number): string[] =>
  timeTicks(of, widthPx, minLabelPx)
    .filter((tick) => tick.major)
    .map((tick) => tick.label);

describe('labels', () => {
  test('a minute and a half at 1 060 px has a tick every ten seconds', () => {
    expect(labels(window('2023-10-09T02:21:04', '2023-10-09T02:22:34'), 1060)).toEqual([
      '02:21:10', '02:21:20', '02:21:30', '02:21:40', '02:21:50',
      '02:22:00', '02:22:10', '02:22:20', '02:22:30',
    ]); // prettier-ignore
  });

  test('from one minute up seconds are left out', () => {
    expect(labels(window('2023-10-09T02:00', '2023-10-09T02:20'), 500)).toEqual([
      '02:00', '02:05', '02:10', '02:15', '02:20',
    ]); // prettier-ignore
  });

  test('midnight is named by its date', () => {
    expect(labels(window('2023-10-09T22:00', '2023-10-10T02:00'), 400)).toEqual([
      '22:00', '23:00', '2023-10-10', '01:00', '02:00',
    ]); // prettier-ignore
  });

  test('below a second there are as many decimals as the step needs', () => {
    expect(labels(window('2023-10-09T02:21:17.1', '2023-10-09T02:21:17.5'), 200)).toEqual([
      '02:21:17.2', '02:21:17.4',
    ]); // prettier-ignore
    const start = parseTime('2023-10-09T02:21:17.4');
    expect(labels({ startNs: start, endNs: epochNs(start + 10_000n) }, 500)).toEqual([
      '02:21:17.400000', '02:21:17.400002', '02:21:17.400004',
      '02:21:17.400006', '02:21:17.400008', '02:21:17.400010',
    ]); // prettier-ignore
  });

  test('days carry their date and cross a leap day', () => {
    expect(labels(window('2024-02-28', '2024-03-02'), 400)).toEqual([
      '2024-02-28', '2024-02-29', '2024-03-01', '2024-03-02',
    ]); // prettier-ignore
    expect(labels(window('2023-02-28', '2023-03-02'), 200)).toEqual([
      '2023-02-28', '2023-03-01', '2023-03-02',
    ]); // prettier-ignore
  });

  test('months stand on their first day and a January names its year', () => {
    expect(labels(window('2023-11-15', '2024-04-15'), 500)).toEqual([
      'Dec', '2024', 'Feb', 'Mar', 'Apr',
    ]); // prettier-ignore
  });

  test('years stand on round years', () => {
    expect(labels(window('1968-06-01', '2024-06-01'), 600)).toEqual([
      '1970', '1980', '1990', '2000', '2010', '2020',
    ]); // prettier-ignore
  });

  test('times before 1970 are no different', () => {
    expect(labels(window('1964-03-28T03:36:10', '1964-03-28T03:36:20'), 200)).toEqual([
      '03:36:10', '03:36:15', '03:36:20',
    ]); // prettier-ignore
  });
});

test('over twelve orders of magnitude labels keep their distance, ticks rise and lie in the window', () => {
  const startNs = parseTime('2019-12-30T23:59:58.123456789');
  const widthPx = 1000;
  for (
    let lengthNs = 1_000n;
    lengthNs < 3_000_000_000_000_000_000n;
    lengthNs = (lengthNs * 7n) / 5n
  ) {
    const of = { startNs, endNs: epochNs(startNs + lengthNs) };
    const ticks = timeTicks(of, widthPx);
    const xOf = (time: bigint): number => (Number(time - startNs) / Number(lengthNs)) * widthPx;
    const major = ticks.filter((tick) => tick.major);
    expect(major.length, `${lengthNs} ns`).toBeLessThanOrEqual(13);
    for (let i = 1; i < ticks.length; i++) {
      expect(xOf(ticks[i]!.time) - xOf(ticks[i - 1]!.time)).toBeGreaterThan(4.9);
    }
    for (let i = 1; i < major.length; i++) {
      // Months and years vary in length by a tenth.
      expect(xOf(major[i]!.time) - xOf(major[i - 1]!.time)).toBeGreaterThan(75);
    }
    for (const { time } of ticks) expect(time >= startNs && time <= of.endNs).toBe(true);
    expect(ticks.length, `${lengthNs} ns has ticks`).toBeGreaterThan(0);
  }
});

test('a tick never lies between round times', () => {
  const of = window('2023-10-09T02:21:17.437', '2023-10-09T02:21:20.1');
  for (const { time, major } of timeTicks(of, 900)) {
    if (major) expect(formatIso(time, 9)).toMatch(/\.[0-9]00000000Z$/);
  }
});

test('the gutter holds the date where the labels do not', () => {
  expect(axisDate(window('2023-10-09T02:21', '2023-10-09T02:22'), 800)).toBe('2023-10-09');
  expect(axisDate(window('2023-10-09', '2023-11-09'), 800)).toBe('');
  expect(axisDate(window('2023-03-09', '2024-02-09'), 800)).toBe('2023');
  expect(axisDate(window('1990-03-09', '2024-02-09'), 800)).toBe('');
});

test('a window without length has no ticks', () => {
  expect(timeTicks(window('2023-10-09', '2023-10-09'), 800)).toEqual([]);
});
