// Lives in base, not in contract, because every room throws it and only some may know the contract.

/** What went wrong, for a program; the message is for a person. */
export type ErrorCode =
  'bad-input' | 'not-found' | 'unreadable-file' | 'read-only' | 'service' | 'cancelled' | 'bug';

/** An expected failure: what happened, to which file or station, and what to do about it. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}

/** The sentence of any thrown thing. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
