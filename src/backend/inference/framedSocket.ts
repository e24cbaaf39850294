// Frames over a stream between two processes: a u32 length, little-endian, then the frame.

import type { Duplex } from 'node:stream';
import type { Transport } from '../../contract/transport.ts';

const HEADER_BYTES = 4;

/** Memory for a frame of so many bytes, and perhaps more behind it. */
export type FrameMemory = (byteLength: number) => ArrayBuffer;

/** Puts frames together from bytes that come in any pieces, which are not held on to. */
export class FrameReader {
  onFrame: (frame: ArrayBuffer) => void = () => undefined;
  readonly #memory: FrameMemory;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFilled = 0;
  #frame: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;

  constructor(memory: FrameMemory = (byteLength) => new ArrayBuffer(byteLength)) {
    this.#memory = memory;
  }

  take(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#frame === undefined) {
        const count = Math.min(HEADER_BYTES - this.#headerFilled, bytes.length - at);
        this.#header.set(bytes.subarray(at, at + count), this.#headerFilled);
        this.#headerFilled += count;
        at += count;
        if (this.#headerFilled < HEADER_BYTES) return;
        const byteLength = new DataView(this.#header.buffer).getUint32(0, true);
        this.#frame = new Uint8Array(this.#memory(byteLength), 0, byteLength);
        this.#filled = 0;
      }
      const count = Math.min(this.#frame.length - this.#filled, bytes.length - at);
      this.#frame.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === this.#frame.length) {
        const whole = this.#frame.buffer;
        this.#frame = undefined;
        this.#headerFilled = 0;
        this.onFrame(whole);
      }
    }
  }
}

/**
 * A stream as a pipe of whole frames. Sends after the end are dropped; the end is told once. Without a `reader` one
 * takes what the stream gives; with one its owner feeds it.
 */
export function framedTransport(stream: Duplex, reader?: FrameReader): Transport {
  const frames = reader ?? new FrameReader();
  let onClose: () => void = () => undefined;
  let closed = false;

  function end(): void {
    if (closed) return;
    closed = true;
    onClose();
  }

  function sendParts(parts: readonly Uint8Array[]): void {
    if (closed) return;
    const length = Buffer.alloc(HEADER_BYTES);
    length.writeUInt32LE(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
    stream.cork();
    stream.write(length);
    for (const part of parts) stream.write(part);
    stream.uncork();
  }

  if (reader === undefined) stream.on('data', (bytes: Uint8Array) => frames.take(bytes));
  stream.on('end', end);
  stream.on('close', end);
  // A broken pipe: what was under way is told by `close`.
  stream.on('error', end);
  return {
    send: (sent) => sendParts([new Uint8Array(sent)]),
    sendParts,
    onFrame(listener) {
      frames.onFrame = listener;
    },
    onClose(listener) {
      onClose = listener;
      if (closed) listener();
    },
  };
}
