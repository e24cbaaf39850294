import { AppError } from './appError.ts';
import type { Brand } from './brand.ts';

/** Absolute time: nanoseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted. */
export type EpochNs = Brand<bigint, 'EpochNs'>;

export const NS_PER_S = 1_000_000_000n;

export function epochNs(value: bigint): EpochNs {
  return value as EpochNs;
}

/** A duration in seconds as whole nanoseconds, rounded to the nearest. */
export function secondsToNs(seconds: number): bigint {
  const whole = Math.trunc(seconds);
  return BigInt(whole) * NS_PER_S + BigInt(Math.round((seconds - whole) * 1e9));
}

/** A duration in nanoseconds as seconds; exact below 2^53 ns (104 days). */
export function nsToSeconds(ns: bigint): number {
  return Number(ns) / 1e9;
}

export function addSeconds(time: EpochNs, seconds: number): EpochNs {
  return (time + secondsToNs(seconds)) as EpochNs;
}

/** b − a in seconds. */
export function secondsBetween(a: EpochNs, b: EpochNs): number {
  return nsToSeconds(b - a);
}

export function minTime(a: EpochNs, b: EpochNs): EpochNs {
  return a < b ? a : b;
}

export function maxTime(a: EpochNs, b: EpochNs): EpochNs {
  return a > b ? a : b;
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** `2023-10-09T02:21:17.400000Z`; `decimals` of the second, cut and not rounded so that a time never moves forward. */
export function formatIso(time: EpochNs, decimals = 9, separator = 'T', suffix = 'Z'): string {
  const seconds = floorDiv(time, NS_PER_S);
  const nanos = time - seconds * NS_PER_S;
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', separator);
  const fraction = decimals > 0 ? `.${nanos.toString().padStart(9, '0').slice(0, decimals)}` : '';
  return `${date}${fraction}${suffix}`;
}

/** Day of the year, 1–366. */
export function dayOfYear(time: EpochNs): number {
  const date = new Date(Number(floorDiv(time, 1_000_000n)));
  const newYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - newYear) / 86_400_000) + 1;
}

const CALENDAR = /^(\d{4})-(\d{1,2})-(\d{1,2})/;
const ORDINAL = /^(\d{4})[-.](\d{3})(?!\d)/;
const CLOCK =
  /^[T ](\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9})\d*)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads ISO 8601 (`2023-10-09T02:21:17.4Z`, a blank for `T` allowed) and day-of-year (`2023-282`, `2023.282`) times.
 * Without a zone it is UTC. Throws `bad-input`.
 */
export function parseTime(text: string): EpochNs {
  const trimmed = text.trim();
  const fail = (): never => {
    throw new AppError(
      'bad-input',
      `"${text}" is not a time; write it like 2023-10-09T02:21:17.4 or 2023-282`,
    );
  };
  const calendar = CALENDAR.exec(trimmed);
  const ordinal = calendar ? null : ORDINAL.exec(trimmed);
  const match = calendar ?? ordinal ?? fail();
  const year = Number(match[1]);
  const dayMs = calendar
    ? Date.UTC(year, Number(calendar[2]) - 1, Number(calendar[3]))
    : Date.UTC(year, 0, Number(match[2]));
  const day = new Date(dayMs);
  const rolledOver = calendar
    ? day.getUTCMonth() !== Number(calendar[2]) - 1 || day.getUTCDate() !== Number(calendar[3])
    : day.getUTCFullYear() !== year || Number(match[2]) === 0;
  if (rolledOver) fail();
  const rest = trimmed.slice(match[0].length);
  if (rest === '' || rest === 'Z') return epochNs(BigInt(dayMs) * 1_000_000n);
  const clock = CLOCK.exec(rest) ?? fail();
  const [hour, minute, second] = [clock[1], clock[2], clock[3]].map((part) =>
    Number(part ?? 0),
  ) as [number, number, number];
  if (hour > 24 || minute > 59 || second > 60) fail();
  const nanos = BigInt((clock[4] ?? '').padEnd(9, '0'));
  const totalS = BigInt(dayMs / 1000 + hour * 3600 + minute * 60 + second) - zoneSeconds(clock[5]);
  return epochNs(totalS * NS_PER_S + nanos);
}

function zoneSeconds(zone: string | undefined): bigint {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0n;
  const digits = zone.replace(':', '');
  const seconds = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5)) * 60;
  return BigInt(digits.startsWith('-') ? -seconds : seconds);
}
