/** Throws when an invariant of the program is broken; never for bad input (that is an AppError). */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}

/** The value, when it must be there by the program's own rules. */
export function assertDefined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`bug: ${what} is missing`);
  return value;
}

/** Closes a switch over a union: does not compile when a case is missing. */
export function assertUnreachable(value: never): never {
  throw new Error(`bug: unreachable case ${String(value)}`);
}
