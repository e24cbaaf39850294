import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../../base/time.ts';
import type { RunSettings } from '../event/runSettings.ts';
import { diffSets } from './diffSets.ts';
import {
  hashContent,
  makeSet,
  parseSet,
  type ParameterSet,
  readContent,
  type SetContent,
  setJson,
} from './parameterSet.ts';
import { needsInference, settingsWith } from './settingsWith.ts';
import { verifySet } from './verifySet.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const settings: RunSettings = {
  ...{ policy: 'onset', filter: undefined, detrendRecords: false, overlap: 0.5 },
  preparation: {
    ...{ demean: true, detrend: false, taperSamples: 0 },
    scale: { scope: 'component', by: 'std', divisor: 'n', epsilon: 1e-6 },
  },
  ...{ strideSamples: 10, stacking: 'avg', blindingSamples: [50, 50], strict: false },
  ...{ flexibleHorizontals: true, zeroPhaseResample: false, batchSize: 64 },
  thresholds: { P: 0.3, S: 0.3 },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
};
const content: SetContent = {
  ...{ programVersion: '0.1.0', provider: 'cpu', detectors: [], ensemble: undefined },
  models: [
    {
      ...{ id: 'onset-1', version: '1', sha256: 'a'.repeat(64), settings },
      stationThresholds: { 'UW.HANS': { P: 0.4 } },
      calibration: { P: { kind: 'temperature', temperature: 1.5 } },
    },
  ],
  ...{ stations: ['UW.HANS'], window: { startNs: epochNs(1n), endNs: epochNs(2n ** 62n) } },
};
const start = {
  name: 'quiet',
  author: 'ana',
  note: '',
  createdNs: parseTime('2026-01-02T03:04:05'),
};
const set = makeSet({ ...start, content }, sha256);
const reread = (of: ParameterSet) => parseSet(JSON.stringify(setJson(of), undefined, 2));
const changed = (change: (content: SetContent) => SetContent, parent = set) =>
  makeSet({ ...start, content: change(readContent(parent.content)), parent }, sha256);
const withSettings = (change: Partial<RunSettings>) =>
  changed((c) => ({
    ...c,
    models: c.models.map((model) => ({ ...model, settings: { ...model.settings, ...change } })),
  }));

describe('a parameter set', () => {
  test('comes back from its file as it was, with the same hash', () => {
    expect(reread(set)).toEqual(set);
    expect(readContent(reread(set).content)).toEqual(content);
    expect(hashContent(reread(set).content, sha256)).toBe(set.hash);
    expect(set).toMatchObject({ version: 1, parent: undefined });
  });

  test.each<[string, Partial<RunSettings>]>([
    ['a filter', { filter: { lowHz: 1, highHz: undefined, corners: 4, zeroPhase: true } }],
    [
      'no scale',
      { preparation: { demean: false, detrend: true, scale: undefined, taperSamples: 6 } },
    ],
    [
      'a trigger',
      {
        pickRule: {
          kind: 'trigger',
          off: { ratio: 0.5 },
          minimumWidthSamples: 3,
          convention: 'trigger_onset',
        },
      },
    ],
    [
      'a level',
      { pickRule: { kind: 'detection-gated', off: { level: 0.1 }, minimumDistanceSamples: 1 } },
    ],
    ['dominance', { pickRule: { kind: 'dominance', windowSamples: 3, minimumDistanceSamples: 1 } }],
    [
      'a convention',
      { pickRule: { kind: 'peaks', minimumDistanceSamples: 1, convention: 'detect_peaks' } },
    ],
    ['a longer window', { windowSamples: 6000, policy: 'seisbench', stacking: 'max' }],
    [
      'a peak scale',
      {
        preparation: {
          ...settings.preparation,
          scale: { scope: 'window', by: 'peak', epsilon: 0 },
        },
      },
    ],
  ])('with %s comes back too, under another hash', (_, change) => {
    const other = withSettings(change);
    expect(readContent(reread(other).content).models[0]!.settings).toEqual({
      ...settings,
      ...change,
    });
    expect(other.hash).not.toBe(set.hash);
  });

  test('keeps a calibration by steps', () => {
    const calibration = { S: { kind: 'isotonic', from: [0.1, 0.9], to: [0, 1] } } as const;
    const other = changed((c) => ({ ...c, models: [{ ...c.models[0]!, calibration }] }));
    expect(readContent(reread(other).content).models[0]!.calibration).toEqual(calibration);
  });

  test('has the hash of what it does, not of what it is called or how it is written', () => {
    const renamed = makeSet({ ...start, name: 'loud', note: 'new', content }, sha256);
    expect(renamed.hash).toBe(set.hash);
    const shuffled = JSON.parse(JSON.stringify(setJson(set))) as Record<string, unknown>;
    const models = (shuffled.content as { models: Record<string, unknown>[] }).models;
    models[0] = Object.fromEntries(Object.entries(models[0]!).reverse());
    expect(hashContent(parseSet(JSON.stringify(shuffled)).content, sha256)).toBe(set.hash);
  });

  test('is a version of the one before', () => {
    const next = withSettings({ thresholds: { P: 0.25, S: 0.3 } });
    expect(next).toMatchObject({ version: 2, parent: set.hash });
  });

  test.each<[string, RegExp]>([
    ['{', /not whole JSON/],
    ['[]', /it must be an object/],
    ['{}', /no parameter set: its format is not/],
    [JSON.stringify({ ...setJson(set), formatVersion: 2 }), /newer Onset/],
    [JSON.stringify({ ...setJson(set), name: 5 }), /name must be a text, not 5/],
    [JSON.stringify({ ...setJson(set), created: 'soon' }), /not a time/],
    [
      JSON.stringify(setJson(set)).replace('"overlap":0.5', '"overlap":"half"'),
      /content\.models\[0\]\.settings\.overlap must be a number of at least 0, not "half"/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"overlap":0.5', '"overlap":0.5,"overlp":1'),
      /settings\.overlp is not known/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"P":0.3', '"P":3'),
      /thresholds\.P must be a number from 0 to 1/,
    ],
    [
      JSON.stringify(setJson(set)).replace('[50,50]', '[50]'),
      /blindingSamples must be two numbers/,
    ],
    [
      JSON.stringify(setJson(set)).replace('[50,50]', '["a",50]'),
      /blindingSamples must be a list of numbers/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"kind":"peaks"', '"kind":"hills"'),
      /pickRule\.kind must be peaks or trigger/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"strict":false', '"strict":0'),
      /strict must be true or false/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"batchSize":64', '"batchSize":1.5'),
      /batchSize must be a whole number/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"startNs":"1"', '"startNs":"one"'),
      /startNs must be nanoseconds/,
    ],
    [
      JSON.stringify(setJson(set)).replace('["UW.HANS"]', '[1]'),
      /stations must be a list of texts/,
    ],
    [
      JSON.stringify(setJson(set)).replace('"models":[', '"models":5,"m":['),
      /models must be a list/,
    ],
  ])('that is wrong says where', (text, words) => {
    expect(() => parseSet(text)).toThrow(words);
  });
});

describe('comparing sets', () => {
  test('says field by field what differs, in words', () => {
    const other = changed((c) => ({
      ...c,
      models: [
        {
          ...c.models[0]!,
          sha256: 'b'.repeat(64),
          stationThresholds: {},
          settings: {
            ...settings,
            ...{ thresholds: { P: 0.25, S: 0.3 }, strict: true },
            filter: { lowHz: 2, highHz: 20, corners: 4, zeroPhase: false },
          },
        },
      ],
      stations: ['UW.ABER'],
      window: { startNs: parseTime('2022-02-06'), endNs: epochNs(2n ** 62n) },
    }));
    const texts = diffSets(set, other).map(({ text }) => text);
    expect(texts).toEqual([
      'onset-1, filter corners: not set → 4',
      'onset-1, filter high corner (Hz): not set → 20',
      'onset-1, filter low corner (Hz): not set → 2',
      'onset-1, filter zero phase: not set → no',
      'onset-1, strict: no → yes',
      'onset-1, threshold P: 0.3 → 0.25',
      'onset-1, checksum: aaaaaaaaaaaa → bbbbbbbbbbbb',
      'onset-1, threshold at UW.HANS P: 0.4 → not set',
      'stations: UW.ABER added; UW.HANS removed',
      'span from: 1970-01-01T00:00:00.000000001Z → 2022-02-06T00:00:00.000000000Z',
    ]);
    expect(diffSets(set, reread(set))).toEqual([]);
  });

  test('takes models by their names', () => {
    const second = { ...content.models[0]!, id: 'other' };
    const two = changed((c) => ({ ...c, models: [second, ...c.models] }));
    const turned = changed((c) => ({ ...c, models: [...c.models, second] }));
    expect(diffSets(two, turned)).toEqual([]);
    expect(diffSets(set, two).map(({ text }) => text)).toEqual(['model other: new in it']);
    expect(diffSets(two, set).map(({ text }) => text)).toEqual(['model other: no longer in it']);
    const order = changed((c) => ({ ...c, stations: ['UW.B', 'UW.A'] }));
    const same = changed((c) => ({ ...c, stations: ['UW.A', 'UW.B'] }));
    expect(diffSets(order, same)[0]!.text).toBe('stations: another order');
    const all = changed((c) => ({ ...c, stations: undefined, detectors: [{ kind: 'sta-lta' }] }));
    expect(diffSets(set, all).map(({ text }) => text)).toEqual([
      'classic detectors: [] → [{"kind":"sta-lta"}]',
      'stations: ["UW.HANS"] → not set',
    ]);
  });
});

describe('verifying a set', () => {
  const installed = { id: 'onset-1', version: '1', sha256: 'a'.repeat(64), problem: undefined };
  const place = { programVersion: '0.1.0', provider: 'cpu', models: [installed] };

  test('is satisfied with the same program, provider and networks', () => {
    expect(verifySet(reread(set), place, sha256)).toEqual({
      ...{ hashMatches: true, hash: set.hash, obstacles: [], differences: [] },
    });
  });

  test('names what keeps it from being run, and why picks may differ', () => {
    const missing = verifySet(set, { ...place, models: [] }, sha256);
    expect(missing.obstacles).toEqual([
      expect.stringMatching(/^The model onset-1 .*not installed; .*"onset model import PATH"/),
    ]);
    const other = { ...installed, sha256: 'c'.repeat(64) };
    const elsewhere = verifySet(
      { ...set, hash: '0'.repeat(64) },
      { programVersion: '0.2.0', provider: 'cuda', models: [other] },
      sha256,
    );
    expect(elsewhere.hashMatches).toBe(false);
    expect(elsewhere.obstacles[0]).toMatch(/another network here: its checksum is cccccccccccc/);
    expect(elsewhere.differences.map((text) => text.split(/[:,]/)[0])).toEqual([
      'Its content was changed after it was saved',
      'It was made with Onset 0.1.0',
      'It was made on cpu',
    ]);
    const broken = { ...installed, problem: 'its file is gone' };
    expect(verifySet(set, { ...place, models: [broken] }, sha256).obstacles).toEqual([
      'onset-1 cannot run: its file is gone.',
    ]);
  });
});

describe('settings with values of a sweep', () => {
  test('names labels for their thresholds and fields by their way', () => {
    const point = {
      ...{ p: 0.2, 'threshold.S': 0.4, 'pickRule.minimumDistanceSamples': 10 },
      ...{ blindingSamples: 100, stacking: 'max', 'preparation.demean': false },
    };
    expect(settingsWith(settings, point)).toEqual({
      ...settings,
      ...{ thresholds: { P: 0.2, S: 0.4 }, stacking: 'max', blindingSamples: [100, 100] },
      pickRule: { kind: 'peaks', minimumDistanceSamples: 10 },
      preparation: { ...settings.preparation, demean: false },
    });
    expect(settingsWith(settings, {})).toEqual(settings);
    const band = { lowHz: 2, highHz: 20, corners: 4, zeroPhase: false };
    const filtered = settingsWith(settings, { filter: '2-20' });
    expect(filtered).toEqual({ ...settings, filter: band });
    expect(settingsWith(filtered, { 'filter.lowHz': 3 }).filter).toEqual({ ...band, lowHz: 3 });
    expect(settingsWith(filtered, { filter: '1.5-' }).filter).toEqual({
      ...{ ...band, lowHz: 1.5, highHz: undefined },
    });
    expect(settingsWith(filtered, { filter: 'none' }).filter).toBeUndefined();
    for (const filter of ['20-2', '-', 'high', 3]) {
      expect(() => settingsWith(settings, { filter })).toThrow(/filter must be a band in Hz/);
    }
    expect(needsInference('filter', settings)).toBe(true);
    expect(settingsWith(settings, { 'pickRule.kind': 'trigger' }).pickRule).toEqual({
      ...{ kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
    });
    expect(() => settingsWith(settings, { 'pickRule.kind': 'best' })).toThrow(/pickRule.kind/);
    expect(settingsWith(settings, { absentAs: 'vertical' }).absentAs).toBe('vertical');
  });

  test('refuses names and values that are none', () => {
    expect(() => settingsWith(settings, { overlp: 1 })).toThrow(
      /no setting "overlp"; there is thresholds P, S and settings policy/,
    );
    expect(() => settingsWith(settings, { 'overlap.P': 1 })).toThrow(/there is nothing inside/);
    expect(() => settingsWith(settings, { P: 2 })).toThrow(
      /thresholds\.P must be a number from 0 to 1/,
    );
  });

  test('says which need the network again', () => {
    const needing = ['p', 'thresholds.S', 'pickRule.minimumDistanceSamples', 'overlap', 'stacking'];
    expect(needing.map((name) => needsInference(name, settings))).toEqual([
      ...[false, false, false, true, true],
    ]);
  });
});
