// A program of its own that lets onset-1, or a detector, pick a file in short blocks, to be killed in the midst of it.
// node blockScan.ts PROJECT FILE BLOCK_S [POLICY]

import { createBackend } from '../../src/backend/createBackend.ts';
import { memoryTransportPair } from '../../src/contract/memoryTransport.ts';
import { Client } from '../../src/contract/rpc.ts';
import { DEFAULT_DETECTOR } from '../../src/domain/event/detectorSettings.ts';
import type { RunPolicy } from '../../src/domain/event/runSettings.ts';

const [path = '', file = '', blockS, policy = 'onset'] = process.argv.slice(2);
const backend = await createBackend({
  project: { kind: 'file', path, create: true },
  workers: 1,
  scanBlockS: Number(blockS),
});
const [here, there] = memoryTransportPair();
backend.connect(there);
const client = new Client(here);

async function follow(start: () => Promise<{ jobId: string }>): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const states = new Map<string, string>();
  const mine: string[] = [];
  const settle = (): void => {
    const state = states.get(mine[0] ?? '');
    if (state === 'done') ended.resolve();
    if (state === 'failed' || state === 'cancelled') ended.reject(new Error(`the job ${state}`));
  };
  const stop = client.on('job.progressed', ({ id, state }) => {
    states.set(id, state);
    settle();
  });
  mine.push((await start()).jobId);
  settle();
  await ended.promise;
  stop();
}

await follow(() => client.call('source.add', { files: [backend.grants.grant(file)] }));
const all = { streamKeys: undefined, window: undefined };
await follow(() =>
  policy === 'detector'
    ? client.call('detector.run', { ...all, settings: DEFAULT_DETECTOR })
    : client.call('model.run', {
        ...{ ...all, modelId: 'onset-1', settings: { policy: policy as RunPolicy } },
      }),
);
client.close();
await backend.close();
