// Entry of the inference process under plain Node: frames on file descriptor 3, thread count as argument.
// Electron's utility process calls `serveInference` with its own port.

import { Socket } from 'node:net';
import { FrameReader, framedTransport } from './framedSocket.ts';
import { serveInference } from './inferenceServer.ts';
import { SpentFrames } from './spentFrames.ts';

/** What the kernel has of a chunk is read at once, always into the same memory. */
const READ_BYTES = 1024 * 1024;

const spent = new SpentFrames();
const reader = new FrameReader((byteLength) => spent.take(byteLength));
const socket = new Socket({
  fd: 3,
  readable: true,
  writable: true,
  onread: {
    buffer: new Uint8Array(READ_BYTES),
    callback: (count, buffer) => {
      reader.take(buffer.subarray(0, count));
      return true;
    },
  },
});
const threadCount = Math.max(1, Number(process.argv[2] ?? 1));
serveInference(framedTransport(socket, reader), threadCount, spent);
