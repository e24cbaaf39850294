import { expect, test } from 'vitest';
import { ruleOnCurve } from './ruleOnCurve.ts';

test('samples of records become values of a curve that has one in ten', () => {
  const dominance = {
    kind: 'dominance',
    minimumDistanceSamples: 10_000,
    windowSamples: 200,
  } as const;
  expect(ruleOnCurve(dominance, 10)).toEqual({
    ...dominance,
    minimumDistanceSamples: 1000,
    windowSamples: 20,
  });
  const off = { ratio: 0.5 };
  expect(ruleOnCurve({ kind: 'trigger', off, minimumWidthSamples: 25 }, 10)).toEqual({
    kind: 'trigger',
    off,
    minimumWidthSamples: 3,
  });
  const gated = { kind: 'detection-gated', off, minimumDistanceSamples: 7 } as const;
  expect(ruleOnCurve(gated, 7)).toEqual({ ...gated, minimumDistanceSamples: 1 });
});

test('a curve with a value for every sample is picked by the rule as it is', () => {
  const peaks = { kind: 'peaks', minimumDistanceSamples: 50 } as const;
  expect(ruleOnCurve(peaks, 1)).toBe(peaks);
  expect(ruleOnCurve(peaks, undefined)).toBe(peaks);
  expect(ruleOnCurve(peaks, 20)).toEqual({ ...peaks, minimumDistanceSamples: 3 });
});
