// Every check that CI runs, in one go; ends with a plain line `N passed, N failed` (`, N skipped`).
// A tool without a count of its own (types, lint …) counts as one check.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = path.join(root, 'node_modules', '.bin');
const results = path.join(root, 'out', 'results');
const env = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env.PATH}`,
  FORCE_COLOR: '0',
};
const total = { passed: 0, failed: 0, skipped: 0 };

function run(command, args) {
  const local = path.join(bin, process.platform === 'win32' ? `${command}.cmd` : command);
  const options = { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' };
  return spawnSync(existsSync(local) ? local : command, args, options).status === 0;
}

function check(name, command, args) {
  const startedMs = Date.now();
  const good = run(command, args);
  total[good ? 'passed' : 'failed'] += 1;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${good ? 'ok' : 'FAILED'}  ${name}  (${seconds} s)\n`);
  return good;
}

/** Runs a Vitest suite and adds its own counts; a suite that failed without a failed test counts as one. */
function suite(name, config, extra = []) {
  const file = path.join(results, `${name}.json`);
  rmSync(file, { force: true });
  const startedMs = Date.now();
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const good = run('vitest', ['run', '--config', config, ...reporters, ...extra]);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  total.passed += report?.numPassedTests ?? 0;
  total.failed += report?.numFailedTests ?? 0;
  total.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  if (!good && !report?.numFailedTests) total.failed += 1;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${good ? 'ok' : 'FAILED'}  ${name}  (${seconds} s)\n`);
}

mkdirSync(results, { recursive: true });
for (const config of ['renderer', 'src', 'electron']) {
  check(`build ${config}`, 'vite', [
    'build',
    '--logLevel',
    'warn',
    '--config',
    `${config}/vite.config.ts`,
  ]);
}
check('types', 'tsc', ['-b', 'tsconfig.json']);
check('types of the page', 'svelte-check', [
  '--tsconfig',
  'renderer/tsconfig.json',
  '--fail-on-warnings',
]);
check('lint', 'eslint', ['--config', 'test/lint/eslint.config.js', '.']);
check('format', 'prettier', ['--check', '--log-level', 'warn', '.']);
check('rooms', 'depcruise', ['--config', 'test/lint/rooms.cjs', 'src', 'renderer', 'electron']);
check('dead code', 'knip', ['--config', 'test/lint/knip.json']);
suite('unit and conformance', 'test/vitest.config.ts', ['--coverage']);
suite('end to end', 'test/e2e/vitest.config.ts');

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed === 0 ? 0 : 1);
