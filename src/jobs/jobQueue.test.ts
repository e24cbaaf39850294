import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../base/appError.ts';
import { type JobControl, JobQueue, type JobView } from './jobQueue.ts';

/** Work that ends when told. */
function held() {
  const end = Promise.withResolvers<void>();
  const controls: JobControl[] = [];
  const work = (job: JobControl): Promise<void> => {
    controls.push(job);
    return end.promise;
  };
  return { work, end, controls };
}

describe('a job queue', () => {
  test('runs a job and keeps how it ended', async () => {
    const jobs = new JobQueue();
    const { id, finished } = jobs.start('Scan', (job) => {
      job.update({ done: 3, total: 4, detail: '3 of 4 stations' });
      return Promise.resolve();
    });
    expect(await finished).toEqual({
      ...{ id, label: 'Scan', state: 'done', done: 3, total: 4, secondsLeft: undefined },
      ...{ detail: '3 of 4 stations', cancelLabel: 'Cancel' },
    });
    expect(jobs.list().map((job) => job.id)).toEqual([id]);
    expect(jobs.idle).toBe(true);
  });

  test('a failed job says why, a cancelled one is cancelled', async () => {
    const jobs = new JobQueue();
    const failed = jobs.start('A', () =>
      Promise.reject(new AppError('service', 'The disk is full')),
    );
    expect(await failed.finished).toMatchObject({ state: 'failed', detail: 'The disk is full' });
    const { work, end, controls } = held();
    const stopped = jobs.start('B', work);
    jobs.cancel(stopped.id);
    expect(controls[0]!.signal.aborted).toBe(true);
    end.resolve();
    expect(await stopped.finished).toMatchObject({ state: 'cancelled' });
    expect(() => jobs.cancel('job-99')).toThrow(/no job/);
    expect(() => jobs.cancel(stopped.id)).not.toThrow();
  });

  test('jobs of one lane follow each other; a waiting one can be cancelled', async () => {
    const jobs = new JobQueue();
    const [first, second, third] = [held(), held(), held()];
    const a = jobs.start('A', first.work, { lane: 'model' });
    const b = jobs.start('B', second.work, { lane: 'model' });
    const c = jobs.start('C', third.work, { lane: 'model' });
    jobs.start('D', () => Promise.resolve());
    expect(
      jobs
        .list()
        .map((job) => job.state)
        .slice(0, 3),
    ).toEqual(['running', 'waiting', 'waiting']);
    jobs.cancel(b.id);
    expect(await b.finished).toMatchObject({ state: 'cancelled' });
    expect(second.controls).toEqual([]);
    expect(third.controls).toEqual([]);
    first.end.resolve();
    await a.finished;
    expect(third.controls).toHaveLength(1);
    third.end.resolve();
    await c.finished;
    await jobs.whenIdle();
  });

  test('estimates the time left from what is done', async () => {
    let nowMs = 0;
    const jobs = new JobQueue({ nowMs: () => nowMs });
    const { work, end, controls } = held();
    const { finished } = jobs.start('Scan', work, { total: 100 });
    nowMs = 500;
    controls[0]!.update({ done: 10 });
    expect(jobs.list()[0]!.secondsLeft).toBeUndefined();
    nowMs = 5000;
    controls[0]!.update({ done: 25 });
    expect(jobs.list()[0]!.secondsLeft).toBe(15);
    end.resolve();
    expect((await finished).secondsLeft).toBeUndefined();
  });

  test('tells of a job at most ten times a second, and of its end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const jobs = new JobQueue();
      const heard: JobView[] = [];
      const stop = jobs.onProgress((job) => heard.push(job));
      const { work, end, controls } = held();
      const { finished } = jobs.start('Scan', work, { total: 1000 });
      for (let i = 1; i <= 1000; i++) {
        controls[0]!.update({ done: i });
        vi.advanceTimersByTime(1);
      }
      expect(heard.length).toBeGreaterThan(8);
      expect(heard.length).toBeLessThanOrEqual(11);
      end.resolve();
      await finished;
      vi.advanceTimersByTime(200);
      expect(heard.at(-1)).toMatchObject({ state: 'done', done: 1000 });
      stop();
    } finally {
      vi.useRealTimers();
    }
  });

  test('forgets all but the last twenty finished jobs', async () => {
    const jobs = new JobQueue();
    for (let i = 0; i < 30; i++) {
      await jobs.start(`${i}`, () => Promise.resolve()).finished;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
    await jobs.start('last', () => Promise.resolve()).finished;
    expect(jobs.list()).toHaveLength(20);
    expect(jobs.list().at(-1)!.label).toBe('last');
  });
});
