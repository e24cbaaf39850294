import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { addSeconds, parseTime } from '../../base/time.ts';
import type { Args } from '../../contract/api.ts';
import { parseNslc } from '../../domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';
import { WaveformStore } from '../../waveforms/store.ts';
import type { BackendContext } from '../context.ts';
import { type Pool, startPool } from '../pool.ts';
import { Sources, type SourceRow } from '../sources.ts';
import { waveformHandlers } from './waveform.ts';

const START = parseTime('2024-03-01T02:00:00');
const folder = mkdtempSync(join(tmpdir(), 'onset-windows-'));
const pool = startPool({ size: 2 });
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

const span = (fromS: number, toS: number) => ({
  startNs: addSeconds(START, fromS),
  endNs: addSeconds(START, toS),
});

function wiggle(length: number, seed: number): Int32Array {
  let state = seed;
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 20) + 300;
  });
}

/** Two hours of Z with a gap of ten minutes after the first, one hour of N at 1 Hz. */
function write(): string[] {
  const z = parseNslc('XX.ABC..HHZ');
  const hour = { sampleRateHz: 100, stream: z };
  const files = {
    'z.mseed': [
      { ...hour, startNs: START, samples: wiggle(360_000, 1) },
      { ...hour, startNs: addSeconds(START, 4200), samples: wiggle(360_000, 2) },
    ],
    'n.mseed': [
      {
        stream: parseNslc('XX.ABC..LHN'),
        ...{ startNs: START, sampleRateHz: 1, samples: wiggle(3600, 3) },
      },
    ],
  };
  return Object.entries(files).map(([name, segments]) => {
    const path = join(folder, name);
    writeFileSync(path, writeMiniseed2(segments));
    return path;
  });
}

async function setUp(paths: string[], budgetBytes = 1e9, decoders: Pool = pool) {
  const store = new WaveformStore({ budgetBytes });
  const rows: SourceRow[] = [];
  const repository = { list: () => rows, put: () => undefined };
  const sources = new Sources({ pool: decoders, store, repository, onChange: () => undefined });
  await sources.add(paths);
  // The handler needs no more of the context than this.
  const context: { pool: Pool } = { pool, store, sources } as never;
  const handler = waveformHandlers(context as BackendContext)['waveform.window'];
  const plain = { streamKeys: ['XX.ABC..HHZ'], widthPx: 1000, filter: undefined, demean: true };
  return {
    ...{ sources, context },
    ask: async (
      args: Partial<Args<'waveform.window'>> & Pick<Args<'waveform.window'>, 'window'>,
      signal?: AbortSignal,
    ) => {
      const traces = await handler({ ...plain, ...args }, signal ?? new AbortController().signal);
      return traces;
    },
  };
}

const filter = { lowHz: 1, highHz: 20, corners: 4, zeroPhase: true };

test('answers samples close up and bins far out, with the gap', async () => {
  const { ask } = await setUp(write());
  const [close] = await ask({ window: span(100, 120) });
  expect(close).toMatchObject({
    state: 'complete',
    sampleRateHz: 100,
    gaps: [],
    reason: undefined,
  });
  expect(close!.parts.map((part) => [part.kind, part.values.length])).toEqual([['samples', 2001]]);
  const [far] = await ask({ window: span(0, 7800) });
  expect(far!.parts.map((part) => part.kind)).toEqual(['bins', 'bins']);
  expect(far!.gaps).toEqual([span(3600, 4200)]);
  expect(far!.peak).toBeGreaterThan(1000);
});

test('says in words why nothing is drawn', async () => {
  const { ask } = await setUp(write());
  const reason = async (fromS: number, toS: number, key = 'XX.ABC..HHZ') => {
    const [trace] = await ask({ window: span(fromS, toS), streamKeys: [key] });
    expect(trace).toMatchObject({ parts: [], state: 'none' });
    return trace!.reason;
  };
  expect(await reason(-600, -300)).toBe('no data before 02:00:00');
  expect(await reason(-86_400, -80_000)).toBe('no data before 2024-03-01 02:00:00');
  expect(await reason(8000, 8100)).toBe('no data after 04:10:00');
  expect(await reason(3700, 4100)).toBe('gap 03:00:00–03:10:00');
  expect(await reason(0, 10, 'XX.NONE..HHZ')).toBe('no open file holds XX.NONE..HHZ');
});

test('filters in workers: a window equals its part of a longer one', async () => {
  const { ask } = await setUp(write());
  const [short] = await ask({ window: span(1000, 1002), filter });
  const [longer] = await ask({ window: span(990, 1010), filter });
  const part = longer!.parts[0]!.values.subarray(1000, 1201);
  const worst = Math.max(...short!.parts[0]!.values.map((v, i) => Math.abs(v - part[i]!)));
  expect(worst / longer!.peak).toBeLessThan(1e-3);
  expect(short!.edgeZones).toEqual([]);
  const [edge] = await ask({ window: span(3590, 3600), filter });
  expect(edge!.edgeZones.at(-1)?.endNs).toBe(addSeconds(START, 3600));
  const [causal] = await ask({ window: span(3590, 3600), filter: { ...filter, zeroPhase: false } });
  expect(causal!.edgeZones).toEqual([]);
});

test('a filter that one stream cannot carry fails that stream only, in words', async () => {
  const { ask } = await setUp(write());
  const streamKeys = ['XX.ABC..HHZ', 'XX.ABC..LHN'];
  const [fast, slow] = await ask({ window: span(0, 3000), streamKeys, filter });
  expect(fast!.state).toBe('complete');
  expect(slow).toMatchObject({ state: 'failed', parts: [] });
  expect(slow!.reason).toMatch(/nothing is left above 1 Hz.*lower the corner/);
});

test('what is decoded while others are drawn is in the answer', async () => {
  let [release, held] = [() => undefined as void, Promise.resolve()];
  const poolOf = (run: Pool['run']) => ({ size: pool.size, run }) as unknown as Pool;
  const gated = poolOf(async (name, args, options) => {
    if (name !== 'scanFiles' && name !== 'drawTraces') await held;
    return pool.run(name, args, options);
  });
  const { sources, context, ask } = await setUp(write(), 1e9, gated);
  const slow = { lowHz: 0.05, highHz: 0.3, corners: 4, zeroPhase: false };
  const window = span(0, 3000);
  await ask({ window, filter: slow });
  held = new Promise((resolve) => (release = resolve));
  // The first drawing of the other stream takes until this one is there.
  context.pool = poolOf(async (name, args, options) => {
    release();
    await sources.ensureLoaded(['XX.ABC..LHN'], window, { need: 'samples' });
    return pool.run(name, args, options);
  });
  const both = await ask({ window, filter: slow, streamKeys: ['XX.ABC..HHZ', 'XX.ABC..LHN'] });
  expect(both.map(({ state }) => state)).toEqual(['complete', 'complete']);
  expect(both[1]!.parts.length).toBeGreaterThan(0);
});

test('a file that went away is said where its trace would be', async () => {
  const [z, n] = write();
  const { ask } = await setUp([z!, n!]);
  rmSync(z!);
  const [trace] = await ask({ window: span(0, 100) });
  expect(trace).toMatchObject({ state: 'failed', parts: [] });
  expect(trace!.reason).toMatch(/z.mseed does not exist/);
});

test('a newer question cancels the older at once', async () => {
  const { ask } = await setUp(write());
  await ask({ window: span(0, 7800), filter });
  const older = new AbortController();
  const first = ask({ window: span(0, 7800), filter: { ...filter, lowHz: 0.5 } }, older.signal);
  const rejected = expect(first).rejects.toThrow();
  older.abort();
  await rejected;
  const [second] = await ask({ window: span(0, 7800), filter: { ...filter, lowHz: 2 } });
  expect(second!.state).toBe('complete');
});

test('what does not fit into memory is said, and the rest is drawn', async () => {
  const { ask } = await setUp(write(), 2_000_000);
  const streamKeys = ['XX.ABC..LHN', 'XX.ABC..HHZ'];
  const low = { ...filter, lowHz: 0.01, highHz: 0.1 };
  const [slow, fast] = await ask({ window: span(0, 7800), streamKeys, filter: low });
  expect(slow!.state).toBe('complete');
  expect(fast).toMatchObject({ state: 'failed', parts: [] });
  expect(fast!.reason).toMatch(/not enough memory.*zoom in/);
  const [pyramid] = await ask({ window: span(0, 7800) });
  expect(pyramid!.state).toBe('complete');
});
