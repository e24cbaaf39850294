// One thread that does nothing but run the network, to compare the scan with.

import { parentPort, workerData } from 'node:worker_threads';
import { openNetwork } from '../../src/models/onnx.ts';
import type { RunnableModel } from '../../src/models/registry.ts';

const { model, seconds } = workerData as { model: RunnableModel; seconds: number };
const { spec } = model;
const { batchSize: BATCH_SIZE } = spec;
const network = await openNetwork(model.network, spec);
const batch = new Float32Array(BATCH_SIZE * spec.components.length * spec.windowSamples);
for (let i = 0; i < batch.length; i += 1) batch[i] = Math.sin(i * i);
for (let i = 0; i < 4; i += 1) await network.run(batch, BATCH_SIZE);
parentPort?.postMessage('ready');
parentPort?.once('message', () => {
  void measure().then((answer) => parentPort?.postMessage(answer));
});

async function measure(): Promise<{ windows: number; elapsedS: number; cpuS: number }> {
  const started = performance.now();
  const cpuBefore = process.threadCpuUsage();
  let windows = 0;
  while (performance.now() - started < seconds * 1000) {
    await network.run(batch, BATCH_SIZE);
    windows += BATCH_SIZE;
  }
  const { user, system } = process.threadCpuUsage(cpuBefore);
  return { windows, elapsedS: (performance.now() - started) / 1000, cpuS: (user + system) / 1e6 };
}
