import { serveTasks } from '../jobs/taskServer.ts';
import { tasks } from './tasks.ts';

serveTasks(tasks);
