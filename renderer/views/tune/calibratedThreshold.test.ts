import { expect, test } from 'vitest';
import { calibrate, type Calibration } from '../../../src/domain/evaluation/calibration.ts';
import { ownThreshold } from './calibratedThreshold.ts';

test.each<Calibration>([
  { kind: 'temperature', temperature: 2.5 },
  { kind: 'temperature', temperature: 0.4 },
  { kind: 'isotonic', from: [0.1, 0.3, 0.5, 0.9], to: [0.05, 0.4, 0.4, 0.95] },
])('%o is turned back', (calibration) => {
  for (const own of [0.15, 0.2, 0.6, 0.8]) {
    expect(ownThreshold(calibration, calibrate(calibration, own))).toBeCloseTo(own, 5);
  }
});

test('of a level part it is the least, beyond the highest it is 1', () => {
  const level: Calibration = { kind: 'isotonic', from: [0.1, 0.3, 0.5], to: [0.05, 0.4, 0.4] };
  expect(ownThreshold(level, 0.4)).toBeCloseTo(0.3, 5);
  expect(ownThreshold(level, 0.9)).toBe(1);
});
