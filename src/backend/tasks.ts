import { readDocumentTask } from './tasks/exchangeTasks.ts';
import { resampleTask } from './tasks/signalTasks.ts';

/** Everything a worker of the pool can do. Each task is a pure function of its arguments (files it reads aside). */
export const tasks = {
  readDocument: readDocumentTask,
  resample: resampleTask,
} as const;

export type Tasks = typeof tasks;
