import { Worker } from 'node:worker_threads';
import type { RunnableModel } from '../../src/models/registry.ts';

export interface BareRate {
  readonly windowsPerSecond: number;
  /** Windows a second of CPU time of one thread: the same on a busy machine, nearly. */
  readonly windowsPerCpuSecond: number;
}

/** How fast the bare ONNX runtime is, one single-thread session in each of `threads` threads. */
export async function bareRate(
  model: RunnableModel,
  threads: number,
  seconds: number,
): Promise<BareRate> {
  const url = new URL('./bareNetworkWorker.ts', import.meta.url);
  const workers = Array.from(
    { length: threads },
    () => new Worker(url, { workerData: { model, seconds } }),
  );
  const next = <T>(worker: Worker): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  await Promise.all(workers.map((worker) => next(worker)));
  const answers = await Promise.all(
    workers.map((worker) => {
      const answer = next<{ windows: number; elapsedS: number; cpuS: number }>(worker);
      worker.postMessage('go');
      return answer;
    }),
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  const sum = (of: (answer: (typeof answers)[number]) => number): number =>
    answers.reduce((total, answer) => total + of(answer), 0);
  return {
    windowsPerSecond: sum(({ windows, elapsedS }) => windows / elapsedS),
    windowsPerCpuSecond: sum(({ windows }) => windows) / sum(({ cpuS }) => cpuS),
  };
}
