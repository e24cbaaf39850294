import type { Pick } from '../../domain/event/pick.ts';
import { byTimeThenStream, PICK_RECORD_FIELDS, pickRecord } from '../../domain/event/pickRecord.ts';

/**
 * Picks as CSV (RFC 4180: comma, CRLF, quotes doubled), one header line, one line a pick, ordered by time then stream.
 * The columns are the fields of `onset picks --json`: times are nanoseconds since 1970 UTC, uncertainties seconds,
 * what is absent is an empty field.
 */
export function writePicksCsv(picks: readonly Pick[]): string {
  return [...picksCsvLines(picks)].join('');
}

/** The same, line by line, for files too long to hold at once. */
export function* picksCsvLines(picks: readonly Pick[]): Generator<string> {
  yield `${PICK_RECORD_FIELDS.join(',')}\r\n`;
  for (const pick of [...picks].sort(byTimeThenStream)) {
    const record = pickRecord(pick);
    yield `${PICK_RECORD_FIELDS.map((field) => csvField(record[field])).join(',')}\r\n`;
  }
}

function csvField(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
