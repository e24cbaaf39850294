import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError } from '../base/appError.ts';
import type { TaskArgs, TaskTable, TaskValue } from './task.ts';
import type { TaskAnswer, TaskRequest } from './taskMessages.ts';

export interface RunOptions {
  /** Buffers of the arguments that move to the worker. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Aborting rejects at once with `cancelled`; a waiting task is never started. */
  readonly signal?: AbortSignal | undefined;
  /** Higher first; equal ones in order of arrival. Default 0. */
  readonly priority?: number;
}

interface Waiting {
  readonly request: TaskRequest;
  readonly transfer: readonly ArrayBuffer[];
  readonly priority: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Stops listening to the caller's signal. */
  readonly release: () => void;
}

interface Seat {
  worker: Worker;
  task: Waiting | undefined;
  /** Whether this worker ever answered: one that dies before has a broken entry. */
  proven: boolean;
}

const START_FAILURES_ALLOWED = 3;

/** Cores − 1 leaves the answering thread its own; with two cores both work, since that thread mostly waits. */
export function defaultPoolSize(cores = availableParallelism()): number {
  return cores <= 2 ? Math.max(1, cores) : cores - 1;
}

/**
 * Worker threads that run named pure functions of one task table.
 * A worker that dies rejects only the task it was at, and is replaced.
 */
export class WorkerPool<T extends TaskTable> {
  readonly size: number;
  readonly #entry: URL;
  readonly #seats: Seat[] = [];
  readonly #queue: Waiting[] = [];
  #nextId = 1;
  #startFailures = 0;
  #closed = false;
  #idleWaiters: (() => void)[] = [];

  constructor(entry: URL, options: { size?: number } = {}) {
    this.#entry = entry;
    this.size = Math.max(1, options.size ?? defaultPoolSize());
    for (let i = 0; i < this.size; i++) this.#seats.push(this.#start());
  }

  /** Nothing waits and nothing runs. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.#seats.every((seat) => !seat.task);
  }

  async whenIdle(): Promise<void> {
    if (this.idle) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Runs one task in a worker. Rejects with the task's AppError, or `cancelled`, or `bug` when the worker died. */
  run<N extends keyof T & string>(
    name: N,
    args: TaskArgs<T, N>,
    options: RunOptions = {},
  ): Promise<TaskValue<T, N>> {
    const { signal, priority = 0, transfer = [] } = options;
    if (this.#closed) return Promise.reject(cancelled('Onset is closing'));
    if (signal?.aborted) return Promise.reject(cancelled());
    return new Promise<TaskValue<T, N>>((resolve, reject) => {
      const flag = new SharedArrayBuffer(4);
      const request = { id: this.#nextId++, name, args, flag };
      const onAbort = (): void => this.#abandon(waiting);
      const waiting: Waiting = {
        request,
        transfer,
        priority,
        resolve: (value) => resolve(value as TaskValue<T, N>),
        reject,
        release: () => signal?.removeEventListener('abort', onAbort),
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#enqueue(waiting);
      this.#dispatch();
    });
  }

  /** Ends the workers; whatever waits or runs is rejected with `cancelled`. */
  async close(): Promise<void> {
    this.#closed = true;
    const left = [...this.#queue.splice(0), ...this.#seats.flatMap((seat) => seat.task ?? [])];
    for (const seat of this.#seats) seat.task = undefined;
    for (const task of left) settle(task, () => task.reject(cancelled('Onset is closing')));
    await Promise.all(this.#seats.map((seat) => seat.worker.terminate()));
    this.#announceIdle();
  }

  #enqueue(waiting: Waiting): void {
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.priority ?? 0) < waiting.priority) at--;
    this.#queue.splice(at, 0, waiting);
  }

  #abandon(waiting: Waiting): void {
    Atomics.store(new Int32Array(waiting.request.flag), 0, 1);
    const at = this.#queue.indexOf(waiting);
    if (at >= 0) this.#queue.splice(at, 1);
    settle(waiting, () => waiting.reject(cancelled()));
    this.#announceIdle();
  }

  #dispatch(): void {
    for (const seat of this.#seats) {
      if (seat.task) continue;
      const next = this.#queue.shift();
      if (!next) break;
      this.#hand(seat, next);
    }
    this.#announceIdle();
  }

  #hand(seat: Seat, next: Waiting): void {
    seat.task = next;
    seat.worker.ref();
    try {
      seat.worker.postMessage(next.request, [...next.transfer]);
    } catch (error) {
      seat.task = undefined;
      settle(next, () => next.reject(error));
    }
  }

  #start(): Seat {
    const worker = new Worker(this.#entry);
    const seat: Seat = { worker, task: undefined, proven: false };
    let cause: unknown;
    worker.on('message', (answer: TaskAnswer) => this.#answered(seat, answer));
    worker.on('error', (error: unknown) => {
      cause = error;
    });
    worker.on('exit', () => this.#ended(seat, cause));
    // An idle pool does not keep the program alive.
    worker.unref();
    return seat;
  }

  #answered(seat: Seat, answer: TaskAnswer): void {
    const { task } = seat;
    seat.proven = true;
    this.#startFailures = 0;
    if (!task || task.request.id !== answer.id) return;
    seat.task = undefined;
    seat.worker.unref();
    if (answer.ok) settle(task, () => task.resolve(answer.value));
    else settle(task, () => task.reject(errorOf(answer)));
    this.#dispatch();
  }

  #ended(seat: Seat, cause: unknown): void {
    if (this.#closed) return;
    const { task } = seat;
    if (task) settle(task, () => task.reject(crashError(task.request.name, cause)));
    if (!seat.proven) this.#startFailures++;
    seat.task = undefined;
    if (this.#startFailures > START_FAILURES_ALLOWED) {
      for (const waiting of this.#queue.splice(0)) {
        settle(waiting, () => waiting.reject(crashError(waiting.request.name, cause)));
      }
      this.#startFailures = 0;
    }
    const at = this.#seats.indexOf(seat);
    if (at >= 0) this.#seats[at] = this.#start();
    this.#dispatch();
  }

  #announceIdle(): void {
    if (!this.idle) return;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

function settle(task: Waiting, act: () => void): void {
  task.release();
  act();
}

function cancelled(message = 'Cancelled'): AppError {
  return new AppError('cancelled', message);
}

function errorOf(answer: TaskAnswer & { ok: false }): AppError {
  const error = new AppError(answer.code, answer.message);
  if (answer.code === 'bug' && answer.stack) error.stack = answer.stack;
  return error;
}

function crashError(name: string, cause: unknown): AppError {
  const outOfMemory =
    cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const reason = outOfMemory
    ? 'ran out of memory; ask for a shorter span or fewer streams'
    : `stopped unexpectedly (${cause instanceof Error ? cause.message : 'no reason given'}); a new one has been started, try again`;
  return new AppError('bug', `The worker at "${name}" ${reason}`, { cause });
}
