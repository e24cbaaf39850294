import { describe, expect, test } from 'vitest';
import { AppError } from '../../base/appError.ts';
import { epochNs } from '../../base/time.ts';
import type { CatalogExtract } from '../../domain/event/catalogDocument.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { byTimeThenStream } from '../../domain/event/pickRecord.ts';
import { formatPickFit, parsePickFit } from '../../domain/event/pickFit.ts';
import { eventPublicId, pickPublicId } from '../../domain/event/publicId.ts';
import { randomCatalog, seededRandom } from '../../../test/randomCatalog.ts';
import { readQuakeml } from './reader.ts';
import { UNASSOCIATED_EVENT_ID, writeQuakeml } from './writer.ts';

const options = { includeRejected: true, programVersion: '0.1.0' };
const encode = (text: string) => new TextEncoder().encode(text);

function omit<T extends object, K extends keyof T>(value: T, ...names: K[]): Omit<T, K> {
  const rest = { ...value };
  for (const name of names) delete rest[name];
  return rest;
}

/** The catalog as the reader should give it back: events in the file's order, picks in theirs. */
function expected(extract: CatalogExtract, events: readonly { publicId: string | undefined }[]) {
  const order = events.map((event) => event.publicId);
  const byId = new Map(extract.events.map((event) => [event.id, eventPublicId(event)]));
  const picks = [...extract.picks].sort(byTimeThenStream).map((pick) => {
    const { eventId, ...rest } = omit(pick, 'id');
    const index = eventId === undefined ? -1 : order.indexOf(byId.get(eventId));
    return { ...rest, publicId: pickPublicId(pick), eventIndex: index < 0 ? undefined : index };
  });
  const rank = (pick: (typeof picks)[number]) => pick.eventIndex ?? events.length;
  return {
    picks: picks.sort((a, b) => rank(a) - rank(b)),
    events: order.map((publicId) => {
      const event = extract.events.find((e) => eventPublicId(e) === publicId)!;
      return { ...omit(event, 'id', 'pickIds'), publicId };
    }),
  };
}

describe('QuakeML round trip', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps every field of random catalog %i', (seed) => {
    const extract = randomCatalog(seed, 6, 12);
    const text = writeQuakeml(extract, options);
    const read = readQuakeml(encode(text));
    const wanted = expected(extract, read.events);
    expect(read.warnings).toEqual([]);
    expect(read.losses).toEqual([]);
    expect(read.events).toEqual(wanted.events);
    expect(read.picks).toEqual(wanted.picks);
    const used = new Set(extract.picks.map((pick) => pick.runId));
    expect(read.runs).toEqual(extract.runs.filter((run) => used.has(run.id)));
  });

  test('gives the same bytes whatever the order of the catalog', () => {
    const extract = randomCatalog(11, 5, 8);
    const shuffled = {
      ...extract,
      events: [...extract.events].reverse(),
      picks: [...extract.picks].reverse(),
    };
    expect(writeQuakeml(shuffled, options)).toBe(writeQuakeml(extract, options));
  });

  test('leaves rejected picks out unless they are asked for', () => {
    const extract = randomCatalog(3, 4, 10);
    const text = writeQuakeml(extract, { ...options, includeRejected: false });
    const kept = extract.picks.filter((pick) => pick.state !== 'rejected');
    expect(readQuakeml(encode(text)).picks).toHaveLength(kept.length);
    expect(text).not.toContain('rejected');
  });

  test('an empty catalog is a valid document without events', () => {
    const read = readQuakeml(encode(writeQuakeml({ events: [], picks: [], runs: [] }, options)));
    const nothing = { events: [], picks: [], runs: [], warnings: [], losses: [] };
    expect(read).toEqual({ ...nothing, distancesKm: new Map() });
  });

  test('the distances of arrivals are those of their picks, in kilometres', () => {
    const pick = (id: string) =>
      `<pick publicID="smi:a/p${id}"><time><value>2024-01-01T00:00:00Z</value></time><waveformID networkCode="XX" stationCode="A${id}"/></pick>`;
    const arrival = (id: string, degrees: string) =>
      `<arrival publicID="smi:a/a${id}"><pickID>smi:a/p${id}</pickID><phase>P</phase>${degrees}</arrival>`;
    const origin = `<origin publicID="smi:a/o"><time><value>2024-01-01T00:00:00Z</value></time><latitude><value>1</value></latitude><longitude><value>2</value></longitude>${arrival('1', '<distance>0.5</distance>')}${arrival('2', '')}</origin>`;
    const { distancesKm, picks } = readQuakeml(
      encode(
        `<q:quakeml xmlns:q="http://quakeml.org/xmlns/quakeml/1.2" xmlns="http://quakeml.org/xmlns/bed/1.2"><eventParameters publicID="smi:a/b"><event publicID="smi:a/e">${pick('1')}${pick('2')}${origin}</event></eventParameters></q:quakeml>`,
      ),
    );
    expect(picks).toHaveLength(2);
    expect([...distancesKm]).toEqual([['smi:a/p1', expect.closeTo(55.597, 2)]]);
  });

  test('two picks with one imported identifier, and one that is invalid, get identifiers of their own', () => {
    const [first, second, third] = randomCatalog(5, 0, 3).picks as [Pick, Pick, Pick];
    const picks = [
      { ...first, publicId: 'smi:a.b/1' },
      { ...second, publicId: 'smi:a.b/1' },
      { ...third, publicId: 'not an id' },
    ];
    const text = writeQuakeml({ events: [], picks, runs: [] }, options);
    const read = readQuakeml(encode(text));
    expect(read.warnings).toEqual([]);
    expect(new Set(read.picks.map((pick) => pick.publicId)).size).toBe(3);
  });
});

test('a pick imported under the identifier that another one has by itself leaves both apart', () => {
  const [native, other] = randomCatalog(5, 0, 2).picks as [Pick, Pick];
  const mine = { ...native, publicId: undefined };
  const copies = [mine, { ...other, publicId: pickPublicId(mine) }];
  const twice = { ...mine, time: epochNs(mine.time + 1n) };
  for (const picks of [copies, [...copies].reverse(), [mine, twice]]) {
    const text = writeQuakeml({ events: [], picks, runs: [] }, options);
    expect(readQuakeml(encode(text)).warnings).toEqual([]);
  }
});

describe('what the writer says', () => {
  const base = randomCatalog(1, 0, 1).picks[0]!;
  const plain = omit(base, 'evaluationMode');
  const pick: Pick = { ...plain, runId: undefined, probability: undefined, publicId: undefined };
  const written = (change: Partial<Pick>) =>
    writeQuakeml({ events: [], picks: [{ ...pick, ...change }], runs: [] }, options);

  test.each([
    ['automatic', {}, 'automatic', 'preliminary'],
    ['deferred', {}, 'automatic', 'preliminary'],
    ['confirmed', {}, 'automatic', 'confirmed'],
    ['manual', {}, 'manual', 'reviewed'],
    ['rejected', { runId: 3 }, 'automatic', 'rejected'],
    ['rejected', {}, 'manual', 'rejected'],
    ['rejected', { runId: 3, evaluationMode: 'manual' }, 'manual', 'rejected'],
  ] as const)('state %s %o is %s/%s', (state, change, mode, status) => {
    const text = written({ state, ...change });
    expect(text).toContain(`<evaluationMode>${mode}</evaluationMode>`);
    expect(text).toContain(`<evaluationStatus>${status}</evaluationStatus>`);
  });

  test('equal uncertainties are one number, unequal ones two', () => {
    expect(written({ lowerUncertaintyS: 0.02, upperUncertaintyS: 0.02 })).toContain(
      '</value><uncertainty>0.02</uncertainty></time>',
    );
    expect(written({ lowerUncertaintyS: 0.02, upperUncertaintyS: 0.03 })).toContain(
      '<lowerUncertainty>0.02</lowerUncertainty><upperUncertainty>0.03</upperUncertainty>',
    );
  });

  test('sigma of a fitted normal curve has its confidence; a width has none', () => {
    const extract = randomCatalog(5, 1, 4);
    const fit = {
      ...{ scale: 0.8, meanS: 0.001, sigmaS: 0.04, samples: 40, residualL2: 0.1 },
      covariance: [1e-3, 1e-6, 1e-6, 0, 1e-5, 0],
    } as const;
    const sure = { lowerUncertaintyS: 0.04, upperUncertaintyS: 0.04, uncertaintyMethod: undefined };
    const written = (method: string) =>
      writeQuakeml(
        {
          ...extract,
          picks: extract.picks.slice(0, 1).map((pick) => ({ ...pick, ...sure, method })),
        },
        options,
      );
    const fitted = written(`onset-1 1.0.0, ${formatPickFit(fit)}`);
    expect(fitted).toContain(
      '<uncertainty>0.04</uncertainty><confidenceLevel>68.27</confidenceLevel></time>',
    );
    expect(/<methodID>([^<]*)/.exec(fitted)![1]!.length).toBeLessThan(100);
    expect(fitted).toContain('<text>onset.fit: A 0.8000 mean +0.00100 s sigma');
    const [read] = readQuakeml(encode(fitted)).picks;
    expect(read!.method).toBe(`onset-1 1.0.0, ${formatPickFit(fit)}`);
    expect(parsePickFit(read!.method)).toEqual(fit);
    expect(written('onset-1 1.0.0, probability width exp(-1/2)')).not.toContain('confidenceLevel');
  });

  test('picks without an event stand in an element that says so', () => {
    const text = written({});
    expect(text).toContain(`<event publicID="${UNASSOCIATED_EVENT_ID}">`);
    expect(text).toContain('Picks that belong to no event');
    expect(text).not.toContain('<origin');
  });

  test('a time keeps its nanoseconds', () => {
    expect(written({ time: epochNs(1_600_000_000_123_456_789n) })).toContain(
      '<value>2020-09-13T12:26:40.123456789Z</value>',
    );
  });
});

describe('the reader', () => {
  const document = (inside: string) =>
    encode(
      `<q:quakeml xmlns:q="http://quakeml.org/xmlns/quakeml/1.2" xmlns="http://quakeml.org/xmlns/bed/1.2"><eventParameters publicID="smi:a.b/c"><event publicID="smi:a.b/e">${inside}</event></eventParameters></q:quakeml>`,
    );
  const pickWith = (inside: string) =>
    readQuakeml(
      document(
        `<pick publicID="smi:a.b/p"><time><value>2020-01-01T00:00:00Z</value></time><waveformID networkCode="UW" stationCode="A" locationCode="--" channelCode="HHZ"/>${inside}</pick>`,
      ),
    );

  test.each([
    ['automatic', 'preliminary', 'automatic'],
    ['automatic', undefined, 'automatic'],
    ['automatic', 'confirmed', 'confirmed'],
    ['automatic', 'reviewed', 'confirmed'],
    ['automatic', 'final', 'confirmed'],
    ['automatic', 'rejected', 'rejected'],
    ['manual', undefined, 'manual'],
    ['manual', 'preliminary', 'manual'],
    ['manual', 'reviewed', 'manual'],
    ['manual', 'rejected', 'rejected'],
    [undefined, 'confirmed', 'confirmed'],
    [undefined, 'reviewed', 'manual'],
    [undefined, undefined, 'automatic'],
  ])('%s/%s is %s', (mode, status, state) => {
    const inside = [
      mode ? `<evaluationMode>${mode}</evaluationMode>` : '',
      status ? `<evaluationStatus>${status}</evaluationStatus>` : '',
    ].join('');
    expect(pickWith(inside).picks[0]?.state).toBe(state);
  });

  test('a location of -- is an empty one', () => {
    expect(pickWith('').picks[0]?.stream.location).toBe('');
  });

  test('the same defect a thousand times gives a few sentences and a count', () => {
    const bad = Array.from({ length: 1000 }, (_, i) => `<pick publicID="smi:a.b/${i}"/>`).join('');
    const { picks, warnings } = readQuakeml(document(bad));
    expect(picks).toEqual([]);
    expect(warnings.length).toBeLessThan(20);
    expect(warnings).toContain('picks left out: 995 more');
  });

  test.each([
    ['', /empty/],
    ['<a/>', /root element is a/],
    ['not XML at all', /not well-formed XML/],
    ['<!DOCTYPE q><q/>', /document type/],
    ['<?xml version="1.0" encoding="klingon"?><q/>', /klingon/],
  ])('refuses %j in words', (text, words) => {
    const read = () => readQuakeml(encode(text));
    expect(read).toThrow(AppError);
    expect(read).toThrow(words);
  });

  test('bytes that are not UTF-8 are refused, Latin-1 that says so is read', () => {
    const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const body = new TextDecoder().decode(document('<comment><text>Örebro</text></comment>'));
    expect(() => readQuakeml(latin(body))).toThrow(/UTF-8/);
    const read = readQuakeml(latin(`<?xml version="1.0" encoding="ISO-8859-1"?>${body}`));
    expect(read.events[0]?.comment).toBe('Örebro');
  });

  test('never fails other than with an AppError on damaged files', () => {
    const bytes = encode(writeQuakeml(randomCatalog(9, 2, 4), options));
    const random = seededRandom(1);
    for (let i = 0; i < 300; i++) {
      const damaged = bytes.slice(0, Math.floor(random() * bytes.length));
      for (let n = 0; n < 3; n++) {
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      try {
        readQuakeml(
          i % 2 === 0 ? damaged : Uint8Array.from([...damaged, ...bytes.slice(damaged.length)]),
        );
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }
  });
});
