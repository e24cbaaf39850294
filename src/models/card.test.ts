import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseModelSpec } from './card.ts';
import {
  checkSettings,
  defaultSettings,
  hopSamples,
  mergeSettings,
  overlapSamples,
} from './settings.ts';
import { licenceText, type ModelSpec, phaseLabels, pickedLabels } from './spec.ts';

type Json = Record<string, unknown>;
const shipped = new URL('../../resources/models/onset-1/model.json', import.meta.url);
const card = (): Json => JSON.parse(readFileSync(shipped, 'utf8')) as Json;
const spec = parseModelSpec(card());

describe('the shipped card', () => {
  test('says what the model eats and how it is run', () => {
    expect(spec).toMatchObject({
      id: 'onset-1',
      version: '1.0.0',
      use: 'picking',
      samplingRateHz: 100,
      windowSamples: 3001,
      anyLength: false,
      components: ['Z', 'N', 'E'],
      labels: ['N', 'P', 'S'],
      filter: undefined,
      detrendRecords: false,
      preparation: {
        demean: true,
        scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 1e-10 },
      },
      output: { kind: 'samples', overlap: 1501 },
      blindingSamples: [250, 250],
      pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
      thresholds: { P: 0.3, S: 0.3 },
      batchSize: 8,
      sha256: '395cdfd4ad4077c6ee740c135db8f7af060033f8f17fa7b58a5c7e1348bf6fa9',
      weightsSha256: '',
    });
    expect(licenceText(spec)).toBe('MIT, the Onset authors, 2026');
    expect(spec.trainingData[0]).toContain('NCEDC');
    expect(phaseLabels(spec)).toEqual([
      { phase: 'P', row: 1 },
      { phase: 'S', row: 2 },
    ]);
    expect(pickedLabels(spec)).toEqual(['P', 'S']);
  });

  test('overlap: the card’s, a fraction of the window cut to samples, or samples', () => {
    const given = [undefined, 0, 0.5, 0.999, 1, 1500, 3000];
    const samples = given.map((overlap) =>
      overlapSamples(spec, mergeSettings(spec, overlap === undefined ? undefined : { overlap })),
    );
    expect(samples).toEqual([1501, 0, 1500, 2997, 1, 1500, 3000]);
    expect(hopSamples(spec, defaultSettings(spec))).toBe(1500);
    for (const overlap of [-0.1, 3001, 1.5, NaN]) {
      expect(() => mergeSettings(spec, { overlap })).toThrow(/overlap/);
    }
  });

  test('thresholds are given by phase in any case; unknown phases and numbers are refused', () => {
    const thresholds = (given: Record<string, number>) =>
      mergeSettings(spec, { thresholds: given }).thresholds;
    expect(thresholds({})).toEqual({ P: 0.3, S: 0.3 });
    expect(thresholds({ p: 0.5 })).toEqual({ P: 0.5, S: 0.3 });
    expect(() => thresholds({ Pn: 0.5 })).toThrow('has no phase "Pn"; it picks P and S');
    expect(() => thresholds({ P: 1.5 })).toThrow('not a probability');
  });

  test('settings no record could be run with are refused in words', () => {
    const bad = (given: Json, words: string): void => {
      expect(() => mergeSettings(spec, given)).toThrow(words);
    };
    bad({ policy: 'other' }, 'no policy "other"');
    bad({ stacking: 'median' }, 'give avg or max');
    bad({ blindingSamples: [2000, 2000] }, 'blind less');
    bad({ blindingSamples: [1.5, 0] }, 'a blinding of 1.5 samples');
    bad({ batchSize: 0 }, 'a batch of 0 windows');
    bad({ windowSamples: 6000 }, 'windows of 3001 samples only');
    bad({ treshold: 0.5 }, 'no setting "treshold"');
    bad({ preparation: { ...spec.preparation, taperSamples: 2000 } }, 'taper has to fit');
    const trigger = { kind: 'trigger', off: { ratio: 0 }, minimumWidthSamples: 0 };
    bad({ pickRule: trigger }, 'cannot end at 0');
    expect(mergeSettings(spec, { strict: undefined } as never).strict).toBe(false);
    const open = { lowHz: undefined, highHz: undefined, corners: 4, zeroPhase: false };
    expect(mergeSettings(spec, { filter: open }).filter).toBeUndefined();
  });

  test('a card that asks for what this program does not do is refused with the field', () => {
    const change = (edit: (json: Json) => void): (() => unknown) => {
      const json = card();
      edit(json);
      return () => parseModelSpec(json);
    };
    const inside = (json: Json, name: string): Json => json[name] as Json;
    const refused: [(json: Json) => void, string][] = [
      [(json) => (inside(json, 'preprocessing')['filter'] = {}), 'preprocessing.filter'],
      [(json) => (inside(json, 'defaults')['stacking'] = 'median'), 'defaults.stacking'],
      [(json) => (json['windowing'] = 'whole'), 'windowing'],
      [(json) => delete json['samplingRateHz'], 'samplingRateHz'],
      [(json) => (inside(json, 'defaults')['blindingSamples'] = [2000, 2000]), 'blind less'],
      [(json) => (json['labels'] = 'NPS'), 'labels'],
      [(json) => (json['labels'] = ['N', 'P', 'P']), 'labels has to be a list of at least one'],
      [(json) => (json['components'] = 'ZZE'), 'components has to be a list of at least one'],
      [(json) => (json['components'] = ''), 'components has to be'],
      [(json) => (json['use'] = 'fishing'), 'use'],
      [(json) => (inside(json, 'layout')['output'] = ['batch', 'label']), 'layout.output'],
    ];
    for (const [edit, words] of refused) expect(change(edit)).toThrow(words);
    expect(() => parseModelSpec([])).toThrow('no object');
  });

  test('presets of a card are read, and checked', () => {
    const json = card();
    json['presets'] = {
      careful: { text: 'Few false picks.', settings: { thresholds: { P: 0.6 } } },
    };
    expect(parseModelSpec(json).presets).toEqual({
      careful: { text: 'Few false picks.', settings: { thresholds: { P: 0.6 } } },
    });
    json['presets'] = { odd: { text: 'No.', settings: { thresholds: { Q: 0.6 } } } };
    expect(() => parseModelSpec(json)).toThrow('no phase "Q"');
  });
});

const packs = path.resolve(import.meta.dirname, '../../../shared/models');
const withModels = existsSync(packs);
describe.skipIf(!withModels)(`packs${withModels ? '' : ' (skipped: no ../shared)'}`, () => {
  const all = (withModels ? readdirSync(packs) : [])
    .map((id) => JSON.parse(readFileSync(path.join(packs, id, 'model.json'), 'utf8')) as Json)
    .filter((json) => json['kind'] !== 'event-classifier');
  const read: Record<string, ModelSpec> = Object.fromEntries(
    all.map((json) => [String(json['id']), parseModelSpec(json)] as const),
  );

  test('every picker’s card is read, with settings that can be run', () => {
    expect(all.length).toBeGreaterThan(8);
    for (const each of Object.values(read)) checkSettings(each, defaultSettings(each));
  });

  test('uses, lengths and rules are those of the cards', () => {
    expect(read['eqtransformer-pnw']).toMatchObject({
      use: 'tests-only',
      filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true },
      pickRule: { kind: 'trigger', off: { ratio: 0.5 } },
      stacking: 'max',
      sha256: '',
    });
    expect(read['gpd-random']).toMatchObject({
      use: 'never-picking',
      detrendRecords: true,
      output: { kind: 'point', labelSample: 200, strideSamples: 10 },
      pickRule: { kind: 'trigger', off: { level: 0.1 } },
    });
    expect(read['seismo-performer-v2']).toMatchObject({
      detrendRecords: true,
      batchSize: 150,
      pickRule: { kind: 'dominance', minimumDistanceSamples: 10_000, windowSamples: 200 },
    });
    expect(read['phasenet-original']).toMatchObject({
      anyLength: true,
      trainingData: [expect.stringContaining('ncedc')],
    });
    const presets = (id: string): string[] => Object.keys(read[id]?.presets ?? {});
    expect(presets('phasenet-original')).toEqual(['original', 'long windows', 'pnsn']);
    expect(read['phasenet-original']?.presets['original']?.settings).toMatchObject({
      runningScale: { windowSamples: 3000, stepSamples: 1500 },
      pickRule: { kind: 'peaks', minimumDistanceSamples: 50, convention: 'detect_peaks' },
    });
    expect(presets('eqtransformer-pnw')).toEqual(['original', 'pnsn']);
    expect(presets('gpd-random')).toEqual(['original']);
    for (const each of Object.values(read)) {
      for (const { settings } of Object.values(each.presets)) mergeSettings(each, settings);
    }
    const pnsn = read['eqtransformer-pnw']!;
    const settings = mergeSettings(pnsn, pnsn.presets['pnsn']!.settings);
    expect(settings.filter).toBeUndefined();
    expect(hopSamples(pnsn, settings)).toBe(1800);
    expect(settings.blindingSamples).toEqual([500, 500]);
  });
});
