import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedDir } from '../../../test/shared.ts';
import { epochNs, formatIso } from '../../base/time.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import { csvRows } from './csvRows.ts';
import { writePicksCsv } from './picksCsv.ts';
import { readPicksCsv } from './readPicksCsv.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (...lines: string[]) => readPicksCsv(bytes(lines.join('\n')));
const shared = sharedDir();

describe('rows of CSV', () => {
  test('quotes, empty fields, line ends of all systems and the number of each line', () => {
    const text = 'a,"b ""c"", d",\r\n\n"two\nlines",1\r,\n"open, to the end';
    expect([...csvRows(text, ',')]).toEqual([
      { line: 1, fields: ['a', 'b "c", d', ''] },
      { line: 3, fields: ['two\nlines', '1'] },
      { line: 5, fields: ['', ''] },
      { line: 6, fields: ['open, to the end'] },
    ]);
  });

  test('a cut quote is an error of one field, not of the program', () => {
    expect([...csvRows('a"b,c', ',')].length).toBe(1);
    expect([...csvRows('', ',')]).toEqual([]);
  });
});

describe('a table of picks', () => {
  test('names the stream whole, by a prefix, or by its codes', () => {
    const times = ['1644113700090000001', '2022-02-06T02:15:00.09Z', '1644113700.090000'];
    const streams = [
      read('stream,timeNs,phase', `UW.HANS.--.HHZ,${times[0]},P`, `UW.HANS..,${times[0]},P`),
      read('Phase;Time;Stream', `S;${times[1]};UW.HANS`, `S;${times[1]};UW.HANS.00.`),
      read('timestamp\tnetwork\tstation\tlocation\tphase', `${times[2]}\tUW\tHANS\t  \tPn`),
      read('network,station,location,channel,time_ns,phase', `UW,HANS,--,HHZ,${times[0]},P`),
    ];
    expect(streams.map(({ picks }) => picks.map((pick) => formatNslc(pick.stream)))).toEqual([
      ['UW.HANS..HHZ', 'UW.HANS..'],
      ['UW.HANS..', 'UW.HANS.00.'],
      ['UW.HANS..'],
      ['UW.HANS..HHZ'],
    ]);
    expect(streams.map(({ picks }) => picks[0]!.time)).toEqual([
      1_644_113_700_090_000_001n,
      1_644_113_700_090_000_000n,
      1_644_113_700_090_000_000n,
      1_644_113_700_090_000_001n,
    ]);
  });

  test('keeps what it says of a pick', () => {
    const { picks } = read(
      'stream,time,phase,probability,evaluation_mode,onset,polarity,uncertainty,author,setHash',
      `UW.HANS..HHZ,2022-02-06,P,0.25,automatic,im,u,0.06,"Doe, J",${'0f'.repeat(32)}`,
      'UW.HANS..HHZ,2022-02-07,P,,,em,un,,,strict',
      'UW.HANS..HHZ,2022-02-08,P,0.5,,,,,',
    );
    expect(picks[0]).toMatchObject({
      ...{ probability: 0.25, state: 'automatic', onset: 'impulsive', polarity: 'up' },
      ...{ lowerUncertaintyS: 0.06, upperUncertaintyS: 0.06, author: 'Doe, J' },
      setHash: '0f'.repeat(32),
    });
    expect(picks[1]).toMatchObject({ state: 'manual', polarity: undefined, method: 'CSV' });
    expect(picks[1]).not.toHaveProperty('setHash');
    expect(picks[2]).toMatchObject({ state: 'automatic', lowerUncertaintyS: undefined });
  });

  test('a row that is no pick costs itself and says why', () => {
    const { picks, leftOut, warnings } = read(
      'stream,timeNs,time,timestamp,phase,probability',
      'UW.HANS..HHZ,,,,P,',
      'HANS,1,,,P,',
      'UW..00.,1,,,P,',
      'UW.HANS..,1.5,,,P,',
      'UW.HANS..,,soon,,P,',
      'UW.HANS..,,,1e,P,',
      'UW.HANS..,1,,,,',
      'UW.HANS..,1,,,P,high',
      'UW.HANS..,1,,,P,nan',
    );
    expect(picks).toHaveLength(1);
    expect(leftOut).toBe(8);
    expect(warnings[0]).toBe('line 2: it has no time; the row is left out');
    expect(warnings[1]).toMatch(/line 3: "HANS" is not a stream/);
    expect(warnings.at(-1)).toBe('rows left out: 3 more');
  });

  test('that lacks a column is refused with what it lacks', () => {
    expect(() => read('station,when', 'HANS,1')).toThrow(
      /no column stream, or network and station; none timeNs, time or timestamp; none phase/,
    );
    expect(() => readPicksCsv(bytes(''))).toThrow(/not a table of picks/);
    expect(() => readPicksCsv(Uint8Array.of(0x61, 0xff, 0xfe))).toThrow(/not UTF-8/);
    expect(read('stream,timeNs,phase').picks).toEqual([]);
  });

  test('with the mark of another system is read too', () => {
    const text = '\ufeffstream,timeNs,phase\r\nUW.HANS..HHZ,5,P\r\n';
    const wide = new Uint8Array(new Uint16Array([...text].map((c) => c.charCodeAt(0))).buffer);
    expect(readPicksCsv(bytes(text)).picks).toHaveLength(1);
    expect(readPicksCsv(wide).picks[0]).toMatchObject({ time: 5n });
  });

  test('as Onset writes it comes back', () => {
    const pick: Pick = {
      ...{ id: 7, time: epochNs(1_696_818_077_400_000_001n), phase: 'Pg', state: 'rejected' },
      stream: { network: 'UW', station: 'HANS', location: '00', channel: 'HHZ' },
      ...{ lowerUncertaintyS: 0.02, upperUncertaintyS: undefined, polarity: 'down' },
      ...{ onset: 'emergent', weight: undefined, probability: 0.913, filter: undefined },
      ...{ author: 'Doe, "JD"', method: 'onset-1', runId: 3, eventId: undefined },
      ...{ createdNs: epochNs(1n), publicId: undefined },
    };
    const { picks, leftOut } = readPicksCsv(bytes(writePicksCsv([pick])));
    const same = ['stream', 'time', 'phase', 'state', 'probability', 'author', 'method'] as const;
    for (const name of [...same, 'polarity', 'onset', 'lowerUncertaintyS'] as const) {
      expect(picks[0]![name]).toEqual(pick[name]);
    }
    expect(leftOut).toBe(0);
  });

  test.skipIf(!shared)('of the PNSN analysts reads whole (skipped: no ../shared)', () => {
    const file = join(shared ?? '', 'data/pnsn/continuous/PB.B204.2022.037.picks.csv');
    const { picks, leftOut, warnings } = readPicksCsv(new Uint8Array(readFileSync(file)));
    expect({ n: picks.length, leftOut, warnings }).toEqual({ n: 16, leftOut: 0, warnings: [] });
    expect(formatNslc(picks[0]!.stream)).toBe('PB.B204..EH1');
    // Column year … microsecond of the same row.
    expect(formatIso(picks[0]!.time, 6)).toBe('2022-02-06T02:15:00.090000Z');
    expect(new Set(picks.map(({ phase, state }) => `${phase} ${state}`))).toEqual(
      new Set(['P manual', 'S manual']),
    );
  });
});
