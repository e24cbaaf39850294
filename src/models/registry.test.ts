import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ModelFiles, ModelRegistry } from './registry.ts';
import { overlapSamples, parseModelSpec, phaseLabels, pickThresholds } from './spec.ts';

const pack = new URL('../../resources/models/onset-1/', import.meta.url);
const cardBytes = readFileSync(new URL('model.json', pack));
const network = readFileSync(new URL('model.onnx', pack));
type Json = Record<string, unknown>;
const card = (): Json => JSON.parse(cardBytes.toString()) as Json;

function registry(files: Record<string, Uint8Array>): ModelRegistry {
  const disk: ModelFiles = {
    listFolders: (folder) => {
      const inside = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return Promise.resolve([...new Set(inside.map((path) => path.split('/')[1]!))]);
    },
    read: (path) => Promise.resolve(files[path]),
    sha256: (bytes) => Promise.resolve(createHash('sha256').update(bytes).digest('hex')),
  };
  return new ModelRegistry(disk, [
    { path: 'shipped', place: 'shipped' },
    { path: 'mine', place: 'own' },
  ]);
}

const whole = { 'shipped/onset-1/model.json': cardBytes, 'shipped/onset-1/model.onnx': network };

describe('the shipped card', () => {
  test('says what the model eats', () => {
    const spec = parseModelSpec(card());
    expect(spec).toMatchObject({
      id: 'onset-1',
      samplingRateHz: 100,
      windowSamples: 3001,
      components: ['Z', 'N', 'E'],
      labels: ['N', 'P', 'S'],
      defaults: {
        thresholds: { P: 0.3, S: 0.3 },
        overlapSamples: 1501,
        blindingSamples: [250, 250],
        minimumPeakDistanceSamples: 50,
      },
    });
    expect(phaseLabels(spec)).toEqual([
      { phase: 'P', row: 1 },
      { phase: 'S', row: 2 },
    ]);
  });

  test('overlap: the card’s, a fraction of the window cut to samples, or samples', () => {
    const spec = parseModelSpec(card());
    expect([undefined, 0, 0.5, 0.999, 1, 1500, 3000].map((f) => overlapSamples(spec, f))).toEqual([
      1501, 0, 1500, 2997, 1, 1500, 3000,
    ]);
    for (const bad of [-0.1, 3001, 1.5, NaN]) {
      expect(() => overlapSamples(spec, bad)).toThrow(/overlap/);
    }
  });

  test('thresholds are given by phase in any case; unknown phases and numbers are refused', () => {
    const spec = parseModelSpec(card());
    expect(pickThresholds(spec, undefined)).toEqual({ P: 0.3, S: 0.3 });
    expect(pickThresholds(spec, { p: 0.5 })).toEqual({ P: 0.5, S: 0.3 });
    expect(() => pickThresholds(spec, { Pn: 0.5 })).toThrow('has no phase "Pn"; it picks P and S');
    expect(() => pickThresholds(spec, { P: 1.5 })).toThrow('not a probability');
  });

  test('a card that asks for what this program does not do is refused with the field', () => {
    const change = (edit: (json: Json) => void): (() => unknown) => {
      const json = card();
      edit(json);
      return () => parseModelSpec(json);
    };
    const inside = (json: Json, name: string): Json => json[name] as Json;
    expect(change((json) => (inside(json, 'preprocessing').filter = {}))).toThrow(
      'preprocessing.filter',
    );
    expect(change((json) => (inside(json, 'defaults').stacking = 'max'))).toThrow(
      'defaults.stacking',
    );
    expect(change((json) => (json.windowing = 'point'))).toThrow('windowing');
    expect(change((json) => delete json.samplingRateHz)).toThrow('samplingRateHz');
    expect(change((json) => (inside(json, 'defaults').blindingSamples = [2000, 2000]))).toThrow(
      'blindingSamples',
    );
    expect(change((json) => (json.labels = 'NPS'))).toThrow('labels');
    expect(() => parseModelSpec([])).toThrow('no object');
  });
});

describe('the registry', () => {
  test('lists a good pack and opens it', async () => {
    const [model, ...others] = await registry(whole).list();
    expect(others).toEqual([]);
    expect(model).toMatchObject({ id: 'onset-1', problem: undefined, windowSamples: 3001 });
    expect(model?.defaults).toMatchObject({ overlapSamples: 1501, batchSize: 8, stacking: 'avg' });
    expect((await registry(whole).open('onset-1')).network).toBe(network);
  });

  test('weights other than the card’s are named and never opened', async () => {
    const changed = Uint8Array.from(network);
    changed[1000]! ^= 1;
    const packs = registry({ ...whole, 'shipped/onset-1/model.onnx': changed });
    expect((await packs.list())[0]?.problem).toContain('not those of its card and are not run');
    await expect(packs.open('onset-1')).rejects.toThrow('sha-256');
  });

  test('missing weights, a missing and a broken card each say so', async () => {
    const packs = registry({
      'shipped/onset-1/model.json': cardBytes,
      'mine/empty/notes.txt': Uint8Array.of(1),
      'mine/broken/model.json': new TextEncoder().encode('{"id": '),
    });
    const problems = Object.fromEntries(
      (await packs.list()).map(({ id, problem }) => [id, problem]),
    );
    expect(problems['onset-1']).toContain('weights of onset-1 are missing');
    expect(problems['empty']).toContain('has no model.json');
    expect(problems['broken']).toContain('cannot be used');
    await expect(packs.open('onset-1')).rejects.toThrow('missing');
    await expect(packs.open('empty')).rejects.toThrow('no model.json');
    await expect(packs.open('other')).rejects.toThrow('there is no model "other"');
  });

  test('a pack of the person’s folder does not hide the shipped one of the same name', async () => {
    const packs = registry({ ...whole, 'mine/onset-1/model.json': cardBytes });
    expect((await packs.list()).map(({ id, problem }) => [id, problem])).toEqual([
      ['onset-1', undefined],
    ]);
  });
});
