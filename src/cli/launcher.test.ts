import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { epochNs } from '../base/time.ts';
import { writeMiniseed2 } from '../formats/miniseed/write2.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(root, 'src', 'cli', 'onset.mjs');
const stream = { network: 'XX', station: 'ABC', location: '', channel: 'HHZ' };
let folder: string;

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    cwd: folder,
    encoding: 'utf8',
    ...options,
  });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

const onset = (args: readonly string[], options?: SpawnSyncOptions): Outcome =>
  run(process.execPath, [launcher, ...args], options);

/** A Node of the system that our native modules cannot be loaded in. */
function olderNode(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, 'node'));
  return places.find((node) => {
    if (!existsSync(node)) return false;
    const [major = 0, minor = 0] = run(node, ['-p', 'process.versions.node'], { cwd: root })
      .stdout.split('.')
      .map(Number);
    return major >= 16 && (major < 22 || (major === 22 && minor < 14));
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-launcher-'));
  const samples = Int32Array.from({ length: 100 }, (_, i) => i - 50);
  const segment = {
    stream,
    startNs: epochNs(1_700_000_000_000_000_000n),
    sampleRateHz: 100,
    samples,
  };
  writeFileSync(join(folder, 'day.mseed'), writeMiniseed2([segment]));
  // Makes the build when it is missing or stale, so that no test below measures that.
  expect(onset(['inspect', 'day.mseed']).status).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the launcher', () => {
  test('prints what was asked for and nothing else, for a path relative to the caller', () => {
    const { status, stdout, stderr } = onset(['inspect', 'day.mseed', '--json', '--sha256']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      segments: [
        {
          file: 'day.mseed',
          format: 'miniseed',
          id: formatNslc(stream),
          startNs: '1700000000000000000',
          endNs: '1700000000990000000',
          sampleRateHz: 100,
          samples: 100,
          sampleType: 'int32',
          min: -50,
          max: 49,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      files: [{ file: 'day.mseed', format: 'miniseed', warnings: [], error: null }],
    });
  });

  test.skipIf(process.platform !== 'linux')(
    'takes large pages in the process it was started as',
    () => {
      const told = `console.error(process.pid, process.env.GLIBC_TUNABLES ?? 'none')`;
      const env = { ...process.env };
      delete env['GLIBC_TUNABLES'];
      const { status, stderr } = run(
        process.execPath,
        ['--import', `data:text/javascript,${told}`, launcher, 'inspect', 'day.mseed'],
        { env },
      );
      expect(status).toBe(0);
      const [[before, small], [after, large]] = stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' ')) as [string[], string[]];
      expect(small).toBe('none');
      expect(large).toMatch(/^glibc\.malloc\.hugetlb=1:glibc\.malloc\.mmap_threshold=\d+$/);
      expect(after).toBe(before);
    },
  );

  test('through npm too nothing but the output is on stdout, and paths are the caller’s', () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const { status, stdout } = run(
      npm,
      ['--prefix', root, 'run', 'onset', '--', 'inspect', 'day.mseed', '--json'],
      { shell: process.platform === 'win32' },
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ file: 'day.mseed', error: null }] });
  });

  test('under an old Node without another one says one clear sentence', () => {
    const pose =
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})';
    const { status, stdout, stderr } = run(
      process.execPath,
      ['--import', pose, launcher, 'inspect', 'day.mseed'],
      { env: { ...process.env, ONSET_SECOND_NODE: '1' } },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Onset needs Node 22\.14 or newer and this is 20\.1\.0; .*\n$/);
  });

  const node = olderNode();
  test.skipIf(node === undefined)(
    `under an old Node runs with the one that npm installed${node ? '' : ' (skipped: no older Node in PATH)'}`,
    () => {
      const { status, stdout, stderr } = run(node ?? '', [
        launcher,
        'inspect',
        'day.mseed',
        '--json',
      ]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ segments: [{ id: 'XX.ABC..HHZ' }] });
    },
  );
});

describe('the command line', () => {
  test.each(['open', 'serve', 'inspect', 'scan', 'picks', 'export', 'import'])(
    '%s says how it is used',
    (command) => {
      const { status, stdout, stderr } = onset([command, '--help']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: onset ${command} `));
    },
  );

  test('names its commands', () => {
    expect(onset(['--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(onset([]).status).toBe(2);
  });

  test.each([
    [['nonsense'], 'there is no command "nonsense"'],
    [['inspect'], 'name at least one file or folder'],
    [['inspect', '--nonsense', 'x'], 'there is no option --nonsense'],
    [['picks'], '--project is missing'],
    [
      ['export', '--project', 'x.onset', '--format', 'pdf', '--out', 'x'],
      '--format must be one of',
    ],
    [['scan', 'day.mseed', '--out', 'picks.pdf'], '--out must end in .csv, .json or .xml'],
    [['scan', 'day.mseed', '--overlap', 'half'], '--overlap must be'],
    [['scan', 'day.mseed', '--workers', '0'], '--workers must be a whole number from 1 to 256'],
    [['serve', '--port', '70000'], '--port must be a whole number from 0 to 65535'],
  ])('%j is bad usage, said on stderr', (args, message) => {
    const { status, stdout, stderr } = onset(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('inspect says which file failed and goes on with the others', () => {
    writeFileSync(join(folder, 'empty.mseed'), '');
    writeFileSync(join(folder, 'notes.txt'), 'no waveform');
    const paths = ['day.mseed', 'empty.mseed', 'notes.txt', 'missing.mseed'];
    const { status, stdout, stderr } = onset(['inspect', ...paths, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      segments: [{ file: 'day.mseed' }],
      files: [
        { file: 'day.mseed', error: null },
        { file: 'empty.mseed', format: null, error: expect.stringContaining('empty') },
        { file: 'notes.txt', format: null, error: expect.stringContaining('not miniSEED') },
        { file: 'missing.mseed', format: null, error: expect.stringContaining('does not exist') },
      ],
    });
    expect(stderr.trim().split('\n')).toHaveLength(3);
  });

  test('inspect of a folder takes what is a format of ours and passes over the rest', () => {
    const { status, stdout } = onset(['inspect', '.', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ file: 'day.mseed' }] });
  });

  test('a folder without waveforms is said', () => {
    const empty = mkdtempSync(join(folder, 'none-'));
    const { status, stderr } = onset(['inspect', empty]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `There are no waveform files in ${empty}\n`,
    });
  });

  test('without --json inspect prints a table', () => {
    const { stdout } = onset(['inspect', 'day.mseed']);
    expect(stdout).toMatch(/^file +id +start \(UTC\)/);
    expect(stdout).toContain(
      '2023-11-14 22:13:20.000000  2023-11-14 22:13:20.990000  100      100  int32  -50   49',
    );
  });
});
