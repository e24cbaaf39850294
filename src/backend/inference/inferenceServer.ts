// The inference process's main thread: hands frames to its threads and answers back, nothing else.

import { Worker } from 'node:worker_threads';
import { decode } from '../../contract/codec.ts';
import type { Transport } from '../../contract/transport.ts';
import type { ToInference } from './inferenceProtocol.ts';
import type { SpentFrames } from './spentFrames.ts';

/** Chunks a thread holds at once: the one it computes and the next, so that it never waits. */
const CHUNKS_PER_THREAD = 2;

/** Its objects are few: what they hold of samples is collected with them, the sooner the smaller this is. */
const SMALL_NURSERY = { maxYoungGenerationSizeMb: 4 };

/** What a thread says of a frame it was handed: the answer, and the frame itself. */
export interface ThreadAnswer {
  readonly answer: ArrayBuffer;
  readonly spent: ArrayBuffer;
}

interface Thread {
  readonly worker: Worker;
  held: number;
}

/**
 * Serves one backend over `transport` with `threadCount` threads. A thread that dies takes the process
 * with it: the client starts another and sends again what was not answered. `spent` gets the frames back.
 */
export function serveInference(
  transport: Transport,
  threadCount: number,
  spent?: SpentFrames,
): void {
  const waiting: ArrayBuffer[] = [];
  const threads: Thread[] = Array.from({ length: threadCount }, () => startThread());

  function startThread(): Thread {
    const file = import.meta.url.endsWith('.ts') ? './inferenceWorker.ts' : './inferenceWorker.js';
    const worker = new Worker(new URL(file, import.meta.url), { resourceLimits: SMALL_NURSERY });
    const thread: Thread = { worker, held: 0 };
    thread.worker.on('message', (done: ThreadAnswer) => {
      thread.held -= 1;
      transport.send(done.answer);
      spent?.give(done.spent);
      handOut();
    });
    thread.worker.on('error', (error) => {
      console.error(`an inference thread ended: ${error.message}`);
      process.exit(1);
    });
    return thread;
  }

  function handOut(): void {
    for (;;) {
      const frame = waiting[0];
      const thread = threads.reduce((least, each) => (each.held < least.held ? each : least));
      if (frame === undefined || thread.held >= CHUNKS_PER_THREAD) return;
      waiting.shift();
      thread.held += 1;
      thread.worker.postMessage(frame, [frame]);
    }
  }

  transport.onFrame((frame) => {
    // Read here only for its kind; the thread reads it again, which copies no samples.
    const { kind } = decode(frame) as ToInference;
    if (kind === 'load' || kind === 'plan' || kind === 'warm') {
      for (const { worker } of threads) worker.postMessage(frame);
    } else {
      waiting.push(frame);
      handOut();
    }
  });
  transport.onClose(() => process.exit(0));
}
