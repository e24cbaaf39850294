import { type EpochNs, epochNs, NS_PER_S } from '../../base/time.ts';

const DATE = /^(\d{1,4})-(\d{1,2})-(\d{1,2})$/;
const CLOCK = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d*).*)?$/;

/**
 * A date and a clock token. Leading zeros may lack, the fraction may have any number of digits (nine count) and
 * anything behind it, a second may be 60 or 61, a day that the month lacks rolls over. Undefined for anything else.
 */
export function parseMarkerTime(date: string, clock: string): EpochNs | undefined {
  const day = DATE.exec(date);
  const time = CLOCK.exec(clock);
  if (!day || !time) return undefined;
  const [, year, month, dayOfMonth] = day.map(Number);
  const [, hour, minute, second] = time.map(Number);
  if (!within(month, 1, 12) || !within(dayOfMonth, 1, 31)) return undefined;
  if (!within(hour, 0, 23) || !within(minute, 0, 59) || !within(second, 0, 61)) return undefined;
  const midnight = new Date(0).setUTCFullYear(year ?? 0, (month ?? 1) - 1, dayOfMonth);
  const seconds = midnight / 1000 + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0);
  const nanos = BigInt((time[4] ?? '').slice(0, 9).padEnd(9, '0'));
  return epochNs(BigInt(seconds) * NS_PER_S + nanos);
}

function within(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}

/** `DATE TIME` with so many digits of the second, rounded to the nearest, halves to even as C does. */
export function formatMarkerTime(time: EpochNs, digits: number): string {
  const step = 10n ** BigInt(9 - digits);
  const below = floorDiv(time, step);
  const rest = 2n * (time - below * step);
  const up = rest > step || (rest === step && below % 2n !== 0n);
  const rounded = (up ? below + 1n : below) * step;
  const seconds = floorDiv(rounded, NS_PER_S);
  const [date = '', clock = ''] = new Date(Number(seconds) * 1000).toISOString().split('T');
  const fraction = (rounded - seconds * NS_PER_S).toString().padStart(9, '0').slice(0, digits);
  return `${date.replace(/^\+0*/, '')} ${clock.slice(0, 8)}${digits > 0 ? `.${fraction}` : ''}`;
}

function floorDiv(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

/** The digits Snuffler writes for data sampled every `intervalS` seconds. */
export function snufflerDigits(intervalS: number): number {
  return Math.min(9, Math.max(1, 2 - Math.floor(Math.log10(intervalS))));
}
