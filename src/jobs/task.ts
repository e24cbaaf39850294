// What a worker of the pool can do is a table of named pure functions; its type travels, its code does not.

/** Lets a long task stop early: the caller has lost interest. Never needed for correctness. */
export interface TaskContext {
  cancelled(): boolean;
}

/** What a task returns: a value and the buffers that move to the caller instead of being copied. */
export interface TaskReply<R> {
  readonly value: R;
  readonly transfer?: readonly ArrayBuffer[];
}

export type Task<A, R> = (args: A, context: TaskContext) => TaskReply<R> | Promise<TaskReply<R>>;

// `never` as argument: every concrete task is assignable, none can be called without knowing its own.
export type TaskTable = Readonly<Record<string, Task<never, unknown>>>;

export type TaskArgs<T extends TaskTable, N extends keyof T> = Parameters<T[N]>[0];
export type TaskValue<T extends TaskTable, N extends keyof T> =
  Awaited<ReturnType<T[N]>> extends TaskReply<infer R> ? R : never;

/** The buffer of a view, when it is its own and may move. Shared memory is never transferred. */
export function transferable(views: readonly ArrayBufferView[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const view of views) {
    if (view.buffer instanceof ArrayBuffer && view.byteLength > 0) buffers.add(view.buffer);
  }
  return [...buffers];
}
