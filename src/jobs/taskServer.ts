import { parentPort } from 'node:worker_threads';
import { AppError, messageOf } from '../base/appError.ts';
import { assertDefined } from '../base/assert.ts';
import type { TaskContext, TaskReply, TaskTable } from './task.ts';
import type { TaskAnswer, TaskRequest } from './taskMessages.ts';

type AnyTask = (
  args: unknown,
  context: TaskContext,
) => TaskReply<unknown> | Promise<TaskReply<unknown>>;

/** The whole of a worker's entry: answers each request with the task of that name. */
export function serveTasks(tasks: TaskTable): void {
  const port = assertDefined(parentPort, 'the parent of the worker');
  port.on('message', (request: TaskRequest) => {
    void answer(tasks, request).then(({ message, transfer }) => {
      port.postMessage(message, [...transfer]);
    });
  });
}

async function answer(
  tasks: TaskTable,
  request: TaskRequest,
): Promise<{ message: TaskAnswer; transfer: readonly ArrayBuffer[] }> {
  const { id, name, args } = request;
  const flag = new Int32Array(request.flag);
  try {
    const task = tasks[name];
    if (!task) throw new Error(`bug: no task named ${name}`);
    // The pool's types have paired this name with these arguments.
    const reply = await (task as AnyTask)(args, { cancelled: () => Atomics.load(flag, 0) === 1 });
    return { message: { id, ok: true, value: reply.value }, transfer: reply.transfer ?? [] };
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'bug';
    const stack = error instanceof Error ? error.stack : undefined;
    return { message: { id, ok: false, code, message: messageOf(error), stack }, transfer: [] };
  }
}
