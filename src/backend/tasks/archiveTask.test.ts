import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';
import { DEFAULT_ARCHIVE_SCAN } from '../../models/archiveScan/scanOptions.ts';
import { prepareArchiveTask } from './archiveTask.ts';

const folder = mkdtempSync(join(tmpdir(), 'onset-archive-task-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file with samples that are no numbers is named', () => {
  const files = ['HHN', 'HHE', 'HHZ'].map((channel, c) => {
    const samples = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i / (5 + c)));
    if (channel === 'HHE') samples[500] = NaN;
    const stream = { network: 'XX', station: 'ABC', location: '', channel };
    const startNs = epochNs(1_700_000_000_000_000_000n);
    const path = join(folder, channel);
    writeFileSync(path, writeMiniseed2([{ stream, startNs, sampleRateHz: 100, samples }]));
    return { name: channel, path };
  });
  const options = DEFAULT_ARCHIVE_SCAN;
  const { value } = prepareArchiveTask({ files, program: 'seismo-performer', options });
  expect(value.warnings).toEqual([expect.stringMatching(/^HHE: .* no numbers/)]);
  expect(value.spans).toHaveLength(1);
});
