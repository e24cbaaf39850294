import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
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
    if (error instanceof TypeError && 'code' in error) throw new UsageError(plainWords(error));
    throw error;
  }
}

/** Node's words without its advice on arguments that begin with a dash, which is hardly ever what was meant. */
function plainWords({ message }: Error): string {
  const [first = message] = message.split(/\. To specify /);
  return first
    .replace(/^Unknown option '(.+)'$/, 'there is no option $1')
    .replace(/^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing$/, '$1 needs a value')
    .replace(
      /^Option '(--[\w-]+)' argument is ambiguous[^]*$/,
      '$1 needs a value; one that begins with a dash is written $1=-…',
    );
}

/** Throws before any work is done when a file could not be written where a person wants it. */
export function checkOutFile(path: string, option = 'out'): void {
  const folder = dirname(resolve(path));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`--${option} ${path}: there is no folder ${folder}; make it first`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UsageError(`--${option} ${path} is a folder; name a file in it`);
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

export function optionalInteger(
  text: string | undefined,
  name: string,
  least: number,
  most: number,
): number | undefined {
  return text === undefined ? undefined : readInteger(text, name, least, most);
}

/** Threads of the option `--workers`; one for each core when absent. */
export function readWorkers(text: string | undefined): number | undefined {
  return optionalInteger(text, 'workers', 1, 256);
}

export function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}
