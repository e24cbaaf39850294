// Builds what is missing or older than its sources, once, however many commands are started together.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** What each build reads, and a file that it writes every time. */
const BUILDS = {
  renderer: {
    sources: ['renderer', 'src/base', 'src/domain', 'src/contract'],
    product: 'out/renderer/index.html',
  },
  src: { sources: ['src', 'electron'], product: 'out/node/cli.js' },
  electron: { sources: ['electron/preload'], product: 'out/electron/preload.cjs' },
};
const LOCK_LIMIT_MS = 300_000;
const WAIT_MS = 200;

/** @param {string} file */
function changedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** @param {string} folder @param {number} sinceMs */
function hasNewer(folder, sinceMs) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (hasNewer(place, sinceMs)) return true;
    } else if (!/\.test\.ts$|\.md$/.test(entry.name) && (changedMs(place) ?? 0) > sinceMs) {
      return true;
    }
  }
  return false;
}

/** @param {string} root @param {string} name */
function problemOf(root, name) {
  const { sources, product } = BUILDS[name];
  const builtMs = changedMs(path.join(root, product));
  if (builtMs === undefined) return 'missing';
  // An installed program comes without the tools to build it, and its sources do not change.
  if (!existsSync(vite(root))) return undefined;
  const folders = sources
    .map((source) => path.join(root, source))
    .filter((source) => existsSync(source));
  return folders.some((folder) => hasNewer(folder, builtMs)) ? 'older than its sources' : undefined;
}

/** @param {string} root */
function vite(root) {
  return path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
}

/** @param {string} root @param {readonly string[]} names */
export function ensureBuild(root, names) {
  if (names.every((name) => problemOf(root, name) === undefined)) return;
  const lock = takeLock(root);
  try {
    // Looked at again: another command may have built it meanwhile.
    for (const name of names) {
      const problem = problemOf(root, name);
      if (problem !== undefined) build(root, name, problem);
    }
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @param {string} root @param {string} name @param {string} problem */
function build(root, name, problem) {
  process.stderr.write(`The build of Onset (${name}) is ${problem}; making it once …\n`);
  const args = ['build', '--logLevel', 'warn', '--config', path.join(root, name, 'vite.config.ts')];
  // Its output goes to stderr: stdout belongs to the command alone.
  const { status, error } = spawnSync(process.execPath, [vite(root), ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  process.stderr.write(
    `Onset could not be built${error ? ` (${error.message})` : ''}; run npm ci in ${root} and try again\n`,
  );
  rmSync(lockFolder(root), { recursive: true, force: true });
  process.exit(1);
}

/** @param {string} root */
function lockFolder(root) {
  return path.join(root, 'out', 'building');
}

/** @param {string} root */
function takeLock(root) {
  const lock = lockFolder(root);
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      return lock;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    // Whoever holds it that long was killed.
    if (Date.now() - (changedMs(lock) ?? Date.now()) > LOCK_LIMIT_MS) {
      rmSync(lock, { recursive: true, force: true });
    } else {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}
