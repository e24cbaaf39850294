import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../base/time.ts';
import { CURVE_BIN_SAMPLES, maximumBins } from '../models/curveBins.ts';
import { CurveCache } from './curveCache.ts';

const startNs = epochNs(1_700_000_000_000_000_000n);
const curve = Float32Array.from({ length: 10_000 }, (_, i) => (i === 7777 ? 0.9 : (i % 10) / 100));
const run3 = { id: 3, startedNs: startNs };
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-curves-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function store(cache: CurveCache, sensorKey = 'UW.HANS..HH'): Promise<void> {
  const bins = new Float32Array(Math.ceil(curve.length / CURVE_BIN_SAMPLES));
  maximumBins(curve, 0, bins.length, bins);
  const writer = await cache.begin(run3, sensorKey);
  await writer.append({ phase: 'P', startNs, sampleRateHz: 100, curve, bins });
  const later = addSeconds(startNs, 200);
  await writer.append({ phase: 'P', startNs: later, sampleRateHz: 100, curve, bins });
  await writer.append({
    phase: 'S',
    startNs,
    sampleRateHz: 100,
    curve: curve.map((v) => v / 2),
    bins,
  });
  await writer.finish();
}

const span = (fromS: number, toS: number): { startNs: typeof startNs; endNs: typeof startNs } => ({
  startNs: addSeconds(startNs, fromS),
  endNs: addSeconds(startNs, toS),
});

describe('curves on disk', () => {
  test('a narrow window gives the samples themselves, also to another program start', async () => {
    await store(new CurveCache(folder));
    const [part, ...others] = await new CurveCache(folder).read(
      run3,
      'UW.HANS..HH',
      'S',
      span(77, 78),
      500,
    );
    expect(others).toEqual([]);
    expect(part).toMatchObject({ kind: 'samples', stepS: 0.01, startNs: addSeconds(startNs, 77) });
    expect(part!.values.length).toBe(101);
    expect(part!.values[77]).toBeCloseTo(0.45, 6);
  });

  test.each([20, 3, 1])('bins keep the peak at %d px', async (widthPx) => {
    const cache = new CurveCache(folder);
    await store(cache);
    const parts = await cache.read(run3, 'UW.HANS..HH', 'P', span(0, 100), widthPx);
    expect(parts.map(({ kind }) => kind)).toEqual(['bins']);
    const { values, stepS } = parts[0]!;
    const at = Math.floor(77.77 / stepS);
    expect(values[2 * at + 1]).toBeCloseTo(0.9, 6);
    expect(values[2 * at]).toBe(0);
    expect(values.filter((v) => v > 0.5)).toHaveLength(1);
    expect(values.length / 2).toBeLessThanOrEqual(widthPx + 1);
  });

  test('stretches are answered each by itself', async () => {
    const cache = new CurveCache(folder);
    await store(cache);
    const parts = await cache.read(run3, 'UW.HANS..HH', 'P', span(-50, 400), 100);
    expect(parts.map((part) => Number(part.startNs - startNs) / 1e9)).toEqual([0, 200]);
  });

  test('nothing kept, another run, another window: no curves', async () => {
    const cache = new CurveCache(folder);
    expect(await cache.read(run3, 'UW.HANS..HH', 'P', span(0, 1), 100)).toEqual([]);
    await store(cache);
    expect(await cache.read({ ...run3, id: 4 }, 'UW.HANS..HH', 'P', span(0, 1), 100)).toEqual([]);
    expect(await cache.read(run3, 'UW.HANS..HH', 'P', span(1000, 1001), 100)).toEqual([]);
    expect(await cache.has(run3, 'UW.HANS..HH')).toBe(true);
    expect(await cache.has(run3, 'UW.HANS..EN')).toBe(false);
  });

  test('damaged files mean no curves', async () => {
    await store(new CurveCache(folder));
    const run = join(folder, 'curves', `run-3-${startNs}`);
    const [samples, index] = ['.f32', '.json'].map((end) => join(run, `sensor-UW.HANS..HH${end}`));
    await truncate(samples!, 100);
    const read = (): Promise<unknown[]> =>
      new CurveCache(folder).read(run3, 'UW.HANS..HH', 'P', span(77, 78), 500);
    expect(await read()).toEqual([]);
    await writeFile(index!, '{"format":"onset-curves-1","parts":[{"at":-5}]}');
    expect(await read()).toEqual([]);
    await writeFile(index!, 'no json');
    expect(await read()).toEqual([]);
  });

  test('an abandoned sensor leaves nothing', async () => {
    const cache = new CurveCache(folder);
    const writer = await cache.begin(run3, 'UW.HANS..HH');
    await writer.abandon();
    expect(await readdir(join(folder, 'curves', `run-3-${startNs}`))).toEqual([]);
  });

  test('a station code with path characters stays inside the folder', async () => {
    const cache = new CurveCache(folder);
    await store(cache, '../../../x.y.z');
    expect(await readdir(folder)).toEqual(['curves']);
    expect(await cache.has(run3, '../../../x.y.z')).toBe(true);
  });
});
