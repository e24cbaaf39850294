// Frames over a stream between two processes: a u32 length, little-endian, then the frame.

import type { Duplex } from 'node:stream';
import type { Transport } from '../contract/transport.ts';

const HEADER_BYTES = 4;

/** A stream as a pipe of whole frames. Sends after the end are dropped; the end is told once. */
export function framedTransport(stream: Duplex): Transport {
  let onFrame: (frame: ArrayBuffer) => void = () => undefined;
  let onClose: () => void = () => undefined;
  let closed = false;
  const header = new Uint8Array(HEADER_BYTES);
  let headerFilled = 0;
  let frame: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;

  function take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (frame === undefined) {
        const count = Math.min(HEADER_BYTES - headerFilled, bytes.length - at);
        header.set(bytes.subarray(at, at + count), headerFilled);
        headerFilled += count;
        at += count;
        if (headerFilled < HEADER_BYTES) return;
        frame = new Uint8Array(new DataView(header.buffer).getUint32(0, true));
        filled = 0;
      }
      const count = Math.min(frame.length - filled, bytes.length - at);
      frame.set(bytes.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === frame.length) {
        const whole = frame.buffer;
        frame = undefined;
        headerFilled = 0;
        onFrame(whole);
      }
    }
  }

  function end(): void {
    if (closed) return;
    closed = true;
    onClose();
  }

  stream.on('data', take);
  stream.on('end', end);
  stream.on('close', end);
  // A broken pipe: what was under way is told by `close`.
  stream.on('error', end);
  return {
    send(sent) {
      if (closed) return;
      const length = Buffer.alloc(HEADER_BYTES);
      length.writeUInt32LE(sent.byteLength);
      stream.cork();
      stream.write(length);
      stream.write(Buffer.from(sent));
      stream.uncork();
    },
    onFrame(listener) {
      onFrame = listener;
    },
    onClose(listener) {
      onClose = listener;
      if (closed) listener();
    },
  };
}
