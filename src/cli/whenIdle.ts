import type { Client } from '../contract/rpc.ts';

/** A project that is opened looks at its waveforms first. */
export async function whenIdle(client: Client): Promise<void> {
  for (;;) {
    const changed = Promise.withResolvers<void>();
    const stop = client.on('job.progressed', () => changed.resolve());
    try {
      const jobs = await client.call('job.list', {});
      if (jobs.every(({ state }) => state !== 'waiting' && state !== 'running')) return;
      await changed.promise;
    } finally {
      stop();
    }
  }
}
