// Runs of spectrogram networks: the fast way where it fits, the plain one everywhere else, the same answers.

import { describe, expect, test } from 'vitest';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { nativeSpec } from '../../src/models/library/nativeSpecs.ts';
import { openGraph } from '../../src/models/onnx.ts';
import { ChunkRunner } from '../../src/models/runChunk.ts';
import { mergeSettings } from '../../src/models/settings.ts';
import type { ModelSpec } from '../../src/models/spec.ts';
import { openFastChunks, type PlainNetwork } from '../../src/models/spectrogramNet/fastChunk.ts';
import { noise, randomCnn, randomPerformer } from '../spectrogramWeights.ts';

const spec = nativeSpec('random', 'seismo-performer') as ModelSpec;
const performer = convertWeights(randomPerformer(), { scaler: 'batch' }).onnx;

async function plainOf(file: Uint8Array): Promise<PlainNetwork> {
  const graph = await openGraph(file);
  return async (data, windows) =>
    (await graph.run({ x: { data, shape: [windows, 3, 400] } }, 'y')).slice();
}

async function fastOf(
  network: Uint8Array,
  given: Partial<RunSettings> = {},
  plain: Promise<PlainNetwork> = plainOf(network),
) {
  const settings = mergeSettings(spec, given);
  return openFastChunks({ spec, network }, settings, { open: openGraph, plain: await plain });
}

const STRETCH = 25_000;

function rows(change: (row: Float64Array, component: number) => void = () => undefined) {
  const next = noise(5);
  return Array.from({ length: 3 }, (_, component) => {
    const row = Float64Array.from(
      { length: STRETCH },
      (_, i) => next() * (i % 3000 < 300 ? 30 : 1),
    );
    change(row, component);
    return row;
  });
}

describe('the fast way', () => {
  test('is taken for windows divided by their peak, and for none else', async () => {
    const { preparation } = mergeSettings(spec, {});
    expect(await fastOf(performer)).toBeDefined();
    expect(await fastOf(performer, { strideSamples: 40 })).toBeDefined();
    const none: Partial<RunSettings>[] = [
      { everyWindow: true },
      { strideSamples: 25 },
      { preparation: { ...preparation, demean: true } },
      { preparation: { ...preparation, taperSamples: 6 } },
      { preparation: { ...preparation, scale: { by: 'peak', scope: 'component', epsilon: 0 } } },
    ];
    for (const settings of none) expect(await fastOf(performer, settings)).toBeUndefined();
  });

  test('is not taken where the file itself answers differently', async () => {
    const other = plainOf(convertWeights(randomCnn(), { scaler: 'batch' }).onnx);
    expect(await fastOf(performer, {}, other)).toBeUndefined();
  });

  test.each([
    ['all components', rows()],
    ['an absent component', [rows()[0], undefined, rows()[2]]],
    ['one that is silent for a while', rows((row) => row.fill(0, 6000, 7000))],
    ['one that stands still', rows((row, c) => c === 1 && row.fill(7, 9000, 9800))],
    ['one with a hole', rows((row, c) => c === 2 && row.fill(NaN, 500, 510))],
  ] as const)('gives the curves of the plain one with %s', async (_, inputs) => {
    const settings = mergeSettings(spec, { batchSize: 64 });
    const plain = await plainOf(performer);
    const fast = await openFastChunks({ spec, network: performer }, settings, {
      open: openGraph,
      plain,
    });
    const curvesBy = async (scoreChunk: typeof fast) =>
      new ChunkRunner(spec, settings, [0, 1, 2], plain, { fast: scoreChunk }).stretch(
        inputs,
        STRETCH,
      );
    const [ours, expected] = [await curvesBy(fast), await curvesBy(undefined)];
    ours.forEach((curve, label) => {
      expect(curve.length).toBe(Math.floor((STRETCH - 400) / 10) + 1);
      const apart = curve.reduce(
        (most, v, i) => Math.max(most, Math.abs(v - expected[label]![i]!)),
        0,
      );
      expect(apart).toBeLessThan(1e-3);
    });
  });
});
