import { describe, expect, test } from 'vitest';
import { AppError } from '../../base/appError.ts';
import { epochNs } from '../../base/time.ts';
import { randomCatalog, seededRandom } from '../../../test/randomCatalog.ts';
import { digitsFor, markersFromCatalog } from './fromCatalog.ts';
import type { PhaseMarker } from './marker.ts';
import { formatMarkerTime, parseMarkerTime } from './markerTime.ts';
import { looksLikeMarkers, readMarkers } from './reader.ts';
import { sha1 } from './sha1.ts';
import { catalogFromMarkers } from './toCatalog.ts';
import { quoteToken, tokenise } from './tokens.ts';
import { writeMarkers } from './writer.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

describe('SHA-1', () => {
  // Examples of FIPS 180-4 and RFC 3174.
  test.each([
    ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    ],
    ['a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ])('of %.20s', (text, digest) => {
    expect(hex(sha1(encode(text)))).toBe(digest);
  });
});

describe('tokens', () => {
  test.each([
    'a b',
    "it's",
    '"x"',
    'a\\b c',
    "\\'",
    ' ',
    "'",
    '"',
    'x"y',
    '茨城県 🌋',
    '\u0085',
    'tab\there',
  ])('%j is read back as it was written', (text) => {
    expect(tokenise(`before ${quoteToken(text)} after`)).toEqual(['before', text, 'after']);
  });

  test('a line end in a name becomes a blank', () => {
    expect(tokenise(quoteToken('two\r\nlines'))).toEqual(['two lines']);
  });
});

describe('times', () => {
  test('nine digits are exact both ways, before and after 1970', () => {
    const random = seededRandom(4);
    for (let i = 0; i < 200; i++) {
      const time = epochNs(BigInt(Math.floor((random() - 0.3) * 2e15)) * 1009n);
      const [date, clock] = formatMarkerTime(time, 9).split(' ') as [string, string];
      expect(parseMarkerTime(date, clock)).toBe(time);
    }
  });
});

describe('the catalog as markers', () => {
  const extract = randomCatalog(2, 5, 10);
  const markers = markersFromCatalog(extract, { includeRejected: true });

  test('keeps stream, time, phase, polarity, whether a machine made it, and the event', () => {
    const read = readMarkers(encode(writeMarkers(markers, digitsFor(markers))));
    expect(read.warnings).toEqual([]);
    const { document } = catalogFromMarkers(read.markers);
    const named = extract.picks.filter((pick) => pick.phase !== '');
    const key = (p: { time: bigint; phase: string; polarity: unknown; stream: object }) =>
      [p.time, p.phase, p.polarity, ...Object.values(p.stream)].join(' ');
    expect(document.picks.map(key).sort()).toEqual(named.map(key).sort());
    const eventOf = new Map(document.picks.map((pick) => [key(pick), pick.eventIndex]));
    for (const pick of named) {
      const found = eventOf.get(key(pick));
      const event = extract.events.find((e) => e.id === pick.eventId);
      expect(found === undefined).toBe(event === undefined);
      if (found !== undefined) {
        expect(document.events[found]?.origin?.time).toBe(event?.origin?.time);
      }
    }
  });

  test('of a span the middle is the time and half of it the uncertainty', () => {
    const phase = markers.find(
      (marker): marker is PhaseMarker => marker.type === 'phase' && !!marker.phase,
    )!;
    const span = { ...phase, endNs: epochNs(phase.startNs + 400_000_000n) };
    const [pick] = catalogFromMarkers([span]).document.picks;
    expect(pick?.time).toBe(phase.startNs + 200_000_000n);
    expect([pick?.lowerUncertaintyS, pick?.upperUncertaintyS]).toEqual([0.2, 0.2]);
  });

  test('what cannot be a pick is named, not dropped in silence', () => {
    const text = [
      '# Snuffler Markers File Version 0.2',
      '2024-01-02 03:04:05.1 0 XX.ABC..HHZ',
      'phase: 2024-01-02 03:04:05.1 0 XX.*..HHZ None None None P None False',
      'phase: 2024-01-02 03:04:05.1 0 XX.A..HHZ None None None None None False',
    ].join('\n');
    const { document, warnings } = catalogFromMarkers(readMarkers(encode(text)).markers);
    expect(document.picks).toEqual([]);
    expect(warnings.join('\n')).toMatch(/has no phase;[^]*exactly one stream[^]*no phase name/);
  });
});

test('random damage costs lines, never more than an AppError', () => {
  const bytes = encode(
    writeMarkers(markersFromCatalog(randomCatalog(7, 3, 5), { includeRejected: true }), 4),
  );
  const random = seededRandom(2);
  for (let i = 0; i < 300; i++) {
    const damaged = bytes.slice();
    for (let n = 0; n < 5; n++) {
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
    }
    try {
      readMarkers(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
    }
  }
});

test('a marker file is known by its first words', () => {
  expect(looksLikeMarkers(encode('# Snuffler Markers File Version 0.2\n'))).toBe(true);
  expect(looksLikeMarkers(encode('\ufeff# Snuffler Markers File Version 0.2\n'))).toBe(true);
  expect(looksLikeMarkers(encode('<q:quakeml/>'))).toBe(false);
});
