import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toJson } from '../../base/canonicalJson.ts';
import { DEFAULT_DETECTOR } from '../event/detectorSettings.ts';
import type { RunSettings } from '../event/runSettings.ts';
import { JsonReader } from './jsonReader.ts';
import { makeSet, readContent, type SetContent } from './parameterSet.ts';
import { readDetector } from './readDetector.ts';
import { readSettings } from './readSettings.ts';
import { changedContent, thresholdsAt } from './setChanges.ts';
import { epochNs } from '../../base/time.ts';

/** Every setting there is, none as it is by default. */
const settings: Required<RunSettings> = {
  policy: 'seisbench',
  filter: { lowHz: 1, highHz: 20, corners: 4, zeroPhase: true },
  detrendRecords: true,
  preparation: {
    ...{ demean: true, detrend: true, taperSamples: 6, centre: 'median' },
    scale: { scope: 'window', by: 'std', divisor: 'n-1', epsilon: 1e-6 },
  },
  windowSamples: 6000,
  recordTreatment: { demean: true, taperS: 2, resampling: 'linear', integrateFromHz: 1 },
  runningScale: { windowSamples: 3000, stepSamples: 100 },
  overlap: 0.75,
  strideSamples: 10,
  everyWindow: true,
  stacking: 'max',
  blindingSamples: [250, 250],
  strict: true,
  flexibleHorizontals: false,
  zeroPhaseResample: false,
  absentAs: 'vertical',
  instruments: 'best',
  provider: 'cuda',
  batchSize: 64,
  thresholds: { P: 0.3, S: 0.4 },
  pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 2 },
  uncertainty: 'normal fit',
};
const model = { id: 'm', version: '1', sha256: 'a'.repeat(64), settings };
const content: SetContent = {
  ...{ programVersion: '1', provider: 'cpu', detectors: [], ensemble: undefined },
  models: [{ ...model, stationThresholds: { 'UW.A': { P: 0.5 } }, calibration: {} }],
  ...{ stations: undefined, window: undefined },
};

test('a set loses none of the settings, and none of a detector', () => {
  expect(readSettings(new JsonReader(toJson(settings), ''))).toEqual(settings);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const start = { name: 'n', author: 'a', note: '', createdNs: epochNs(0n), content };
  expect(readContent(makeSet(start, sha256).content)).toEqual(content);
  const coincidence = { leastSum: 2, weights: { 'UW.A': 2 }, extensionS: 1 };
  const detector = { ...DEFAULT_DETECTOR, coincidence, longestS: 9, wholeRecord: true };
  expect(readDetector(new JsonReader(toJson(detector), ''))).toEqual(detector);
  expect(() => readDetector(new JsonReader(toJson({ ...detector, kind: 'x' }), 'd'))).toThrow(
    /d\.kind must be classic or/,
  );
});

describe('changes', () => {
  const [own] = content.models;

  test('are of thresholds, rule, stations, calibration, or named as a sweep names them', () => {
    const pickRule = { kind: 'peaks', minimumDistanceSamples: 9 } as const;
    const changed = changedContent(content, {
      ...{ thresholds: { P: 0.1 }, pickRule, point: { S: 0.2, overlap: 0.5 } },
      sensorThresholds: { 'UW.B': { S: 0.9 }, 'UW.C': {} },
      calibration: { P: { kind: 'temperature', temperature: 2 } },
    });
    expect(changed.models).toEqual([
      {
        ...own,
        settings: { ...settings, overlap: 0.5, pickRule, thresholds: { P: 0.1, S: 0.2 } },
        stationThresholds: { 'UW.B': { S: 0.9 } },
        calibration: { P: { kind: 'temperature', temperature: 2 } },
      },
    ]);
    expect(changedContent(content, {})).toEqual(content);
    expect(() => changedContent(content, {}, 'other')).toThrow(/no model other/);
  });

  test('of an ensemble are of its common curve alone', () => {
    const members = ['a', 'b'].map((modelId) => ({ modelId, settings: toJson(settings) }));
    const ensemble = { rule: 'mean', settings: toJson(settings), members };
    const changed = changedContent(
      { ...content, ensemble },
      { thresholds: { P: 0.1 } },
      'mean of m',
    );
    expect(changed.ensemble).toMatchObject({ settings: { thresholds: { P: 0.1, S: 0.4 } } });
    expect(changed.models).toEqual(content.models);
    const whole = { ...content, ensemble };
    expect(changedContent(whole, { sensorThresholds: {}, calibration: {} })).toEqual(whole);
    const turned = changedContent(whole, {
      ...{
        ensemble: { rule: 'max', weights: [1, 1], leastAgreeing: 1 },
        settings: { overlap: 0.9 },
      },
      sensorThresholds: { 'UW.A': { P: 0.2 } },
      point: { 'ensemble.leastAgreeing': 2, S: 0.7 },
    }).ensemble;
    expect(turned).toMatchObject({
      ...{ rule: 'max', leastAgreeing: 2, stationThresholds: { 'UW.A': { P: 0.2 } } },
      ...{ settings: { overlap: 0.9, thresholds: { S: 0.7 } } },
      members: [{ settings: { overlap: 0.9 } }, { settings: { overlap: 0.9 } }],
    });
    expect(turned).not.toHaveProperty('weights');
    const weighted = changedContent(whole, { point: { 'ensemble.weights.1': 3 } }).ensemble;
    expect(weighted).toMatchObject({ rule: 'mean', weights: [1, 3] });
    for (const [name, value, words] of [
      ['ensemble.rule', 'vote', /ensemble\.rule must be .*semblance/],
      ['ensemble.leastAgreeing', 3, /cannot need 3 members/],
      ['ensemble.weights.2', 1, /ensemble\.weights\.0 to ensemble\.weights\.1/],
    ] as const) {
      expect(() => changedContent(whole, { point: { [name]: value } })).toThrow(words);
    }
    expect(() => changedContent(content, { ensemble: { rule: 'max' } })).toThrow(/no ensemble/);
  });
});

test('a sensor goes before its station, a station before all', () => {
  const all = { P: 0.3, S: 0.3 };
  const stations = { 'UW.A': { P: 0.5, S: 0.6 }, 'UW.A..HH': { S: 0.7 }, 'UW.AB': { P: 0.9 } };
  expect(thresholdsAt(all, stations, 'UW.A..HH')).toEqual({ P: 0.5, S: 0.7 });
  expect(thresholdsAt(all, stations, 'UW.A..EN')).toEqual({ P: 0.5, S: 0.6 });
  expect(thresholdsAt(all, stations, 'UW.C..HH')).toEqual(all);
  expect(thresholdsAt(all, undefined, 'UW.A..HH')).toBe(all);
});
