import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { writePicksCsv } from './picksCsv.ts';

const pick: Pick = {
  id: 7,
  stream: { network: 'UW', station: 'HANS', location: '', channel: 'HHZ' },
  time: epochNs(1_696_818_077_400_000_001n),
  lowerUncertaintyS: 0.02,
  upperUncertaintyS: undefined,
  phase: 'P',
  polarity: 'up',
  onset: undefined,
  weight: 0,
  probability: 0.913,
  state: 'confirmed',
  author: 'Doe, "JD"\nJane',
  method: 'onset-1',
  filter: undefined,
  runId: 3,
  eventId: undefined,
  createdNs: epochNs(1n),
  publicId: undefined,
};

/** Fields of one CSV text by RFC 4180, written independently of the writer. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
    if (match[3] === '') break;
  }
  return rows.slice(0, -1);
}

describe('picks as CSV', () => {
  test('has the fields of `onset picks --json` as columns and quotes as RFC 4180 says', () => {
    const [header, row] = parseCsv(writePicksCsv([pick]));
    expect(header!.join(' ')).toBe(
      'id stream timeNs lowerUncertaintyS upperUncertaintyS phase polarity onset weight probability state author method runId createdNs setHash',
    );
    expect(row).toEqual([
      '7',
      'UW.HANS..HHZ',
      '1696818077400000001',
      '0.02',
      '',
      'P',
      'up',
      '',
      '0',
      '0.913',
      'confirmed',
      'Doe, "JD"\nJane',
      'onset-1',
      '3',
      '1',
      '',
    ]);
  });

  test('orders by time, then stream', () => {
    const later = { ...pick, id: 8, time: epochNs(pick.time + 1n) };
    const other = { ...pick, id: 9, stream: { ...pick.stream, station: 'ABER' } };
    const ids = parseCsv(writePicksCsv([later, pick, other])).map((row) => row[0]);
    expect(ids).toEqual(['id', '9', '7', '8']);
  });

  test('no picks give the header alone', () => {
    expect(parseCsv(writePicksCsv([]))).toHaveLength(1);
  });
});
