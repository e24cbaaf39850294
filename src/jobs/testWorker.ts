// The worker of the pool's own tests.
import { AppError } from '../base/appError.ts';
import { serveTasks } from './taskServer.ts';
import { transferable, type TaskContext, type TaskReply } from './task.ts';

export const testTasks = {
  double: (args: { values: Float64Array }): TaskReply<Float64Array> => {
    const value = args.values.map((v) => 2 * v);
    return { value, transfer: transferable([value]) };
  },
  refuse: (args: { why: string }): TaskReply<never> => {
    throw new AppError('bad-input', args.why);
  },
  fail: (_args: object): TaskReply<never> => {
    throw new TypeError('not a function');
  },
  crash: (_args: object): TaskReply<never> => process.exit(3),
  /** Waits until told through shared memory, so that tests need no clock. */
  wait: async (
    args: { gate: SharedArrayBuffer },
    context: TaskContext,
  ): Promise<TaskReply<string>> => {
    const gate = new Int32Array(args.gate);
    while (Atomics.load(gate, 0) === 0) {
      if (context.cancelled()) return { value: 'stopped' };
      await new Promise((resolve) => setImmediate(resolve));
    }
    Atomics.add(gate, 1, 1);
    return { value: 'open' };
  },
} as const;

serveTasks(testTasks);
