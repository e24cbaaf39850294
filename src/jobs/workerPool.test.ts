import { afterEach, describe, expect, test } from 'vitest';
import type { testTasks } from './testWorker.ts';
import { defaultPoolSize, WorkerPool } from './workerPool.ts';

type TestPool = WorkerPool<typeof testTasks>;
const pools: TestPool[] = [];

function pool(size = 1): TestPool {
  const made: TestPool = new WorkerPool(new URL('./testWorker.ts', import.meta.url), { size });
  pools.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((each) => each.close()));
});

const gate = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(8));
function open(g: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(g, 0, 1);
}

describe('a worker pool', () => {
  test('runs tasks and moves buffers both ways', async () => {
    const values = Float64Array.of(1, 2, 3);
    const workers = pool();
    const result = await workers.run('double', { values }, { transfer: [values.buffer] });
    expect(result).toEqual(Float64Array.of(2, 4, 6));
    expect(values.length).toBe(0);
    expect(workers.idle).toBe(true);
  });

  test('keeps the code and words of an expected failure, and names a bug as one', async () => {
    const workers = pool();
    const refused = workers.run('refuse', { why: 'The file is empty' });
    await expect(refused).rejects.toMatchObject({
      code: 'bad-input',
      message: 'The file is empty',
    });
    await expect(workers.run('fail', {})).rejects.toMatchObject({
      code: 'bug',
      message: 'not a function',
    });
  });

  test('a crash costs its own task only, and the worker is replaced', async () => {
    const workers = pool();
    const crash = workers.run('crash', {});
    const next = workers.run('double', { values: Float64Array.of(4) });
    await expect(crash).rejects.toMatchObject({
      code: 'bug',
      message: /"crash" stopped.*try again/,
    });
    expect(await next).toEqual(Float64Array.of(8));
  });

  test('a cancelled task rejects at once; one that waits is never run, one that runs is told', async () => {
    const workers = pool();
    const [first, second] = [gate(), gate()];
    const [stopFirst, stopSecond] = [new AbortController(), new AbortController()];
    const running = workers.run('wait', { gate: first.buffer }, { signal: stopFirst.signal });
    const waiting = workers.run('wait', { gate: second.buffer }, { signal: stopSecond.signal });
    stopSecond.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    open(second);
    stopFirst.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    // The only worker is free again although the gate never opened.
    await workers.run('double', { values: Float64Array.of(1) });
    expect(Atomics.load(second, 1)).toBe(0);
    await expect(
      workers.run('double', { values: Float64Array.of(1) }, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('serves the higher priority first', async () => {
    const workers = pool();
    const hold = gate();
    const done: string[] = [];
    const note = (name: string) => () => void done.push(name);
    const values = Float64Array.of(1);
    const all = [
      workers.run('wait', { gate: hold.buffer }).then(note('running')),
      workers.run('double', { values }).then(note('low')),
      workers.run('double', { values }, { priority: 5 }).then(note('high')),
    ];
    open(hold);
    await Promise.all(all);
    expect(done).toEqual(['running', 'high', 'low']);
  });

  test('closing rejects what is left and lets whenIdle go', async () => {
    const workers = pool();
    const hanging = workers.run('wait', { gate: gate().buffer });
    const idle = workers.whenIdle();
    const rejection = expect(hanging).rejects.toMatchObject({ code: 'cancelled' });
    await workers.close();
    await Promise.all([rejection, idle]);
    await expect(workers.run('fail', {})).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a worker that cannot start rejects the tasks instead of trying for ever', async () => {
    const broken: TestPool = new WorkerPool(new URL('./noSuchWorker.ts', import.meta.url), {
      size: 1,
    });
    pools.push(broken);
    await expect(broken.run('fail', {})).rejects.toMatchObject({ code: 'bug' });
  });

  test('uses all but one core, and both of two', () => {
    expect([1, 2, 3, 8].map((cores) => defaultPoolSize(cores))).toEqual([1, 2, 2, 7]);
  });
});
