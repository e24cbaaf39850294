import { expect, test } from 'vitest';
import { checkTolerance, parseTolerance } from './tolerance.ts';

test.each([
  ['p: 0.5, s: 1', { P: 0.5, S: 1 }],
  ['S=0.2', { P: 0.5, S: 0.2 }],
  [' 0.1 ', { P: 0.1, S: 0.1 }],
  ['0', { P: 0, S: 0 }],
])('the tolerance "%s" is read', (text, tolerance) => {
  expect(parseTolerance(text)).toEqual(tolerance);
});

test.each([
  ['p: 0.5, q: 1', /names "q"/],
  ['p: 0.5: 1', /names "p"/],
  ['p:', /from 0 to 30 s, not ""/],
  ['-1', /not "-1"/],
  ['p: 31', /not "31"/],
  ['soon', /not "soon"/],
])('the tolerance "%s" is refused', (text, words) => {
  expect(() => parseTolerance(text)).toThrow(words);
});

test('a tolerance of a program is checked', () => {
  expect(checkTolerance({ P: 1, S: 0 })).toEqual({ P: 1, S: 0 });
  expect(() => checkTolerance({ P: NaN, S: 1 })).toThrow(/not "NaN"/);
  expect(() => checkTolerance({ P: 1, S: -1 })).toThrow(/not "-1"/);
});
