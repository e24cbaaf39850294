import { Worker } from 'node:worker_threads';
import type { RunnableModel } from '../../src/models/registry.ts';

/** Windows a second of the bare ONNX runtime, one single-thread session in each of `threads` threads. */
export async function bareWindowsPerSecond(
  model: RunnableModel,
  threads: number,
  seconds: number,
): Promise<number> {
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
  const rates = workers.map(async (worker) => {
    const answer = next<{ windows: number; elapsedS: number }>(worker);
    worker.postMessage('go');
    const { windows, elapsedS } = await answer;
    return windows / elapsedS;
  });
  const total = (await Promise.all(rates)).reduce((a, b) => a + b);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return total;
}
