import type { Transport } from './transport.ts';

/** Two ends of a pipe inside one thread, for the command line. Frames arrive after the sender has returned. */
export function memoryTransportPair(): [Transport, Transport] {
  const closeListeners: (() => void)[] = [];
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    queueMicrotask(() => closeListeners.forEach((listener) => listener()));
  };

  function ends(own: FrameListener[], other: FrameListener[]): Transport {
    return {
      send: (frame) => {
        if (!closed) queueMicrotask(() => other.forEach((listener) => listener(frame)));
      },
      onFrame: (listener) => void own.push(listener),
      onClose: (listener) => {
        if (closed) queueMicrotask(listener);
        else closeListeners.push(listener);
      },
      close,
    };
  }

  const [a, b]: [FrameListener[], FrameListener[]] = [[], []];
  return [ends(a, b), ends(b, a)];
}

type FrameListener = (frame: ArrayBuffer) => void;
