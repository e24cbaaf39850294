// The host asked as a page asks it, beside the page.
import WebSocket from 'ws';
import { Client } from '../../src/contract/rpc.ts';
import { webSocketTransport } from '../../src/contract/webSocketTransport.ts';

/** Asks the host that serves the address; the connection lasts as long as the work. */
export async function askHost<R>(url: string, work: (client: Client) => Promise<R>): Promise<R> {
  const { origin, hash } = new URL(url);
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { origin });
  const client = new Client(webSocketTransport(socket as never), {
    token: hash.replace('#token=', ''),
  });
  await client.ready();
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Windows the networks have answered since the host started. */
export async function inferenceWindows(url: string): Promise<number> {
  return askHost(url, async (client) => (await client.call('model.stats', {})).windows);
}
