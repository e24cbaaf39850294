import { expect, test } from 'vitest';
import { parseTime } from '../../../src/base/time.ts';
import { formatAmplitude, formatBand, formatClock, formatDuration, formatProbability, formatSigned, timeDecimals } from './numbers.ts'; // prettier-ignore

test('amplitudes carry a prefix so that one to three digits stand before the point', () => {
  expect(
    [697e-6, 2.68e-3, 999.96e-9, 1.5, 0, -3.2e-9].map((v) => formatAmplitude(v, 'm/s')),
  ).toEqual(['697 µm/s', '2.68 mm/s', '1.00 µm/s', '1.50 m/s', '0 m/s', '−3.20 nm/s']);
  expect(formatAmplitude(19.6e-3, 'M/S**2')).toBe('19.6 mm/s²');
});

test('counts are counts, in thousands and millions where there are many', () => {
  expect([0, 3.5, 164, 1234567].map((v) => formatAmplitude(v, 'counts'))).toEqual([
    '0 counts',
    '3.50 counts',
    '164 counts',
    '1.23 M counts',
  ]);
});

test('durations use two units at most', () => {
  expect([0.004, 0.25, 9.2, 45, 192, 3600, 7500, 90_000, 3599.9, 59.96].map(formatDuration)).toEqual([
    '4.0 ms', '0.25 s', '9.20 s', '45.0 s', '3 min 12 s', '1 h', '2 h 5 min', '1 d 1 h', '1 h', '60.0 s',
  ]); // prettier-ignore
});

test('probabilities lose their zero, differences carry a sign', () => {
  expect([0.71, 1, 0.034, 0.998].map(formatProbability)).toEqual(['.71', '1.00', '.03', '.998']);
  expect([0.04, -0.3, 0].map((s) => formatSigned(s))).toEqual(['+0.04', '−0.30', '±0.00']);
});

test('uncertainty is one number where both sides agree', () => {
  expect(formatBand(0.04, 0.09)).toBe('−0.04 / +0.09 s');
  expect(formatBand(0.05, 0.05)).toBe('± 0.05 s');
  expect(formatBand(undefined, undefined)).toBe('');
});

test('decimals follow the sampling rate', () => {
  expect([1, 20, 100, 200, 1000].map(timeDecimals)).toEqual([0, 2, 2, 3, 3]);
  expect(formatClock(parseTime('2023-10-09T02:21:17.4'), 2)).toBe('02:21:17.40');
});
