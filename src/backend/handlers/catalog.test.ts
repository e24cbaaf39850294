import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../../base/time.ts';
import { Catalog } from '../../catalog/catalog.ts';
import type { BackendContext } from '../context.ts';
import { catalogHandlers } from './catalog.ts';

const { signal } = new AbortController();
const time = parseTime('2023-10-09T02:21:17.4');
const pick = {
  stream: { network: 'UW', station: 'HANS', location: '', channel: 'HHZ' },
  time,
  lowerUncertaintyS: undefined,
  upperUncertaintyS: undefined,
  phase: 'P',
  polarity: undefined,
  onset: undefined,
  weight: undefined,
  probability: undefined,
  filter: undefined,
};
const origin = {
  time,
  latitudeDeg: 47,
  longitudeDeg: -122,
  depthM: undefined,
  timeUncertaintyS: undefined,
  method: 'by hand',
};
let folder = '';
let catalog: Catalog;
let handlers: ReturnType<typeof catalogHandlers>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-handlers-'));
  catalog = Catalog.open(join(folder, 'p.onset'), { author: 'ana' });
  // The catalog's handlers use nothing else of the context.
  handlers = catalogHandlers({ catalog } as unknown as BackendContext);
});
afterAll(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('bad arguments are refused in a sentence, and nothing is changed', () => {
  const long = epochNs(2n ** 70n);
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ['no picks', () => handlers['catalog.removePicks']({ pickIds: [] }, signal), /select one/],
    ['NaN id', () => handlers['catalog.removePicks']({ pickIds: [NaN] }, signal), /"NaN"/],
    [
      'far time',
      () => handlers['catalog.addPick']({ pick: { ...pick, time: long } }, signal),
      /1800 to 2262/,
    ],
    [
      'empty phase',
      () => handlers['catalog.addPick']({ pick: { ...pick, phase: ' ' } }, signal),
      /needs a phase/,
    ],
    [
      'negative uncertainty',
      () => handlers['catalog.addPick']({ pick: { ...pick, lowerUncertaintyS: -1 } }, signal),
      /lower uncertainty/,
    ],
    [
      'NaN probability',
      () => handlers['catalog.addPick']({ pick: { ...pick, probability: NaN } }, signal),
      /probability/,
    ],
    [
      'dotted code',
      () =>
        handlers['catalog.addPick'](
          { pick: { ...pick, stream: { ...pick.stream, station: 'A.B' } } },
          signal,
        ),
      /"A\.B"/,
    ],
    [
      'latitude',
      () =>
        handlers['catalog.makeEvent'](
          { pickIds: [], origin: { ...origin, latitudeDeg: 91 } },
          signal,
        ),
      /latitude/,
    ],
    [
      'time of no time',
      () => handlers['catalog.listPicks']({ times: [parseTime('1500-01-01')] }, signal),
      /outside 1800/,
    ],
    ['page size', () => handlers['catalog.listPicks']({ limit: 5001 }, signal), /5000/],
    [
      'turned window',
      () =>
        handlers['catalog.pickDensity'](
          { window: { startNs: time, endNs: time }, binCount: 3 },
          signal,
        ),
      /ends before/,
    ],
    ['unknown pick', () => handlers['catalog.pickHistory']({ pickId: 77 }, signal), /Pick 77/],
    ['nothing to undo', () => handlers['catalog.undo']({}, signal), /nothing to undo/],
  ];
  test.each(cases)('%s', async (_name, act, sentence) => {
    await expect(act()).rejects.toMatchObject({
      name: 'AppError',
      code: expect.stringMatching(/^(bad-input|not-found)$/),
      message: expect.stringMatching(sentence),
    });
    expect(catalog.revision).toBe(0);
  });
});

test('a good edit answers picks, revision and what can be undone', async () => {
  const reply = await handlers['catalog.addPick']({ pick }, signal);
  expect(reply).toMatchObject({
    revision: 1,
    undoLabel: 'add P HANS',
    picks: [{ id: 1, ...pick }],
  });
  expect(await handlers['catalog.undo']({}, signal)).toMatchObject({
    revision: 2,
    picks: [],
    redoLabel: 'add P HANS',
  });
});

test('picks are found by their times, to the nanosecond, beyond what a double holds', async () => {
  const at = (ns: bigint) => ({ ...pick, time: epochNs(time + ns) });
  for (const ns of [1n, 5n]) await handlers['catalog.addPick']({ pick: at(ns) }, signal);
  const asked = { times: [epochNs(time + 5n), epochNs(time + 4n), time] };
  const { picks } = await handlers['catalog.listPicks'](asked, signal);
  expect(picks.map((found) => found.time - time)).toEqual([5n]);
  expect((await handlers['catalog.listPicks']({ times: [] }, signal)).picks).toEqual([]);
});
