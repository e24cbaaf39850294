// Entry of the inference utility process: the port comes with the shell's first message.
import { availableParallelism } from 'node:os';
import { serveInference } from '../../src/backend/inference/inferenceServer.ts';
import { messagePortTransport } from '../../src/contract/messagePortTransport.ts';

process.parentPort.once('message', ({ ports }) => {
  const [port] = ports;
  if (port) serveInference(messagePortTransport(port), availableParallelism());
});
