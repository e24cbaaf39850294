// What a sweep tries, as it stands in sweep.json and crosses the contract.

import { AppError } from '../../base/appError.ts';

export const SWEEP_METHODS = ['grid', 'random', 'bayes'] as const;
export type SweepMethod = (typeof SWEEP_METHODS)[number];

export type SweepValue = number | string | boolean;

/** One value of each parameter. */
export type SweepPoint = Readonly<Record<string, SweepValue>>;

export interface SweepSpec {
  readonly method: SweepMethod;
  /** How many points `random` and `bayes` try; `grid` tries all. */
  readonly n: number;
  readonly seed: number;
  /** The values of each parameter, ranges written out. */
  readonly parameters: Readonly<Record<string, readonly SweepValue[]>>;
}

/** One point that was tried. */
export interface SweepRow<R> {
  readonly point: SweepPoint;
  readonly result: R | undefined;
  /** What was sought to be large; null where there is no such number. */
  readonly value: number | null;
  /** Why this point has no result. */
  readonly error: string | undefined;
}

const MAX_VALUES = 10_000;
/** More than a night's work even at a second each. */
const MAX_POINTS = 100_000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * A sweep as `{method, n, seed, parameters: {name: [..] | {from, to, step}}}`. Both ends of a range are tried when
 * the step meets them. Without a seed it is 1. Throws `bad-input` with what is wrong.
 */
export function parseSweep(value: unknown): SweepSpec {
  const fields = fieldsOf(value, 'the sweep');
  const method = SWEEP_METHODS.find((known) => known === fields.method);
  if (method === undefined) {
    throw wrong(`its method must be ${SWEEP_METHODS.join(', ')}, not ${text(fields.method)}`);
  }
  const listed = Object.entries(fieldsOf(fields.parameters, 'its parameters'));
  if (listed.length === 0) throw wrong('it names no parameters');
  const parameters = Object.fromEntries(
    listed.map(([name, values]) => [name, valuesOf(name, values)]),
  );
  const size = gridSize(parameters);
  if (method === 'grid' && size > MAX_POINTS) {
    throw wrong(
      `its grid has ${size} points, at most ${MAX_POINTS} are tried; take random or bayes`,
    );
  }
  const n = method === 'grid' ? size : wholeNumber(fields.n, 'n', 1, MAX_POINTS);
  const seed = fields.seed === undefined ? 1 : wholeNumber(fields.seed, 'seed', 0, 2 ** 32 - 1);
  return { method, n, seed, parameters };
}

/** How many points the grid of all values has. */
export function gridSize(parameters: SweepSpec['parameters']): number {
  return Object.values(parameters).reduce((size, values) => size * values.length, 1);
}

function valuesOf(name: string, given: unknown): readonly SweepValue[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : rangeOf(name, given);
  const good = values.filter(isSweepValue);
  if (good.length < values.length) {
    throw wrong(`the values of ${name} must be numbers, texts, true or false`);
  }
  const distinct = [...new Set(good)];
  if (distinct.length === 0) throw wrong(`${name} has no values`);
  return distinct;
}

function isSweepValue(value: unknown): value is SweepValue {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean';
}

function rangeOf(name: string, given: unknown): number[] {
  const { from, to, step } = fieldsOf(given, `the parameter ${name}`);
  const numbers = [from, to, step].every((each) => typeof each === 'number');
  const [low, high, by] = [Number(from), Number(to), Number(step)];
  if (!numbers || !Number.isFinite(high - low) || !(by > 0) || high < low) {
    throw wrong(
      `${name} must be a list of values, or {from, to, step} with to ≥ from and step > 0`,
    );
  }
  const count = Math.floor((high - low) / by + 1e-9) + 1;
  if (count > MAX_VALUES)
    throw wrong(`${name} has ${count} values, at most ${MAX_VALUES} are tried`);
  // 0.1 + 2 · 0.1 is to be 0.3, as it would be written.
  return Array.from({ length: count }, (_, i) => Number((low + i * by).toPrecision(12)));
}

function wholeNumber(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw wrong(`its ${name} must be a whole number from ${least} to ${most}, not ${text(value)}`);
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(`${what} must be an object, not ${text(value)}`);
}

function text(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function wrong(what: string): AppError {
  return new AppError('bad-input', `this is no sweep: ${what}`);
}
