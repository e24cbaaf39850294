import { AppError } from '../../base/appError.ts';
import { transferable, type TaskContext, type TaskReply } from '../../jobs/task.ts';
import { type Drawing, type DrawRequest, drawTrace } from '../../waveforms/drawTrace.ts';

/** A drawing, or in words why there is none. */
export type DrawReply = Drawing | { readonly refusal: string };

/** Draws (and filters) a batch of streams; samples come in shared memory, drawings move back. */
export function drawTracesTask(
  requests: readonly DrawRequest[],
  context: TaskContext,
): TaskReply<DrawReply[]> {
  const value: DrawReply[] = [];
  for (const request of requests) {
    if (context.cancelled()) throw new AppError('cancelled', 'Cancelled');
    value.push(drawOrRefuse(request));
  }
  const views = value.flatMap((d) => ('parts' in d ? d.parts.map((part) => part.values) : []));
  return { value, transfer: transferable(views) };
}

/** A filter that cannot be made at this rate is an answer, not a failure of the other streams. */
export function drawOrRefuse(request: DrawRequest): DrawReply {
  try {
    return drawTrace(request);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-input') return { refusal: error.message };
    throw error;
  }
}
