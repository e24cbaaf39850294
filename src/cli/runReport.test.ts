import { expect, test } from 'vitest';
import { agreementWords } from './runReport.ts';

test('agreement in words: how many all see, and the mean scatter of those that have one', () => {
  const scatter = [
    { pickId: 1, asked: 3, agreeing: 3, probabilityDeviation: 0.1, timeDeviationS: 0.02 },
    { pickId: 2, asked: 3, agreeing: 1, probabilityDeviation: 0.3, timeDeviationS: 0 },
    { pickId: 3, asked: 2, agreeing: 0, probabilityDeviation: 0.2, timeDeviationS: undefined },
  ];
  expect(agreementWords(scatter, 3)).toBe(
    '3 picks, 1 of them seen by all 3; standard deviation over those who looked, on average: probability 0.200, time 0.010 s',
  );
});
