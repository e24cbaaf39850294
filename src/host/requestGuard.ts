// Who may speak with the host: only a page that this host served itself. The Host header is checked
// against the addresses the host really has, so that a foreign name that was pointed at this machine
// (DNS rebinding) is refused; a browser adds the Origin header and a page cannot forge it.

import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const EVERYWHERE = ['0.0.0.0', '::', '[::]'];

export interface RequestGuard {
  /** Why a request is refused, or undefined when it is not. */
  problemOfRequest(request: IncomingMessage): string | undefined;
  /** The same for a WebSocket, which must come from a page of ours. */
  problemOfUpgrade(request: IncomingMessage): string | undefined;
}

/** `host` is the address that the server listens at. */
export function requestGuard(host: string, port: number): RequestGuard {
  const names = namesOf(host).map((name) => `${name.toLowerCase()}:${port}`);
  const hosts = new Set(port === 80 ? [...names, ...namesOf(host)] : names);
  const origins = new Set([...hosts].map((name) => `http://${name}`));

  const problemOfRequest = ({ headers }: IncomingMessage): string | undefined => {
    if (!hosts.has((headers.host ?? '').toLowerCase())) return 'this name is not that of the host';
    const { origin } = headers;
    if (origin !== undefined && !origins.has(origin.toLowerCase())) {
      return 'a page from elsewhere may not ask here';
    }
    return undefined;
  };
  return {
    problemOfRequest,
    problemOfUpgrade: (request) =>
      request.headers.origin === undefined ? 'only a page may connect' : problemOfRequest(request),
  };
}

function namesOf(host: string): readonly string[] {
  if (LOOPBACK.includes(host) || host === '::1') return LOOPBACK;
  if (!EVERYWHERE.includes(host)) return [host.includes(':') ? `[${host}]` : host, ...LOOPBACK];
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const addresses = own.map(({ address, family }) =>
    family === 'IPv6' ? `[${address.split('%')[0]}]` : address,
  );
  return [...LOOPBACK, hostname(), ...addresses];
}
