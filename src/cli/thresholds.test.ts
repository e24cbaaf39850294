import { expect, test } from 'vitest';
import { parseThresholds } from './thresholds.ts';

test('thresholds are read for each phase, or one for all', () => {
  expect(parseThresholds('p: 0.3, s: 0.25', ['P', 'S'])).toEqual({ P: 0.3, S: 0.25 });
  expect(parseThresholds('S=0.5', ['P', 'S'])).toEqual({ S: 0.5 });
  expect(parseThresholds(' 0.4 ', ['P', 'S'])).toEqual({ P: 0.4, S: 0.4 });
});

test.each([
  '',
  'x: 0.3',
  'p: 0',
  'p: 1.1',
  'p:',
  'p: 0.3,',
  'p: 0.3: 2',
  'p: 0.3, P: 0.5',
  'high',
  '-1',
])('"%s" is bad usage', (text) => {
  expect(() => parseThresholds(text, ['P', 'S'])).toThrow(
    expect.objectContaining({ name: 'UsageError' }),
  );
});
