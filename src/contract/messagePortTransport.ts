import type { Transport } from './transport.ts';

/** What a page's MessagePort and that of worker_threads have in common. */
interface EventPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start?(): void;
  close(): void;
}

/** Electron's MessagePortMain. */
interface EmitterPort {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
  start?(): void;
  close(): void;
}

/**
 * A pipe over one end of a message channel. Frames are copied, never transferred: between processes
 * Electron's ports lose a message that carries an ArrayBuffer in its transfer list.
 */
export function messagePortTransport(port: EventPort | EmitterPort): Transport {
  let closed = false;
  const closeListeners: (() => void)[] = [];
  const closeOnce = (): void => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener();
  };
  const frameListeners: ((frame: ArrayBuffer) => void)[] = [];
  const receive = ({ data }: { data: unknown }): void => {
    if (closed || !isArrayBuffer(data)) return;
    for (const listener of frameListeners) listener(data);
  };
  if ('addEventListener' in port) {
    port.addEventListener('message', receive);
    port.addEventListener('close', closeOnce);
  } else {
    port.on('message', receive);
    port.on('close', closeOnce);
  }
  return {
    send: (frame) => {
      if (!closed) port.postMessage(frame);
    },
    onFrame: (listener) => {
      frameListeners.push(listener);
      port.start?.();
    },
    onClose: (listener) => {
      if (closed) listener();
      else closeListeners.push(listener);
    },
    close: () => {
      port.close();
      closeOnce();
    },
  };
}

/** Also for one that was made in another realm, as a page's worker may send it. */
function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]';
}
