import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/appError.ts';
import { type FrameMemory, FrameReader, framedTransport } from './framedSocket.ts';
import { INFERENCE_ENVIRONMENT } from './inferenceEnvironment.ts';
import type { StartInference } from './inferenceClient.ts';

/** Starts the inference process with plain Node; for the host and the command line. */
export const startInference: StartInference = async (threadCount) => {
  const file = import.meta.url.endsWith('.ts') ? './inference.ts' : './inference.js';
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [entry, String(threadCount)], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: { ...process.env, ...INFERENCE_ENVIRONMENT },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const text = `the model's process could not be started: ${cause.message}`;
      reject(new AppError('service', text, { cause }));
    });
  });
  const socket = child.stdio[3] as Duplex;
  const reader = new FrameReader(oneFrame());
  socket.on('data', (bytes: Uint8Array) => reader.take(bytes));
  const transport = framedTransport(socket, reader);
  return {
    ...transport,
    processId: child.pid,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
};

/** Memory of the largest frame so far: the client is done with a frame when the next one comes. */
function oneFrame(): FrameMemory {
  let memory = new ArrayBuffer(0);
  return (byteLength) => {
    if (memory.byteLength < byteLength) memory = new ArrayBuffer(byteLength);
    return memory;
  };
}
