import { describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import { parseNslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { RecordFeed } from './recordFeed.ts';
import type { DecodedSegment } from './read.ts';
import { writeMiniseed2 } from './write2.ts';
import { writeMiniseed3 } from './write3.ts';

const START = epochNs(1_650_000_000_000_000_000n);

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  };
}

const next = random(3);
const traces = ['HHZ', 'HHN', 'HHE'].map((channel): TraceSegment => {
  const samples = Int32Array.from({ length: 3000 }, () => Math.round(4000 * (next() - 0.5)));
  return { stream: parseNslc(`XX.STA..${channel}`), startNs: START, sampleRateHz: 100, samples };
});
const later: TraceSegment[] = traces.map((trace) => ({
  ...trace,
  startNs: addSeconds(START, 30),
}));

function feed(bytes: Uint8Array, seed: number, longest: number) {
  const cut = random(seed);
  const records = new RecordFeed();
  const segments: DecodedSegment[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + 1 + Math.floor(cut() * longest));
    segments.push(...records.take(bytes.slice(from, to)));
    from = to;
  }
  const early = segments.length;
  segments.push(...records.end());
  return { segments, early, records };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function samplesOf(segments: readonly DecodedSegment[], channel: string): number[] {
  const own = segments.filter(({ stream }) => stream.channel === channel);
  return own.flatMap(({ samples }) => [...samples]);
}

describe('records from a pipe', () => {
  const two = writeMiniseed2([...traces, ...later], { recordLength: 512 });
  const three = writeMiniseed3([...traces, ...later]);

  test.each([
    ['miniSEED 2', two, 1],
    ['miniSEED 2', two, 700],
    ['miniSEED 2', two, 20_000],
    ['miniSEED 3', three, 300],
    ['both', joined(two, three), 5000],
  ] as const)('%s in pieces are whole, in order and complete', (_, bytes, longest) => {
    const whole = new RecordFeed().take(bytes);
    for (const seed of [1, 2, 3]) {
      const { segments, early, records } = feed(bytes, seed, longest);
      expect(segments).toEqual(whole);
      expect(early).toBe(whole.length);
      expect(records.passedOver).toBe(0);
    }
    const times = bytes.length > two.length + three.length - 1 ? 2 : 1;
    const expected = Array.from({ length: times }, () => [...traces[0]!.samples]);
    expect(samplesOf(whole, 'HHZ').slice(0, 3000)).toEqual(expected[0]);
    expect(samplesOf(whole, 'HHZ')).toHaveLength(6000 * times);
  });

  test('a record is given out with its last byte', () => {
    const records = new RecordFeed();
    expect(records.take(two.subarray(0, 511))).toEqual([]);
    expect(records.take(two.subarray(511, 512))).toHaveLength(1);
    expect(records.take(two.subarray(512, 1024))).toHaveLength(1);
  });

  test('what is no record is passed over: headers of SeedLink packets, a transfer cut off and begun again', () => {
    const packets: Uint8Array[] = [];
    for (let at = 0; at < two.length; at += 512) {
      packets.push(new TextEncoder().encode('SL00001A'), two.subarray(at, at + 512));
    }
    const wrapped = feed(joined(...packets), 4, 900);
    expect(wrapped.segments).toEqual(new RecordFeed().take(two));
    expect(wrapped.records.passedOver).toBe((8 * two.length) / 512);
    const broken = feed(joined(two.subarray(0, 300), two), 5, 900);
    expect(broken.segments.length).toBeGreaterThanOrEqual(two.length / 512 - 1);
    expect(broken.records.damaged).toBeGreaterThan(0);
    const cut = feed(two.subarray(0, two.length - 100), 6, 900);
    expect(cut.segments).toHaveLength(two.length / 512 - 1);
    expect([cut.records.damaged, cut.records.passedOver]).toEqual([0, 0]);
  });
});
