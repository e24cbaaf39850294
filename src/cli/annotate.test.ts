// annotate, and the settings it shares with scan, as a person types them, run from source.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS, mseed } from '../../test/backendPage.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { readMiniseed } from '../formats/miniseed/read.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const pack = fileURLToPath(new URL('../../resources/models/onset-1', import.meta.url));
let folder: string;

function onset(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = programEnvironment(join(folder, 'user'));
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout, stderr };
}

interface Curves {
  readonly traces: readonly {
    readonly stream: string;
    readonly label: string;
    readonly startNs: string;
    readonly sampleRateHz: number;
    readonly values: readonly (number | null)[];
  }[];
  readonly picks: readonly Record<string, unknown>[];
}

function written(...args: string[]): Curves {
  const { status, stderr } = onset('annotate', 'day', '--out', 'curves.json', ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(readFileSync(join(folder, 'curves.json'), 'utf8')) as Curves;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-cli-'));
  mkdirSync(join(folder, 'day'));
  for (const channel of CHANNELS) writeFileSync(join(folder, 'day', channel), mseed(channel));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('annotate', () => {
  test('JSON holds every label of each stretch, and the picks', () => {
    const { traces, picks } = written('--threshold', '0.05');
    expect(traces.map(({ stream, label }) => `${stream} ${label}`)).toEqual([
      'XX.ABC..HH N',
      'XX.ABC..HH P',
      'XX.ABC..HH S',
    ]);
    const [n, p, s] = traces;
    for (let i = 0; i < n!.values.length; i += 97) {
      expect(n!.values[i]! + p!.values[i]! + s!.values[i]!).toBeCloseTo(1, 4);
    }
    expect(picks.length).toBeGreaterThan(0);
    for (const pick of picks) {
      expect(Object.keys(pick)).toEqual(['stream', 'phase', 'startNs', 'peakNs', 'endNs', 'value']);
      const curve = traces.find(({ label }) => label === pick['phase'])!;
      const at = Number(BigInt(String(pick['peakNs'])) - BigInt(curve.startNs)) / 1e7;
      expect(curve.values[Math.round(at)]).toBeCloseTo(pick['value'] as number, 6);
    }
  });

  test('miniSEED holds the same curves, named as SeisBench does', () => {
    const { traces } = written('--policy', 'seisbench');
    const { status, stderr } = onset(
      ...['annotate', 'day', '--out', 'curves.mseed', '--policy', 'seisbench'],
    );
    expect(status, stderr).toBe(0);
    const { segments } = readMiniseed(readFileSync(join(folder, 'curves.mseed')));
    expect(segments.map(({ stream }) => formatNslc(stream))).toEqual([
      'XX.ABC..OnsetNet_N',
      'XX.ABC..OnsetNet_P',
      'XX.ABC..OnsetNet_S',
    ]);
    for (const [k, { samples, startNs, sampleRateHz }] of segments.entries()) {
      const { values, ...told } = traces[k]!;
      expect(told).toMatchObject({ startNs: String(startNs), sampleRateHz, stream: 'XX.ABC.' });
      expect([...samples]).toEqual(values.map((value) => value ?? NaN).map(Math.fround));
    }
  });

  test('holes are null in JSON and not a number in miniSEED', () => {
    const holed = ['--overlap', '0', '--blinding', '500,500', '--policy', 'seisbench'];
    const [curve] = written(...holed).traces;
    const holes = curve!.values.filter((value) => value === null).length;
    expect(holes).toBeGreaterThan(0);
    onset('annotate', 'day', '--out', 'holes.mseed', ...holed);
    const [segment] = readMiniseed(readFileSync(join(folder, 'holes.mseed'))).segments;
    expect([...segment!.samples].filter(Number.isNaN)).toHaveLength(holes);
  });

  test('a pack in a folder is run as it lies there', () => {
    cpSync(pack, join(folder, 'mine'), { recursive: true });
    expect(written('--model', 'mine')).toEqual(written());
  });
});

describe('settings of scan and annotate', () => {
  test('are kept with the run', () => {
    const { status, stderr } = onset(
      ...['scan', 'day', '--out', 'run.json', '--policy', 'seisbench', '--stacking', 'max'],
      ...['--blinding', '100,200', '--overlap', '0.75', '--strict', '--threshold', 's: 0.2'],
    );
    expect(status, stderr).toBe(0);
    const { run } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    expect(run.parameters.settings).toMatchObject({
      policy: 'seisbench',
      stacking: 'max',
      blindingSamples: [100, 200],
      overlap: 0.75,
      strict: true,
      thresholds: { P: 0.3, S: 0.2 },
    });
  });

  test.each([
    [['--blinding', '250'], '--blinding must be two numbers'],
    [['--stacking', 'median'], '--stacking must be avg or max'],
    [['--policy', 'obspy'], '--policy must be onset or seisbench'],
    [['--stride', '0'], '--stride must be'],
    [['--overlap', '-1'], '--overlap needs a value; one that begins with a dash'],
    [['--policy'], '--policy needs a value'],
    [['--preset', 'careful'], 'onset-1 has no preset "careful"'],
    [['--model', 'nowhere'], 'there is no model "nowhere", and no folder'],
    [['--threshold', 'q: 0.3'], '--threshold names "q"'],
  ])('%j is bad usage', (options, words) => {
    const { status, stderr } = onset('annotate', 'day', '--out', 'bad.json', ...options);
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(existsSync(join(folder, 'bad.json'))).toBe(false);
  });

  test('what is written never takes the place of waveforms', () => {
    const [first = ''] = CHANNELS;
    const over = join('day', `${first}.mseed`);
    cpSync(join(folder, 'day', first), join(folder, over));
    const before = readFileSync(join(folder, over));
    const refused = [2, expect.stringContaining('would be lost; write to another file')];
    for (const args of [['annotate'], ['scan', '--format', 'json']]) {
      const { status, stderr } = onset(...args, over, '--out', over);
      expect([status, stderr], args.join(' ')).toEqual(refused);
    }
    expect(readFileSync(join(folder, over)).equals(before)).toBe(true);
    rmSync(join(folder, over));
  });

  test.each([
    [['--scatter', 'far.csv'], '--scatter is of --ensemble or --offsets'],
    [['--estimate', '--out', 'picks.csv'], '--estimate runs nothing'],
  ])('scan %j is bad usage', (options, words) => {
    const { status, stderr } = onset('scan', 'day', ...options);
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  test('what cannot be run is said, and nothing is written', () => {
    const { status, stderr } = onset(
      ...['annotate', 'day', '--out', 'bad.json', '--blinding', '1600,1600'],
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining('blind less')]);
    expect(existsSync(join(folder, 'bad.json'))).toBe(false);
    expect(onset('annotate', 'day', '--out', 'curves.txt').status).toBe(2);
  });
});
