// The page in a browser: plain HTTP for its files and one WebSocket for everything else. It listens on
// the loopback address unless told otherwise, and a page must know the token that only the printed
// address carries (in its fragment, which no browser sends anywhere).

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AppError, messageOf } from '../base/appError.ts';
import type { Transport } from '../contract/transport.ts';
import { MAX_REQUEST_BYTES } from '../contract/transport.ts';
import { webSocketTransport } from '../contract/webSocketTransport.ts';
import { builtPageFolder, PageFiles, refuse } from './pageFiles.ts';
import { type RequestGuard, requestGuard } from './requestGuard.ts';

/** The address of the pipe below the page's own. */
export const SOCKET_PATH = '/socket';
const MAX_PAGES = 32;

/** What the host needs of a backend. */
export interface HostedBackend {
  connect(transport: Transport, options: { token: string }): unknown;
}

export interface HostOptions {
  /** 0 takes any free one. */
  readonly port?: number;
  readonly host?: string;
  /** The built page; found beside the program when absent. */
  readonly pageFolder?: string;
}

export interface Host {
  /** `http://127.0.0.1:PORT/#token=…` */
  readonly url: string;
  readonly token: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the page and the backend. Throws `not-found` without a built page, `service` when the port is taken. */
export async function startHost(backend: HostedBackend, options: HostOptions = {}): Promise<Host> {
  const { port: wantedPort = 0, host = '127.0.0.1' } = options;
  const files = new PageFiles(options.pageFolder ?? builtPageFolder());
  const token = randomBytes(32).toString('base64url');
  const server = createServer();
  await listen(server, wantedPort, host);
  const { port } = server.address() as AddressInfo;
  const guard = requestGuard(host, port);

  server.on('request', (request, response) => {
    const problem = guard.problemOfRequest(request);
    if (problem !== undefined) refuse(response, 403, problem);
    else files.answer(request, response);
  });
  const sockets = acceptSockets(server, guard, (transport) =>
    backend.connect(transport, { token }),
  );

  return {
    url: `http://${nameInUrl(host)}:${port}/#token=${token}`,
    token,
    port,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why =
      code === 'EADDRINUSE'
        ? `port ${port} is in use; give another with --port, or 0 for any free one`
        : `Onset cannot listen at ${host} port ${port}: ${messageOf(error)}`;
    throw new AppError('service', why, { cause: error });
  }
}

function acceptSockets(
  server: Server,
  guard: RequestGuard,
  accept: (transport: Transport) => void,
): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_REQUEST_BYTES,
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const isPipe = request.url === SOCKET_PATH;
    const problem = isPipe ? guard.problemOfUpgrade(request) : 'there is no such pipe';
    if (problem !== undefined) return refuseUpgrade(stream, isPipe ? 403 : 404, problem);
    if (sockets.clients.size >= MAX_PAGES) {
      return refuseUpgrade(stream, 503, 'too many pages are open; close some');
    }
    sockets.handleUpgrade(request, stream, head, (socket) => accept(webSocketTransport(socket)));
  });
  return sockets;
}

function refuseUpgrade(stream: Duplex, status: number, text: string): void {
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

/** A name that a browser on this machine can open. */
function nameInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
