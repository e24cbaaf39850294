import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const url = new URL('./interrupt.ts', import.meta.url).href;

function run(signal: string, script: string) {
  const program = `import { onInterrupt } from '${url}';
    const wait = setTimeout(() => process.exit(9), 20_000);
    const listenNoLonger = onInterrupt(() => { console.log('asked to stop'); ${script} });
    process.kill(process.pid, '${signal}');`;
  const {
    status,
    signal: endedBy,
    stdout,
  } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return { status, endedBy, stdout };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s lets what is done be kept', (signal) => {
  const told = run(signal, 'listenNoLonger(); clearTimeout(wait);');
  expect(told).toEqual({ status: 0, endedBy: null, stdout: 'asked to stop\n' });
});

test('told so once more, the program ends at once', () => {
  const told = run('SIGTERM', `process.kill(process.pid, 'SIGTERM');`);
  expect(told).toEqual({ status: null, endedBy: 'SIGTERM', stdout: 'asked to stop\n' });
});
