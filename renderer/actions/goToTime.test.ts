import { expect, test } from 'vitest';
import { formatIso, parseTime } from '../../src/base/time.ts';
import { nudgeNs } from './nudge.ts';
import { parseGoTo } from './goToTime.ts';

const near = parseTime('2023-10-09T02:21:04');

test.each([
  ['2023-10-09 02:21', '2023-10-09T02:21:00'],
  ['2023-282', '2023-10-09T00:00:00'],
  ['2023.282 12:30:05', '2023-10-09T12:30:05'],
  ['282', '2023-10-09T00:00:00'],
  ['5', '2023-01-05T00:00:00'],
  ['14:05', '2023-10-09T14:05:00'],
  ['4:05:06.5', '2023-10-09T04:05:06'],
])('%s goes to %s', (typed, iso) => {
  expect(formatIso(parseGoTo(typed, near), 0, 'T', '')).toBe(iso);
});

test('what is no time is refused with an example', () => {
  expect(() => parseGoTo('soon', near)).toThrow('is not a time');
});

test('a nudge is the larger of one sample and one pixel; without a pixel exactly one sample', () => {
  expect(nudgeNs(1, 10_000_000n, 0.001)).toBe(10_000_000n);
  expect(nudgeNs(-1, 10_000_000n, 0.02)).toBe(-20_000_000n);
  expect(nudgeNs(1, 10_000_000n, 0.0143)).toBe(10_000_000n);
  expect(nudgeNs(10, 10_000_000n, 0)).toBe(100_000_000n);
});
