import { expect, test } from 'vitest';
import { pickCurve } from '../models/picking.ts';
import { finishCurve } from './finishCurve.ts';

const rule = { threshold: 0.5, minimumPeakDistanceSamples: 50 };

test('slices give the picks of the whole curve, and only those of the asked span', async () => {
  const curve = Float32Array.from({ length: 700_000 }, (_, i) => Math.sin(i * 0.013) ** 40);
  const whole = pickCurve(curve, 100, rule);
  const { picks, bins } = await finishCurve(curve, 1000, 600_000, 100, rule);
  expect(picks).toEqual(whole.filter(({ sample }) => sample >= 1000 && sample < 600_000));
  expect(picks.length).toBeGreaterThan(1000);
  expect(bins.length).toBe(Math.ceil(599_000 / 64));
  expect(bins[100]).toBe(Math.max(...curve.subarray(1000 + 6400, 1000 + 6464)));
});

test('a day of probabilities lets others in between its slices', async () => {
  const curve = new Float32Array(8_640_000).map((_, i) => (i % 997) / 2000);
  let turns = 0;
  let running = true;
  const count = (): void => {
    turns += 1;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  await finishCurve(curve, 0, curve.length, 100, rule);
  running = false;
  expect(turns).toBeGreaterThan(5);
});
