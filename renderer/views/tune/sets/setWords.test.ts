import { describe, expect, test } from 'vitest';
import { toJson } from '../../../../src/base/canonicalJson.ts';
import type { JsonObject } from '../../../../src/base/canonicalJson.ts';
import type { PickRule, RunSettings } from '../../../../src/domain/event/runSettings.ts';
import { ensembleLines, particulars, ruleWords } from './setWords.ts';

const settings: RunSettings = {
  ...{ policy: 'onset', filter: undefined, detrendRecords: false, overlap: 0.5 },
  preparation: { demean: true, detrend: false, scale: undefined, taperSamples: 0 },
  ...{ strideSamples: 1, stacking: 'avg', blindingSamples: [0, 0], strict: false, batchSize: 1 },
  ...{ flexibleHorizontals: true, zeroPhaseResample: false, thresholds: { P: 0.3, S: 0.4 } },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
};

describe('a set in words', () => {
  test.each<[PickRule, string]>([
    [settings.pickRule, 'highest peaks, at least 50 samples apart'],
    [
      { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 3 },
      'trigger on and off, at least 3 samples wide, off at 0.5 of the threshold',
    ],
    [
      { kind: 'detection-gated', minimumDistanceSamples: 10, off: { level: 0.1 } },
      'peaks inside detections, at least 10 samples apart, off at 0.1',
    ],
    [
      { kind: 'dominance', minimumDistanceSamples: 10, windowSamples: 200 },
      'peaks where the phase dominates, at least 10 samples apart, over 200 samples',
    ],
  ])('its rule %j', (rule, words) => {
    expect(ruleWords(rule)).toBe(words);
  });

  test('names stations with their own thresholds and what is calibrated', () => {
    const calibration = {
      P: { kind: 'temperature', temperature: 1.48989 },
      S: { kind: 'isotonic', from: [0, 1], to: [0, 1] },
    } as const;
    const stationThresholds = { 'UW.HANS': { P: 0.41 } };
    expect(particulars({ settings, stationThresholds, calibration }).slice(1)).toEqual([
      'thresholds of their own: UW.HANS P .41',
      'probabilities calibrated: P by temperature 1.49, S by isotonic steps',
    ]);
    const plain = { settings, stationThresholds: {}, calibration: {} };
    expect(particulars(plain)).toEqual(['highest peaks, at least 50 samples apart']);
  });

  test('of an ensemble says who is taken together and how', () => {
    const members = ['a', 'b'].map((name) => ({ name, modelId: name }));
    const ensemble = toJson({
      ...{ rule: 'mean', reachS: 0.5, settings, members, leastAgreeing: 2, weights: [1, 0.5] },
    }) as JsonObject;
    expect(ensembleLines(ensemble)).toEqual([
      'mean of a × 1, b × 0.5, seen by 2',
      expect.stringMatching(/^P \.30, S \.40, overlap 50 %/),
      'highest peaks, at least 50 samples apart',
    ]);
    expect(ensembleLines({ rule: 'new' })).toEqual(['of another version']);
  });
});
