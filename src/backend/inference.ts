// Entry of the inference process under plain Node: frames on file descriptor 3, thread count as argument.
// Electron's utility process calls `serveInference` with its own port.

import { Socket } from 'node:net';
import { framedTransport } from './framedSocket.ts';
import { serveInference } from './inferenceServer.ts';

const socket = new Socket({ fd: 3, readable: true, writable: true });
serveInference(framedTransport(socket), Math.max(1, Number(process.argv[2] ?? 1)));
