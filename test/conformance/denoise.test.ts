// DeepDenoiser as a step on the way, through the command line: weights made from a formula, imported as published ones are.
// Reference: annotate of SeisBench 0.12.6 with the same weights on 45 s of counts.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { Session } from '../../src/cli/session.ts';
import { formatNslc } from '../../src/domain/waveform/nslc.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { assertMayDenoise } from '../../src/models/library/permission.ts';
import { writeDenoiserPack } from '../denoiserPack.ts';
import { programEnvironment } from '../programEnvironment.ts';
import { uniform } from './seeded.ts';
import { expectCurves } from './seededCurves.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'onset-denoise-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function onset(...args: string[]) {
  const env = programEnvironment(join(folder, 'user'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    ...{ cwd: folder, env },
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

const SAMPLES = 4500;
const startNs = epochNs(1_704_067_200_000_000_000n);

function writeRecords(station = 'DEN', file = 'raw.mseed'): void {
  const noise = uniform('x', 2 * SAMPLES);
  const segments = ['HHZ', 'HHN'].map((channel, c) => ({
    stream: { network: 'XX', station, location: '00', channel },
    ...{ startNs, sampleRateHz: 100 },
    samples: Int32Array.from({ length: SAMPLES }, (_, i) =>
      Math.round((2 * noise[c * SAMPLES + i]! - 1) * 1000),
    ),
  }));
  writeFileSync(join(folder, file), writeMiniseed2(segments));
}

const REFERENCE = [
  {
    mean: 244.5789,
    at: [-14.7223, 217.4123, -323.8687, 268.3116, -235.2847, -299.3362, -51.1874, -231.5591],
  },
  {
    mean: 248.2205,
    at: [-146.622, 355.1685, 239.4983, 277.9583, -107.8094, -2.7843, 357.3102, 245.7176],
  },
];

test('onset denoise writes the channels it has, as SeisBench answers, beside the records in a project', () => {
  writeDenoiserPack(join(folder, 'pack'));
  writeRecords();
  const run = onset(
    ...['denoise', 'raw.mseed', '--model', 'pack', '--out', 'clean.mseed'],
    ...['--project', 'p.onset'],
  );
  expect(run.status, run.stderr).toBe(0);
  expect(run.stderr).toContain('2 traces of ');
  const { segments } = readMiniseed(new Uint8Array(readFileSync(join(folder, 'clean.mseed'))));
  expect(segments.map(({ stream }) => formatNslc(stream))).toEqual([
    'XX.DEN.DN.HHZ',
    'XX.DEN.DN.HHN',
  ]);
  const [z, n] = segments;
  expect([z!.startNs, z!.samples.length, n!.samples.length]).toEqual([startNs, SAMPLES, SAMPLES]);
  expectCurves(Float32Array.from([...z!.samples, ...n!.samples]), REFERENCE, 0.02);
  const catalog = Catalog.open(join(folder, 'p.onset'), { author: 'test' });
  const kept = catalog.sources.list().map(({ path }) => basename(path));
  catalog.close();
  expect(kept).toEqual(['clean.mseed', 'raw.mseed']);

  const own = onset('denoise', 'raw.mseed', '--model', 'pack', '--out', 'raw.mseed');
  expect(own.status).not.toBe(0);
  expect(own.stderr).toContain('write to another file');

  const none = onset('denoise', 'raw.mseed', '--out', 'd.mseed');
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('onset model import')]);
});

test('a station whose file has gone meanwhile is told as failed, and the others are written', async () => {
  writeDenoiserPack(join(folder, 'pack'));
  for (const station of ['AAA', 'BBB']) writeRecords(station, `${station}.mseed`);
  const session = await Session.open({ project: { kind: 'temporary' }, exclusive: true });
  try {
    const { client } = session;
    const files = ['AAA', 'BBB'].map((name) => session.grant(join(folder, `${name}.mseed`)));
    await session.follow(() => client.call('source.add', { files }));
    rmSync(join(folder, 'AAA.mseed'));
    const { id } = await session.follow(() =>
      client.call('model.denoise', {
        ...{ modelId: 'pack', folder: session.grant(join(folder, 'pack')) },
        ...{ streamKeys: undefined, window: undefined, settings: undefined, location: 'DN' },
        ...{ allowTestModel: false, target: session.grant(join(folder, 'two.mseed')) },
      }),
    );
    const { traces, skipped } = await client.call('model.denoiseReport', { jobId: id });
    expect(traces).toBe(2);
    expect(skipped).toEqual([
      { stream: 'XX.AAA.00.HH', reason: expect.stringContaining('AAA.mseed'), failed: true },
    ]);
  } finally {
    await session.close();
  }
});

test('only a network that makes waveforms denoises, and one for tests only where that is allowed', () => {
  const model = {
    id: 'net',
    useNote: 'random weights',
    output: { kind: 'waveform', overlap: 0 },
  } as const;
  expect(() => assertMayDenoise({ ...model, use: 'not-a-picker' }, false)).not.toThrow();
  expect(() => assertMayDenoise({ ...model, use: 'tests-only' }, false)).toThrow('random weights');
  expect(() => assertMayDenoise({ ...model, use: 'tests-only' }, true)).not.toThrow();
  const output = { kind: 'samples', overlap: 0 } as const;
  expect(() => assertMayDenoise({ ...model, use: 'picking', output }, true)).toThrow(
    'onset annotate',
  );
});
