import type { Backend } from '../../src/backend/createBackend.ts';
import { messageOf } from '../../src/base/appError.ts';
import type { Transport } from '../../src/contract/transport.ts';
import { HANDSHAKE_LIMIT_MS } from '../main/backendMessages.ts';

export interface OpenedHost {
  readonly url: string;
  readonly reason: string;
}

/**
 * Serves a page over its port. When the page's greeting has not come in time, the same backend is served
 * by the loopback host, and the shell is told to load that instead.
 */
export function connectOrOpenHost(
  backend: Pick<Backend, 'connect'>,
  transport: Transport,
  startHost: (backend: Pick<Backend, 'connect'>) => Promise<{ readonly url: string }>,
  opened: (host: OpenedHost) => void,
  limitMs = HANDSHAKE_LIMIT_MS,
): void {
  const timer = setTimeout(() => {
    connection.close();
    const reason = `no greeting of the page within ${limitMs / 1000} s`;
    startHost(backend).then(
      ({ url }) => opened({ url, reason }),
      (error: unknown) => process.stderr.write(`${reason}, and ${messageOf(error)}\n`),
    );
  }, limitMs);
  const connection = backend.connect(transport, { onOpen: () => clearTimeout(timer) });
}
