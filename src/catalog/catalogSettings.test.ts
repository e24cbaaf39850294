import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Catalog } from './catalog.ts';

test('sources and settings come back after a restart, and changes are told once stored', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onset-catalog-'));
  const open = (): Catalog => Catalog.open(join(folder, 'p.onset'), { author: 'ana' });
  let catalog = open();
  onTestFinished(() => {
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const told: unknown[] = [];
  catalog.onChanged((change) => told.push(change));
  const source = {
    path: '/d/a.mseed',
    format: undefined,
    sizeBytes: 10,
    modifiedNs: 1_696_818_077_123_456_790n,
  };
  catalog.sources.put([source, { ...source, path: '/d/b.mseed' }]);
  catalog.sources.put([{ ...source, format: 'miniseed2' }]);
  catalog.sources.remove(['/d/b.mseed']);
  catalog.settings.put('layout', { split: [0.3, 0.7] });
  catalog.settings.put('gone', 1);
  catalog.settings.put('gone', undefined);
  expect(told).toHaveLength(3);
  expect(told[0]).toEqual({
    revision: 1,
    tables: ['waveform_file'],
    undo: { undoLabel: undefined, redoLabel: undefined },
  });
  catalog.close();
  catalog = open();
  expect(catalog.sources.list()).toEqual([{ ...source, format: 'miniseed2' }]);
  expect(catalog.settings.all()).toEqual({ layout: { split: [0.3, 0.7] } });
});
