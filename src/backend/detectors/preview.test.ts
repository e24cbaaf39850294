// Which samples a detector's preview is made of while files are still being decoded.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mseed, window } from '../../../test/backendPage.ts';
import { DEFAULT_DETECTOR } from '../../domain/event/detectorSettings.ts';
import { WaveformStore } from '../../waveforms/store.ts';
import type { BackendContext } from '../context.ts';
import { type Pool, startPool } from '../pool.ts';
import { Sources } from '../sources.ts';
import { previewDetector } from './preview.ts';

const folder = mkdtempSync(join(tmpdir(), 'onset-preview-'));
const pool = startPool({ size: 1 });
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

test('what is decoded while others are looked at is in the answer', async () => {
  const file = join(folder, 'z.mseed');
  writeFileSync(file, mseed('HHZ'));
  const streamKeys = ['XX.ABC..HHZ'];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const poolOf = (run: Pool['run']) => ({ size: pool.size, run }) as unknown as Pool;
  const store = new WaveformStore({ budgetBytes: 1e9 });
  const sources = new Sources({
    pool: poolOf(async (name, args, options) => {
      if (name !== 'scanFiles') await held;
      return pool.run(name, args, options);
    }),
    ...{ store, repository: { list: () => [], put: () => undefined }, onChange: () => undefined },
  });
  await sources.add([file]);
  // The first look takes until the samples are there.
  let looks = 0;
  const slow = poolOf(async (name, args, options) => {
    looks += 1;
    release();
    await sources.ensureLoaded(streamKeys, window, { need: 'samples' });
    return pool.run(name, args, options);
  });
  const context = { pool: slow, store, sources } as unknown as BackendContext;
  const args = { settings: DEFAULT_DETECTOR, streamKeys, window, widthPx: 900 };
  const { traces } = await previewDetector(context, args, new AbortController().signal);
  expect(traces.map(({ state, triggers }) => [state, triggers.length > 0])).toEqual([
    ['complete', true],
  ]);
  expect(looks).toBe(2);
});
