// Which pipe to use: the port that the desktop shell hands over, else a WebSocket to where the page is from.

import { messagePortTransport } from '../../src/contract/messagePortTransport.ts';
import type { Transport } from '../../src/contract/transport.ts';
import { webSocketTransport } from '../../src/contract/webSocketTransport.ts';

export interface Pipe {
  readonly transport: Transport;
  readonly token: string;
}

/** The token of the address `…/#token=…`; undefined without one. */
export function tokenOf(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? undefined;
}

/** Opens the pipe of this page; called again after a loss. */
export async function openPipe(): Promise<Pipe> {
  const token = tokenOf(window.location.hash);
  if (window.onsetHost && token === undefined) {
    return { transport: messagePortTransport(await nextPort()), token: '' };
  }
  const address = new URL('socket', document.baseURI);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return { transport: webSocketTransport(new WebSocket(address)), token: token ?? '' };
}

const ports: MessagePort[] = [];
let portWanted: ((port: MessagePort) => void) | undefined;

/** Listens for the shell's port; called before anything else, since the shell may be faster than the page. */
export function listenForPort(): void {
  window.addEventListener('message', (event) => {
    const port = event.ports[0];
    if (event.source !== window || event.data !== 'onset-port' || !port) return;
    if (portWanted) portWanted(port);
    else ports.push(port);
    portWanted = undefined;
  });
}

function nextPort(): Promise<MessagePort> {
  const port = ports.shift();
  if (port) return Promise.resolve(port);
  return new Promise((resolve) => {
    portWanted = resolve;
  });
}
