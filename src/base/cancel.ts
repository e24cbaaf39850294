import { AppError } from './appError.ts';

/** Throws `cancelled` when nobody waits for the result any more. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'Cancelled');
}
