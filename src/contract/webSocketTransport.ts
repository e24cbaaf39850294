import type { Transport } from './transport.ts';

/** What the browser's WebSocket and that of `ws` have in common. */
interface Socket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: ArrayBuffer): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}

const CONNECTING = 0;
const OPEN = 1;

/** A pipe over a binary WebSocket. What is sent before it is open waits; a text message closes it. */
export function webSocketTransport(socket: Socket): Transport {
  socket.binaryType = 'arraybuffer';
  let closed = socket.readyState > OPEN;
  let waiting: ArrayBuffer[] = [];
  const frameListeners: ((frame: ArrayBuffer) => void)[] = [];
  const closeListeners: (() => void)[] = [];

  socket.addEventListener('open', () => {
    for (const frame of waiting) socket.send(frame);
    waiting = [];
  });
  socket.addEventListener('message', ({ data }) => {
    if (!(data instanceof ArrayBuffer)) return socket.close();
    for (const listener of frameListeners) listener(data);
  });
  // An error is always followed by a close; the listener keeps it from being thrown.
  socket.addEventListener('error', () => undefined);
  socket.addEventListener('close', () => {
    closed = true;
    for (const listener of closeListeners.splice(0)) listener();
  });

  return {
    send: (frame) => {
      if (socket.readyState === CONNECTING) waiting.push(frame);
      else if (socket.readyState === OPEN) socket.send(frame);
    },
    onFrame: (listener) => void frameListeners.push(listener),
    onClose: (listener) => {
      if (closed) listener();
      else closeListeners.push(listener);
    },
    close: () => socket.close(),
    bufferedBytes: () => socket.bufferedAmount,
  };
}
