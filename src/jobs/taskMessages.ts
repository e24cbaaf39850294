import type { ErrorCode } from '../base/appError.ts';

/** Pool to worker. `flag` holds one Int32: 1 once the caller has lost interest. */
export interface TaskRequest {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
  readonly flag: SharedArrayBuffer;
}

/** Worker to pool. Errors travel as values, since structured clone forgets a class. */
export type TaskAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly stack: string | undefined;
    };
