import { AppError } from '../../base/appError.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { Nslc } from '../../domain/waveform/nslc.ts';

/**
 * One record's header, miniSEED 2 or 3, as far as reading needs it. Plain numbers and no bigint: a day has
 * 34 000 of these, and they are compared many times.
 */
export interface RecordHeader {
  readonly offset: number;
  readonly length: number;
  readonly version: 2 | 3;
  readonly stream: Nslc;
  readonly streamKey: string;
  /** Start, time correction applied: whole seconds since 1970 and nanoseconds 0–999 999 999. */
  readonly startS: number;
  readonly startNanos: number;
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  readonly encoding: number;
  readonly littleEndian: boolean;
  readonly dataOffset: number;
  readonly dataLength: number;
}

/** Why the bytes at a place cannot be used, and how many to pass over (undefined: look for the next header). */
export interface RecordFault {
  readonly fault: string;
  readonly code: string;
  readonly length: number | undefined;
  readonly streamKey: string | undefined;
}

export type ParsedRecord = RecordHeader | RecordFault;

export function isFault(parsed: ParsedRecord): parsed is RecordFault {
  return 'fault' in parsed;
}

export function recordStartNs(record: RecordHeader): EpochNs {
  return epochNs(BigInt(record.startS) * 1_000_000_000n + BigInt(record.startNanos));
}

let lastYear = -1;
let lastDays = 0;

/** Days from 1970-01-01 to New Year of `year`. */
export function daysToYear(year: number): number {
  if (year !== lastYear) {
    lastYear = year;
    lastDays =
      Date.UTC(2000 + (year % 400), 0, 1) / 86_400_000 + (Math.floor(year / 400) - 5) * 146_097;
  }
  return lastDays;
}

/** Year, day of year, time of day and nanoseconds of `time`, as both headers store them. */
export function recordTimeFields(time: EpochNs) {
  const nanos = Number(((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  const seconds = Number((time - BigInt(nanos)) / 1_000_000_000n);
  const day = Math.floor(seconds / 86_400);
  const year = new Date(day * 86_400_000).getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) {
    throw new AppError('bad-input', 'miniSEED cannot hold times outside the years 0 to 9999');
  }
  const ofDay = seconds - day * 86_400;
  return {
    year,
    dayOfYear: day - daysToYear(year) + 1,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor((ofDay % 3600) / 60),
    second: ofDay % 60,
    nanos,
  };
}
