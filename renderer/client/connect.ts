import { AppError, messageOf } from '../../src/base/appError.ts';
import { Client } from '../../src/contract/rpc.ts';
import { openPipe } from './pipe.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

export interface ConnectionListener {
  connected(): void;
  lost(reason: string): void;
  /** The backend is there and will not have this page: trying again is of no use. */
  refused(reason: string): void;
}

/** The first pipe, whether the backend has accepted it yet or not. */
export async function connect(): Promise<Client> {
  const { transport, token } = await openPipe();
  return new Client(transport, { token });
}

/**
 * Keeps a client connected: after a loss it opens a new pipe, waiting a little longer each time. The
 * client tells the backend which revisions it has seen and is sent what it missed.
 */
export function keepConnected(client: Client, listener: ConnectionListener): void {
  let waitMs = FIRST_WAIT_MS;
  const greeted = (): void => {
    waitMs = FIRST_WAIT_MS;
    listener.connected();
  };
  const failed = (reason: unknown): void => {
    if (reason instanceof AppError && reason.code === 'bad-input') listener.refused(reason.message);
    else listener.lost(messageOf(reason));
  };
  client.onLost((reason) => {
    failed(reason);
    if (reason.code === 'bad-input') return;
    setTimeout(() => void again(), waitMs);
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  });
  async function again(): Promise<void> {
    const { transport, token } = await openPipe();
    await client.connect(transport, { token }).then(greeted, () => undefined);
  }
  // The token stands behind the #, and a browser that is given a new one stays on the page.
  window.addEventListener('hashchange', () => window.location.reload());
  client.ready().then(greeted, failed);
}
