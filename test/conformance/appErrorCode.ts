import { AppError, type ErrorCode } from '../../src/base/appError.ts';

/** For `toThrow`: an AppError of this code, whatever its words. */
export function isAppErrorCode(code: ErrorCode) {
  return {
    asymmetricMatch: (error: unknown) => error instanceof AppError && error.code === code,
    toString: () => `AppError ${code}`,
  };
}
