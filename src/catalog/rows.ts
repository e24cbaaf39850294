// Reading columns, and the row images that the journal keeps.

import { type EpochNs, epochNs } from '../base/time.ts';
import { assert } from '../base/assert.ts';
import type { Row, SqlValue } from './db.ts';

function column(row: unknown, name: string): SqlValue {
  assert(typeof row === 'object' && row !== null && name in row, `column ${name} was not selected`);
  return (row as Row)[name] ?? null;
}

export function optionalText(row: unknown, name: string): string | undefined {
  const value = column(row, name);
  return value === null ? undefined : String(value);
}

export function text(row: unknown, name: string): string {
  const value = optionalText(row, name);
  assert(value !== undefined, `column ${name} is empty`);
  return value;
}

export function optionalReal(row: unknown, name: string): number | undefined {
  const value = column(row, name);
  return value === null ? undefined : Number(value);
}

export function real(row: unknown, name: string): number {
  const value = optionalReal(row, name);
  assert(value !== undefined, `column ${name} is empty`);
  return value;
}

/** Ids and counts; never times. */
export function optionalInteger(row: unknown, name: string): number | undefined {
  const value = optionalReal(row, name);
  assert(value === undefined || Number.isSafeInteger(value), `column ${name} is no whole number`);
  return value;
}

export function integer(row: unknown, name: string): number {
  const value = optionalInteger(row, name);
  assert(value !== undefined, `column ${name} is empty`);
  return value;
}

export function optionalNanoseconds(row: unknown, name: string): EpochNs | undefined {
  const value = column(row, name);
  if (value === null) return undefined;
  assert(typeof value === 'bigint', `column ${name} was read without safe integers`);
  return epochNs(value);
}

export function nanoseconds(row: unknown, name: string): EpochNs {
  const value = optionalNanoseconds(row, name);
  assert(value !== undefined, `column ${name} is empty`);
  return value;
}

/** SQL's null for what is not set. */
export function orNull<T extends SqlValue>(value: T | undefined): T | null {
  return value ?? null;
}

/**
 * A row as JSON. Times (columns ending in `_ns`) are decimal strings, since JSON's numbers round
 * above 2^53; every other number is written so that it reads back as the same double.
 */
export function encodeImage(row: Row): string {
  return JSON.stringify(row, (name, value: unknown) => {
    if (typeof value !== 'bigint') return value;
    return name.endsWith('_ns') ? value.toString() : Number(value);
  });
}

export function decodeImage(image: string): Row {
  const parsed = JSON.parse(image) as Record<string, SqlValue>;
  for (const [name, value] of Object.entries(parsed)) {
    if (name.endsWith('_ns') && value !== null) parsed[name] = BigInt(value);
  }
  return parsed;
}
