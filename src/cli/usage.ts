import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command was written wrongly: said on stderr, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Exit codes, stable: a script may rely on them. */
export const EXIT = { done: 0, failedInPart: 1, badUsage: 2 } as const;

export interface Command {
  readonly help: string;
  /** Resolves to the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** `parseArgs` of Node with its complaints as UsageErrors. */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  positionals: { readonly atLeast: number; readonly what: string } | undefined,
) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options,
      allowPositionals: positionals !== undefined,
      strict: true,
    });
    if (positionals && parsed.positionals.length < positionals.atLeast) {
      throw new UsageError(`name ${positionals.what}`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message);
    throw error;
  }
}

/** A whole number of an option, from `least` to `most`. */
export function readInteger(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}

export function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}
