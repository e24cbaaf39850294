// Starts the Electron window when its binary is to be had. Otherwise one line on stderr says why and the
// exit code is 69 (service unavailable), upon which the command line opens the browser host instead.
// Plain JavaScript: it may run on any Node, before anything of ours is loaded.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const UNAVAILABLE = 69;
const DOWNLOAD_LIMIT_MS = 120_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/** The folder of the electron package, or undefined when it is not installed. */
function electronPackage() {
  try {
    return path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}

function executable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The unpacked binary of exactly the version that is installed, or undefined. */
function installedBinary(folder) {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const pathFile = path.join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  if (override)
    return executable(path.join(override, name)) ? path.join(override, name) : undefined;
  const versionFile = path.join(folder, 'dist', 'version');
  const wanted = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  if (!existsSync(versionFile)) return undefined;
  if (readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') !== wanted) return undefined;
  const binary = path.join(folder, 'dist', name);
  return executable(binary) ? binary : undefined;
}

/** `{ binary }` or `{ reason }` in words. */
export function findElectron() {
  const folder = electronPackage();
  if (!folder) return { reason: 'the electron package is not installed' };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are empty)' };
  }
  let binary = installedBinary(folder);
  if (!binary) {
    spawnSync(process.execPath, [path.join(folder, 'install.js')], {
      stdio: 'ignore',
      timeout: DOWNLOAD_LIMIT_MS,
    });
    binary = installedBinary(folder);
  }
  if (!binary) return { reason: 'its binary could not be downloaded' };
  const probe = spawnSync(binary, ['--version'], { timeout: 20_000, encoding: 'utf8' });
  if (probe.status !== 0) {
    const why = (probe.stderr || probe.error?.message || '').trim().split('\n')[0];
    return { reason: `its binary does not start (${why || `exit code ${probe.status}`})` };
  }
  return { binary };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { binary, reason } = findElectron();
  if (!binary) {
    process.stderr.write(
      `Electron is not to be had: ${reason}; opening Onset in the browser instead.\n`,
    );
    process.exit(UNAVAILABLE);
  }
  const child = spawn(binary, [root, ...process.argv.slice(2)], { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
}
