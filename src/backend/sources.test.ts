import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { addSeconds, type EpochNs, parseTime } from '../base/time.ts';
import { Catalog } from '../catalog/catalog.ts';
import type { Notice } from '../contract/messages/session.ts';
import { parseNslc } from '../domain/waveform/nslc.ts';
import type { TraceSegment } from '../domain/waveform/traceSegment.ts';
import { readMiniseed } from '../formats/miniseed/read.ts';
import { writeMiniseed2 } from '../formats/miniseed/write2.ts';
import { WaveformStore } from '../waveforms/store.ts';
import { startPool } from './pool.ts';
import { Sources, type SourceRow } from './sources.ts';

const START = parseTime('2024-03-01T00:00:00');
const RATE = 100;
const folder = mkdtempSync(join(tmpdir(), 'onset-sources-'));
const pool = startPool({ size: 2 });
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

function ramp(length: number, from = 0): Int32Array {
  return Int32Array.from({ length }, (_, i) => ((from + i) * 7919) % 4001);
}

/** A file of one stretch per entry: [channel, first second, seconds]. */
function write(name: string, ...stretches: [string, number, number][]): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  const segments = stretches.map(([channel, fromS, seconds]) => ({
    stream: parseNslc(`XX.ABC.${channel}`),
    startNs: addSeconds(START, fromS),
    sampleRateHz: RATE,
    samples: ramp(seconds * RATE, fromS * RATE),
  }));
  writeFileSync(path, writeMiniseed2(segments, { recordLength: 512 }));
  return path;
}

class Rows {
  rows = new Map<string, SourceRow>();
  list = () => [...this.rows.values()];
  put = (rows: readonly SourceRow[]) => rows.forEach((row) => this.rows.set(row.path, row));
}

const notices: Notice[] = [];
afterEach(() => void notices.splice(0));
const onNotice = (notice: Notice): void => void notices.push(notice);

function setUp(repository = new Rows(), budgetBytes = 1e9) {
  const store = new WaveformStore({ budgetBytes });
  let changes = 0;
  const sources = new Sources({ pool, store, repository, onChange: () => changes++ });
  return { store, sources, repository, changes: () => changes };
}

const window = (fromS: number, toS: number): { startNs: EpochNs; endNs: EpochNs } => ({
  startNs: addSeconds(START, fromS),
  endNs: addSeconds(START, toS),
});

describe('reading where a stream lies in its file', () => {
  const plain = ({ stream, startNs, samples }: TraceSegment) => ({
    ...{ channel: stream.channel, startNs, samples: [...samples] },
  });
  const decoded = (path: string, channel: string) =>
    readMiniseed(readFileSync(path), { streamKeys: [`XX.ABC..${channel}`] }).segments.map(plain);

  test('gives the same samples from streams one after another and record by record', async () => {
    const tidy = write('where/tidy.mseed', ['.HHZ', 0, 120], ['.HHN', 0, 120], ['.HHE', 0, 120]);
    const bytes = readFileSync(tidy);
    const records = Array.from({ length: bytes.length / 512 }, (_, i) =>
      bytes.subarray(512 * i, 512 * (i + 1)),
    );
    const mixed = join(folder, 'where/mixed.mseed');
    // Every seventh record in turn: no stream lies together, and none in order of time.
    const order = records.map((_, i) => (7 * i) % records.length);
    expect(new Set(order).size).toBe(records.length);
    writeFileSync(mixed, Buffer.concat(order.map((i) => records[i]!)));
    for (const path of [tidy, mixed]) {
      const { sources } = setUp();
      await sources.add([path]);
      for (const channel of ['HHZ', 'HHN', 'HHE']) {
        const key = `XX.ABC..${channel}`;
        const read = await sources.readSegments([key], window(0, 120));
        expect(read.get(key)!.map(plain)).toEqual(decoded(path, channel));
        expect(read.get(key)![0]!.samples).toHaveLength(12_000);
      }
    }
  });

  test('finds a stream that has moved in its file since', async () => {
    const path = write('where/moved.mseed', ['.HHZ', 0, 60]);
    const { sources, store } = setUp();
    await sources.add([path]);
    write('where/moved.mseed', ['.HHE', 0, 600], ['.HHZ', 0, 60]);
    const key = 'XX.ABC..HHZ';
    const read = await sources.readSegments([key], window(0, 60));
    expect(read.get(key)!.map(plain)).toEqual(decoded(path, 'HHZ'));
    await sources.ensureLoaded([key], window(0, 60));
    expect(store.window(key, window(0, 60)).runs).toHaveLength(1);
  });
});

describe('the files of a project', () => {
  test('split files are one stream, "--" is an empty location, a copy adds nothing', async () => {
    const { sources, repository, changes } = setUp();
    const a = write('day/a.mseed', ['.HHZ', 0, 60]);
    write('day/deeper/b.mseed', ['.HHZ', 60, 60], ['.HHN', 0, 60]);
    write('day/c.mseed', ['--.HHZ', 200, 60]);
    cpSync(a, join(folder, 'day/copy.mseed'));
    writeFileSync(join(folder, 'day/notes.txt'), 'station visited on Monday');
    const report = await sources.add([join(folder, 'day')], { onNotice });
    expect(report).toEqual({ added: 4, failed: 0, skipped: 1 });
    expect(
      sources.streams().map(({ streamKey, sampleCount, gaps }) => [streamKey, sampleCount, gaps]),
    ).toEqual([
      ['XX.ABC..HHN', 6000, []],
      ['XX.ABC..HHZ', 18_000, [window(120, 200)]],
    ]);
    expect(repository.list()).toHaveLength(4);
    expect(changes()).toBe(1);
    expect(notices).toEqual([]);
  });

  test('what cannot be read says so, and the rest goes on', async () => {
    const { sources } = setUp();
    const good = write('bad/good.mseed', ['.HHZ', 0, 60]);
    const cut = write('bad/cut.mseed', ['.HHE', 0, 60]);
    truncateSync(cut, 1300);
    const empty = join(folder, 'bad/empty.mseed');
    writeFileSync(empty, '');
    const text = join(folder, 'bad/letter.txt');
    writeFileSync(text, 'Dear colleague');
    const report = await sources.add([good, cut, empty, text, join(folder, 'gone')], { onNotice });
    expect(report).toMatchObject({ added: 2, failed: 3 });
    const problems = new Map(notices.map((notice) => [notice.file, notice.text]));
    expect(problems.get(empty)).toMatch(/empty.mseed is empty; fetch or copy it again/);
    expect(problems.get(text)).toMatch(/not miniSEED.*Check/);
    expect(problems.get(join(folder, 'gone'))).toMatch(/does not exist; check the path/);
    expect(problems.get(cut)).toMatch(/The rest of the file is good/);
    expect(sources.streams().map(({ streamKey }) => streamKey)).toEqual([
      'XX.ABC..HHE',
      'XX.ABC..HHZ',
    ]);
  });

  test('station metadata between waveforms is left out in silence, named it is refused', async () => {
    const { sources } = setUp();
    write('meta/a.mseed', ['.HHZ', 0, 60]);
    const volume = join(folder, 'meta/station.dataless');
    writeFileSync(volume, `000001V ${'010009502.3121970,001~2038,001~'.padEnd(4088)}`);
    const report = await sources.add([join(folder, 'meta')], { onNotice });
    expect(report).toEqual({ added: 1, failed: 0, skipped: 1 });
    expect(notices).toEqual([]);
    expect(await sources.add([volume], { onNotice })).toMatchObject({ failed: 1 });
    expect(notices[0]!.text).toMatch(/station.dataless is a SEED volume of station metadata/);
  });

  test('a file in a folder whose name says waveforms and whose bytes do not is told, notes are not', async () => {
    const { sources } = setUp();
    write('named/a.mseed', ['.HHZ', 0, 60]);
    writeFileSync(join(folder, 'named/torn.mseed'), 'no record at all');
    writeFileSync(join(folder, 'named/notes.txt'), 'read me');
    const report = await sources.add([join(folder, 'named')], { onNotice });
    expect(report).toEqual({ added: 1, failed: 1, skipped: 1 });
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/torn.mseed is not miniSEED.*Check that it is the file you meant/),
    ]);
  });

  test('projects among waveforms are passed over, named ones refused, and their locks hold', async () => {
    const { sources } = setUp();
    write('mixed/a.mseed', ['.HHZ', 0, 60]);
    const project = join(folder, 'mixed/noto.onset');
    const catalog = Catalog.open(project, { author: 'first' });
    mkdirSync(`${project}-cache`);
    writeFileSync(`${project}-cache/curves.f32`, 'x'.repeat(64));
    symlinkSync(project, join(folder, 'mixed/link.mseed'));
    const report = await sources.add([join(folder, 'mixed')], { onNotice });
    expect(report).toEqual({ added: 1, failed: 1, skipped: 0 });
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/link.mseed belongs to the project.*open the project itself/),
    ]);
    for (const ending of ['', '-lock', '-wal', '-shm']) {
      const named = await sources.add([project + ending], { onNotice });
      expect(named).toEqual({ added: 0, failed: 1, skipped: 0 });
      expect(notices.at(-1)!.text).toMatch(
        /belongs to the project noto.onset.*onset open noto.onset/,
      );
    }
    // Another process: within one, SQLite remembers its locks even where the system has dropped them.
    const module = new URL('../catalog/catalog.ts', import.meta.url).href;
    const script = `const { Catalog } = await import(${JSON.stringify(module)});
      console.log(Catalog.open(${JSON.stringify(project)}, { author: 'second' }).readOnlyReason ?? 'writable');`;
    const args = ['--input-type=module', '-e', script];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout).toMatch(/first/);
    catalog.close();
  });

  test('a folder without waveforms is said in one notice', async () => {
    const { sources } = setUp();
    mkdirSync(join(folder, 'letters'));
    writeFileSync(join(folder, 'letters/one.txt'), 'Dear colleague');
    await sources.add([join(folder, 'letters')], { onNotice });
    expect(notices).toHaveLength(1);
    expect(notices[0]!.text).toMatch(/No waveforms are in .*letters.*miniSEED/);
  });

  test('a cancelled reading keeps nothing half', async () => {
    const { sources } = setUp();
    const path = write('cancel/a.mseed', ['.HHZ', 0, 10]);
    expect(await sources.add([path], { signal: AbortSignal.abort(), onNotice })).toMatchObject({
      added: 0,
    });
    expect(sources.streams()).toEqual([]);
  });

  test('rescan sees what changed on disk and keeps a lost file listed with its reason', async () => {
    const { sources, store, repository } = setUp();
    const lost = write('re/lost.mseed', ['.HHZ', 0, 60]);
    write('re/longer.mseed', ['.HHN', 0, 60]);
    await sources.add([join(folder, 're')]);
    await sources.ensureLoaded(['XX.ABC..HHN'], window(0, 60));
    rmSync(lost);
    write('re/longer.mseed', ['.HHN', 0, 90]);
    const again = new Sources({
      pool,
      store: new WaveformStore(),
      repository,
      onChange: () => undefined,
    });
    for (const each of [sources, again]) {
      await each.rescan({ onNotice });
      expect(each.list().find(({ path }) => path === lost)?.error).toMatch(/does not exist/);
      expect(each.streams().map((s) => [s.streamKey, s.sampleCount])).toEqual([
        ['XX.ABC..HHN', 9000],
      ]);
    }
    expect(store.window('XX.ABC..HHN', window(0, 90)).runs).toEqual([]);
  });
});

describe('samples on demand', () => {
  test('are decoded once, whoever asks, and again after eviction', async () => {
    const { sources, store } = setUp(new Rows(), 200_000);
    await sources.add([write('od/a.mseed', ['.HHZ', 0, 300], ['.HHN', 0, 300])]);
    const put = vi.spyOn(store, 'put');
    const load = () => sources.ensureLoaded(['XX.ABC..HHZ'], window(10, 20));
    await Promise.all([load(), load(), load()]);
    expect(put).toHaveBeenCalledTimes(1);
    const [run] = store.window('XX.ABC..HHZ', window(0, 300)).runs;
    expect([...run!.slices[0]!.segment.samples!]).toEqual([...ramp(30_000)]);
    await sources.ensureLoaded(['XX.ABC..HHN'], window(10, 20));
    expect(sources.pending('XX.ABC..HHZ', window(10, 20), 'samples')).toHaveLength(1);
    expect(sources.pending('XX.ABC..HHZ', window(10, 20), 'pyramid')).toHaveLength(0);
    await load();
    expect(sources.pending('XX.ABC..HHZ', window(10, 20), 'samples')).toHaveLength(0);
  });

  test('a file that broke since says so once and is not tried for ever', async () => {
    const { sources } = setUp();
    const path = write('broke/a.mseed', ['.HHZ', 0, 60]);
    await sources.add([path]);
    rmSync(path);
    await sources.ensureLoaded(['XX.ABC..HHZ'], window(0, 60));
    expect(sources.failure('XX.ABC..HHZ', window(0, 60))).toMatch(/a.mseed does not exist/);
    expect(sources.pending('XX.ABC..HHZ', window(0, 60), 'samples')).toEqual([]);
  });

  test('are announced once to those who were answered without them', async () => {
    const { sources, changes } = setUp();
    await sources.add([write('tell/a.mseed', ['.HHZ', 0, 60], ['.HHN', 0, 60])]);
    const before = changes();
    await sources.ensureLoaded(['XX.ABC..HHZ'], window(0, 60));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(changes()).toBe(before);
    sources.announceLoaded();
    await sources.ensureLoaded(['XX.ABC..HHN'], window(0, 60));
    await vi.waitFor(() => expect(changes()).toBe(before + 1));
  });

  test('an abort rejects at once', async () => {
    const { sources } = setUp();
    await sources.add([write('abort/a.mseed', ['.HHZ', 0, 60])]);
    const controller = new AbortController();
    const { signal } = controller;
    const load = sources.ensureLoaded(['XX.ABC..HHZ'], window(0, 60), { signal });
    controller.abort();
    await expect(load).rejects.toMatchObject({ code: 'cancelled' });
    await sources.ensureLoaded(['XX.ABC..HHZ'], window(0, 60));
    expect(sources.pending('XX.ABC..HHZ', window(0, 60), 'samples')).toEqual([]);
  });

  test('for a model come straight from the files, trimmed and joined', async () => {
    const { sources, store } = setUp();
    await sources.add([
      write('model/a.mseed', ['.HHZ', 0, 60], ['.HHN', 0, 60]),
      write('model/b.mseed', ['.HHZ', 60, 60]),
      write('model/c.mseed', ['.HHZ', 150, 60]),
    ]);
    const read = await sources.readSegments(['XX.ABC..HHZ', 'XX.ABC.--.HHN'], window(30, 200));
    expect([...read.keys()]).toEqual(['XX.ABC..HHZ', 'XX.ABC.--.HHN']);
    const shape = read.get('XX.ABC..HHZ')!.map(({ startNs, samples }) => [startNs, samples.length]);
    expect(shape).toEqual([
      [addSeconds(START, 30), 9000],
      [addSeconds(START, 150), 5000],
    ]);
    expect([...read.get('XX.ABC..HHZ')![0]!.samples]).toEqual([...ramp(9000, 3000)]);
    expect(read.get('XX.ABC.--.HHN')![0]!.samples.length).toBe(3000);
    expect(store.bytes).toBe(0);
  });
});
