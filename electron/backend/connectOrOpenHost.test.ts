import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Backend } from '../../src/backend/createBackend.ts';
import type { Handlers } from '../../src/contract/api.ts';
import { memoryTransportPair } from '../../src/contract/memoryTransport.ts';
import { Client } from '../../src/contract/rpc.ts';
import { serve } from '../../src/contract/serve.ts';
import { connectOrOpenHost, type OpenedHost } from './connectOrOpenHost.ts';

const LIMIT_MS = 40;

/** The real server of the contract; only what it would answer with is left out. */
const backend: Pick<Backend, 'connect'> = {
  connect: (transport, options = {}) => serve(transport, {} as Handlers, options),
};

test('a page that greets in time is served over its port and no host is opened', async () => {
  const [page, port] = memoryTransportPair();
  const opened: OpenedHost[] = [];
  connectOrOpenHost(
    backend,
    port,
    async () => ({ url: 'unused' }),
    (host) => opened.push(host),
    LIMIT_MS,
  );
  const client = new Client(page);
  await expect(client.call('session.get', {})).rejects.toThrow(
    /there is no call named session.get/,
  );
  await wait(2 * LIMIT_MS);
  expect(opened).toEqual([]);
});

test('a page that does not greet gets the loopback host of the same backend, with the reason', async () => {
  const [page, port] = memoryTransportPair();
  let closed = false;
  page.onClose(() => (closed = true));
  const hosted: unknown[] = [];
  const opened = await new Promise<OpenedHost>((resolve) =>
    connectOrOpenHost(
      backend,
      port,
      async (served) => {
        hosted.push(served);
        return { url: 'http://127.0.0.1:1/#token=t' };
      },
      resolve,
      LIMIT_MS,
    ),
  );
  expect(opened).toEqual({
    url: 'http://127.0.0.1:1/#token=t',
    reason: 'no greeting of the page within 0.04 s',
  });
  expect(hosted).toEqual([backend]);
  expect(closed).toBe(true);
});
