import { WorkerPool } from '../jobs/workerPool.ts';
import type { Tasks } from './tasks.ts';

/** The worker pool of the backend: typed by its task table. */
export type Pool = WorkerPool<Tasks>;

export function startPool(options: { size?: number } = {}): Pool {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  return new WorkerPool<Tasks>(new URL(file, import.meta.url), options);
}
