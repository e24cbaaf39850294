// The fast way through spectrogram networks against their own files, window by window: random weights everywhere,
// the published ones over golden/archive-scan where ../shared is. What differs is rounding of float32 spectra: the
// decibels of quiet bins show it. Against a float64 transform the file itself is off by up to 1.6e-3 (golden/MODELS.md).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { planGroup } from '../../src/models/archiveScan/archiveScan.ts';
import { DEFAULT_ARCHIVE_SCAN, scalerFile } from '../../src/models/archiveScan/scanOptions.ts';
import { scanWindowCount, windowPeaks } from '../../src/models/archiveScan/scanWindows.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { openGraph } from '../../src/models/onnx.ts';
import { openSpectrogramScorer } from '../../src/models/spectrogramNet/spectrogramScorer.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { noise, randomCnn, randomPerformer } from '../spectrogramWeights.ts';

const BATCH = 150;

/** Scores window by window, by the file itself. */
async function plainScores(
  file: Uint8Array,
  components: readonly Float32Array[],
  shift: number,
): Promise<Float32Array> {
  const graph = await openGraph(file);
  const windows = scanWindowCount(components[0]!.length, shift);
  const peaks = windowPeaks(components, windows, shift);
  const scores = new Float32Array(windows * 3);
  for (let first = 0; first < windows; first += BATCH) {
    const count = Math.min(BATCH, windows - first);
    const data = new Float32Array(count * 1200);
    for (let w = 0; w < count; w += 1) {
      const peak = peaks[first + w]!;
      components.forEach((row, c) => {
        for (let i = 0; i < 400; i += 1) {
          const value = row[(first + w) * shift + i]!;
          data[w * 1200 + c * 400 + i] = peak > 0 ? value / peak : 0;
        }
      });
    }
    scores.set(await graph.run({ x: { data, shape: [count, 3, 400] } }, 'y'), 3 * first);
  }
  await graph.release();
  return scores;
}

async function fastScores(
  file: Uint8Array,
  components: readonly Float32Array[],
  shiftSamples: number,
): Promise<Float32Array> {
  const scorer = await openSpectrogramScorer(file, openGraph);
  const windows = scanWindowCount(components[0]!.length, shiftSamples);
  const divisors = windowPeaks(components, windows, shiftSamples);
  const request = { components, windows, shiftSamples, divisors };
  const scores = await scorer!.score({ ...request, batchSize: BATCH });
  await scorer!.release();
  return scores;
}

interface Difference {
  readonly largest: number;
  /** Of P and S where the file says more than 0.9: what decides picks. */
  readonly nearPicks: number;
}

async function difference(
  file: Uint8Array,
  components: readonly Float32Array[],
  shift: number,
): Promise<Difference> {
  const plain = await plainScores(file, components, shift);
  const fast = await fastScores(file, components, shift);
  expect(fast.length).toBe(plain.length);
  const apart = Array.from(plain, (value, i) => Math.abs(value - fast[i]!));
  const near = apart.filter((_, i) => i % 3 < 2 && plain[i]! > 0.9);
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  return { largest: most(apart), nearPicks: most(near) };
}

/** Noise with onsets, a silent stretch, a clipped step and a stretch 10⁵ times louder: every floor is reached. */
function eventful(samples: number): Float32Array[] {
  const next = noise(11);
  return Array.from({ length: 3 }, (_, c) =>
    Float32Array.from({ length: samples }, (_, i) => {
      if (i > 3000 && i < 3900) return 0;
      const t = (i % 2500) / 100;
      const onset = Math.exp(-t / 0.8) * Math.sin(2 * Math.PI * 7 * t) * (c + 1);
      const loud = i > 7000 && i < 7600 ? 1e5 : 1;
      return (i === 5000 ? 400 : 1) * loud * (0.02 * next() + (t < 5 ? onset : 0));
    }),
  );
}

describe('with random weights', () => {
  test.each([
    ['seismo-performer', 'window', 10],
    ['seismo-performer', 'batch', 10],
    ['seismo-performer', 'batch', 7],
    ['seismo-performer', 'window', 16],
    ['spec-cnn', 'window', 10],
    ['spec-cnn', 'batch', 10],
  ] as const)('%s, scaled over the %s, shift %d', async (network, scaler, shift) => {
    const weights = network === 'spec-cnn' ? randomCnn() : randomPerformer();
    const { onnx } = convertWeights(weights, { scaler });
    expect((await difference(onnx, eventful(9000), shift)).largest).toBeLessThan(1e-3);
  });
});

const shared = sharedDir() ?? '';
const bytesOf = (...parts: string[]): Uint8Array =>
  new Uint8Array(readFileSync(path.join(shared, ...parts)));

describe.skipIf(sharedDir() === undefined)(`with published weights ${sharedNote}`, () => {
  const components = (group: string): Float32Array[] => {
    const files = ['n', 'e', 'z'].map((letter) => {
      const bytes = bytesOf('golden/archive-scan', `${group}-${letter}.mseed`);
      return readMiniseed(bytes).segments.toSorted((a, b) => Number(a.startNs - b.startNs));
    });
    const [chunk] = planGroup(files, DEFAULT_ARCHIVE_SCAN).chunks;
    return chunk!.components.map((samples) => Float32Array.from(samples));
  };

  test.each(
    ['seismo-performer-v2', 'spec-cnn-v2'].flatMap((model) =>
      (['window', 'batch'] as const).flatMap((scaler) =>
        ['day-part', 'sps200', 'gap-everywhere'].map((group) => [model, scaler, group] as const),
      ),
    ),
  )('%s, scaled over the %s, over %s', async (model, scaler, group) => {
    const file = bytesOf('models', model, scalerFile(scaler));
    const { largest, nearPicks } = await difference(file, components(group), 10);
    expect(largest).toBeLessThan(3e-3);
    expect(nearPicks).toBeLessThan(5e-4);
  });
});
