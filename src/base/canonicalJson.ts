import { AppError } from './appError.ts';

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * The one text of a JSON value by RFC 8785: no blanks, names in order of their UTF-16 units, numbers as ECMAScript
 * writes them. Throws `bad-input` for a number that JSON cannot hold.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new AppError('bad-input', `JSON has no ${value}`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** A plain value as JSON: what is undefined is left out, nanoseconds become texts. Throws for anything else. */
export function toJson(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) {
    return value as Json;
  }
  if (Array.isArray(value)) return value.map((each: unknown) => toJson(each ?? null));
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]));
  }
  throw new Error(`bug: ${typeof value} in JSON`);
}
