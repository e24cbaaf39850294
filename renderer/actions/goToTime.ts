import { type EpochNs, epochNs, formatIso, parseTime } from '../../src/base/time.ts';

const CLOCK_ONLY = /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const DAY_ONLY = /^\d{1,3}$/;

/**
 * A time as an analyst types it: ISO 8601, day of year (`2023-282 02:21`), a day of the year alone (`282`)
 * or a clock time (`02:21`), the last two near `near`. Throws `bad-input`.
 */
export function parseGoTo(text: string, near: EpochNs): EpochNs {
  const trimmed = text.trim();
  const day = formatIso(near, 0).slice(0, 10);
  if (CLOCK_ONLY.test(trimmed)) return parseTime(`${day} ${trimmed.padStart(5, '0')}`);
  if (DAY_ONLY.test(trimmed)) return parseTime(`${day.slice(0, 4)}-${trimmed.padStart(3, '0')}`);
  return epochNs(parseTime(trimmed));
}
