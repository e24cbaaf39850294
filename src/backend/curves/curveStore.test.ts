import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import { drawKept } from '../../models/keptCurves/drawKept.ts';
import { SensorPicker } from '../../models/keptCurves/sensorPicker.ts';
import { CurveStore, type CurveWriter, damageWords } from './curveStore.ts';

/** 500 s before a full hour. */
const startNs = epochNs(1_699_999_200_000_000_000n - 500_000_000_000n);
const curve = Float32Array.from({ length: 100_000 }, (_, i) =>
  i === 7777 ? 0.9 : i % 1000 === 0 ? 0.05 : (i % 10) / 1000,
);
const run3 = { id: 3, startedNs: startNs };
const sensor = 'UW.HANS..HH';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-curves-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pause = (): Promise<void> => Promise.resolve();

function pickerFor(writer: CurveWriter): SensorPicker {
  const rule = { kind: 'peaks', minimumDistanceSamples: 50 } as const;
  const picking = { rule, thresholds: { P: 0.3, S: 0.3 } };
  return new SensorPicker(picking, (hour, parts) => writer.seal(hour, parts), pause);
}

const half = curve.map((v) => v / 2);
const blockAt = (afterS: number) => ({
  startNs: addSeconds(startNs, afterS),
  sampleRateHz: 100,
  curves: { P: curve, S: half },
  warnings: [],
});

/** Two stretches, 1000 s each, from 0 and from 2000 s on; the first crosses a full hour. */
async function store(curves: CurveStore, sensorKey = sensor): Promise<void> {
  const writer = await curves.begin(run3, sensorKey);
  const picker = pickerFor(writer);
  await picker.take(blockAt(0));
  await picker.take(blockAt(2000));
  await picker.end();
  await writer.finish();
}

const span = (fromS: number, toS: number): { startNs: typeof startNs; endNs: typeof startNs } => ({
  startNs: addSeconds(startNs, fromS),
  endNs: addSeconds(startNs, toS),
});

async function drawn(
  fromS: number,
  toS: number,
  widthPx: number,
  label = 'P',
): Promise<ReturnType<typeof drawKept>> {
  const { parts } = await new CurveStore(folder).read(run3, sensor, span(fromS, toS));
  return drawKept(
    parts.filter((part) => part.label === label),
    span(fromS, toS),
    widthPx,
  );
}

describe('curves on disk', () => {
  test('a narrow window gives the samples themselves; what lies below the floor is 0', async () => {
    await store(new CurveStore(folder));
    const [part, ...others] = await drawn(77, 78, 500, 'S');
    expect(others).toEqual([]);
    expect(part).toMatchObject({ kind: 'samples', stepS: 0.01, startNs: addSeconds(startNs, 77) });
    expect(part!.values.length).toBe(101);
    expect([...part!.values.subarray(75, 80)]).toEqual([0, half[7776], half[7777], half[7778], 0]);
  });

  test.each([20, 3, 1])('bins keep the peak at %d px, and are the floor elsewhere', async (px) => {
    await store(new CurveStore(folder));
    const parts = await drawn(0, 100, px);
    expect(parts.map(({ kind }) => kind)).toEqual(['bins']);
    const { values, stepS } = parts[0]!;
    const at = Math.floor(77.77 / stepS);
    expect(values[2 * at + 1]).toBe(curve[7777]);
    expect(values[2 * at]).toBe(0);
    expect(values.filter((v) => v > 0.5)).toHaveLength(1);
    expect(values.length / 2).toBeLessThanOrEqual(px + 1);
    const fine = await drawn(9.5, 10.5, 20);
    expect(new Set(fine[0]!.values)).toEqual(
      new Set([0, Math.fround(0.02)]).add(Math.fround(0.05)),
    );
  });

  test('stretches are answered each by itself, and go on across a full hour', async () => {
    await store(new CurveStore(folder));
    const parts = await drawn(-50, 4000, 100);
    expect(parts.map((part) => Number(part.startNs - startNs) / 1e9)).toEqual([0, 2000]);
    const [hour] = await drawn(499, 501, 500);
    expect(hour!.values.length).toBe(201);
    expect(hour!.values[100]).toBe(curve[50_000]);
  });

  test('nothing kept, another run, another window: no curves', async () => {
    const curves = new CurveStore(folder);
    const none = { parts: [], damaged: [], torn: false };
    expect(await curves.read(run3, sensor)).toEqual(none);
    await store(curves);
    expect(await curves.read({ ...run3, id: 4 }, sensor)).toEqual(none);
    expect(await curves.read(run3, sensor, span(10_000, 10_001))).toEqual(none);
    expect(await curves.has(run3, sensor)).toBe(true);
    expect(await curves.has(run3, 'UW.HANS..EN')).toBe(false);
    expect(await curves.sensorKeys(run3)).toEqual([sensor]);
  });

  test('sealed hours can be read while the sensor is still being picked', async () => {
    const curves = new CurveStore(folder);
    const writer = await curves.begin(run3, sensor);
    const picker = pickerFor(writer);
    await picker.take(blockAt(0));
    const early = await curves.read(run3, sensor);
    expect(early.parts.map(({ label, from, to }) => [label, from, to])).toEqual([
      ['P', 0, 50_000],
      ['S', 0, 50_000],
    ]);
    expect(await curves.kept()).toMatchObject([{ sensorKeys: [] }]);
    await picker.end();
    await writer.finish();
    expect((await curves.read(run3, sensor)).parts).toHaveLength(4);
    expect(await curves.kept()).toMatchObject([{ sensorKeys: [sensor] }]);
  });

  test('a damaged hour is missing and told, the others stay; a file cut short has its sealed hours', async () => {
    await store(new CurveStore(folder));
    const path = join(folder, 'curves', `run-3-${startNs}`, `sensor-${sensor}.kept`);
    const bytes = await readFile(path);
    const whole = await new CurveStore(folder).read(run3, sensor);
    expect(whole.parts).toHaveLength(6);
    const firstHour = { startNs: 1_699_995_600_000_000_000n, endNs: 1_699_999_200_000_000_000n };

    for (const at of [40, 400]) {
      const bad = Buffer.from(bytes);
      bad[at]! ^= 1;
      await writeFile(path, bad);
      const read = await new CurveStore(folder).read(run3, sensor);
      expect(read.parts).toEqual(whole.parts.slice(2));
      expect(read.damaged).toEqual([firstHour]);
      expect(damageWords(sensor, read)).toEqual([
        'The probability curves kept of UW.HANS..HH are damaged for 1 hour between 2023-11-14T21:00:00Z and 2023-11-14T22:00:00Z; nothing is drawn or picked again there. Run the model again to have them.',
      ]);
    }

    // A header nobody can read: the search goes on behind it.
    const headless = Buffer.from(bytes);
    headless[5]! ^= 1;
    await writeFile(path, headless);
    const behind = await new CurveStore(folder).read(run3, sensor);
    expect(behind).toEqual({ parts: whole.parts.slice(2), damaged: [], torn: true });

    await writeFile(path, bytes);
    await truncate(path, bytes.length - 20);
    expect(await new CurveStore(folder).read(run3, sensor)).toEqual({
      parts: whole.parts.slice(0, 2),
      damaged: [],
      torn: false,
    });
    await writeFile(path, 'no curves at all, but long enough to hold the header of a chunk');
    expect((await new CurveStore(folder).read(run3, sensor)).parts).toEqual([]);
  });

  test('a sensor that is begun anew is not mixed with what was read of it before', async () => {
    const curves = new CurveStore(folder);
    await store(curves);
    expect((await curves.read(run3, sensor)).parts).toHaveLength(6);
    const writer = await new CurveStore(folder).begin(run3, sensor);
    const picker = pickerFor(writer);
    await picker.take(blockAt(0));
    await picker.end();
    await writer.finish();
    expect((await curves.read(run3, sensor)).parts).toHaveLength(4);
  });

  test('a file that was cut back and gone on with is read anew', async () => {
    const curves = new CurveStore(folder);
    await store(curves);
    const path = join(folder, 'curves', `run-3-${startNs}`, `sensor-${sensor}.kept`);
    const bytes = await readFile(path);
    const { parts } = await curves.read(run3, sensor);
    await truncate(path, 0);
    expect((await curves.read(run3, sensor)).parts).toEqual([]);
    await writeFile(path, bytes);
    expect((await curves.read(run3, sensor)).parts).toEqual(parts);
    const first = 32 + Math.ceil(bytes.readUInt32LE(4) / 8) * 8;
    await writeFile(path, Buffer.concat([bytes.subarray(first), bytes.subarray(first)]));
    expect((await curves.read(run3, sensor)).parts).toEqual([...parts.slice(2), ...parts.slice(2)]);
  });

  test('an abandoned sensor leaves nothing', async () => {
    const curves = new CurveStore(folder);
    const writer = await curves.begin(run3, sensor);
    await writer.abandon();
    expect(await readdir(join(folder, 'curves', `run-3-${startNs}`))).toEqual([]);
  });

  test('a station code with path characters stays inside the folder', async () => {
    const curves = new CurveStore(folder);
    await store(curves, '../../../x.y.z');
    expect(await readdir(folder)).toEqual(['curves']);
    expect(await curves.has(run3, '../../../x.y.z')).toBe(true);
    expect(await curves.sensorKeys(run3)).toEqual(['../../../x.y.z']);
  });
});
