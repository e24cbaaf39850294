import { describe, expect, test } from 'vitest';
import { AppError } from '../../base/appError.ts';
import { addSeconds, epochNs, parseTime } from '../../base/time.ts';
import type { Nslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { crc32c } from './crc32c.ts';
import { readMiniseed, scanMiniseed } from './read.ts';
import { writeMiniseed2 } from './write2.ts';
import { writeMiniseed3 } from './write3.ts';

const stream: Nslc = { network: 'XX', station: 'TST', location: '', channel: 'HHZ' };
const startNs = parseTime('2026-03-14T06:00:00');
const samples = Int32Array.from({ length: 1000 }, (_, i) => Math.round(3000 * Math.sin(i * i)));
const whole: TraceSegment = { stream, startNs, sampleRateHz: 100, samples };
const RECORD = 256;
const file = writeMiniseed2([whole], { recordLength: RECORD });
const file3 = writeMiniseed3([whole], { payloadBytes: 256 });

function recordAt(i: number): Uint8Array {
  return file.slice(i * RECORD, (i + 1) * RECORD);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function starts(bytes: Uint8Array) {
  const { segments, warnings } = readMiniseed(bytes);
  return {
    samples: segments.map((s) => s.samples.length),
    codes: warnings.map((warning) => warning.code),
  };
}

const recordStarts = (() => {
  const counts: number[] = [];
  for (let i = 0; i < file.length / RECORD; i++) {
    counts.push(new DataView(file.buffer).getUint16(i * RECORD + 30));
  }
  return counts;
})();
const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

describe('a damaged file', () => {
  test('cut anywhere gives the whole records before the cut and never hangs or crashes', () => {
    for (const bytes of [file, file3]) {
      for (let length = 1; length < bytes.length; length += 7) {
        const cut = bytes.slice(0, length);
        try {
          const { segments } = readMiniseed(cut);
          for (const segment of segments) {
            expect(segment.samples).toEqual(samples.slice(0, segment.samples.length));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(length).toBeLessThan(400);
        }
      }
    }
  });

  test('with a record that ends early says so', () => {
    expect(starts(file.slice(0, 2 * RECORD + 100))).toEqual({
      samples: [sum(recordStarts.slice(0, 2))],
      codes: ['truncated-record'],
    });
  });

  test('with noise between records keeps the records', () => {
    const noise = Uint8Array.from({ length: 333 }, (_, i) => (i * 7919) % 251);
    const bytes = joined(noise, recordAt(0), noise, recordAt(1), noise);
    expect(starts(bytes)).toEqual({
      samples: [sum(recordStarts.slice(0, 2))],
      codes: ['not-data', 'not-data', 'not-data'],
    });
  });

  test('with a promise of more samples than a record holds loses that record only', () => {
    const bytes = file.slice();
    new DataView(bytes.buffer).setUint16(RECORD + 30, 60_000);
    expect(starts(bytes)).toEqual({
      samples: [recordStarts[0], 1000 - sum(recordStarts.slice(0, 2))],
      codes: ['damaged-record'],
    });
  });

  test('with a wrong last sample keeps the samples and warns', () => {
    const bytes = file.slice();
    new DataView(bytes.buffer).setInt32(64 + 8, 123_456);
    expect(starts(bytes)).toEqual({ samples: [1000], codes: ['integrity'] });
  });

  test('with random bytes over random places never throws anything but an AppError', () => {
    let state = 7;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    for (let round = 0; round < 400; round++) {
      const bytes = (round % 2 ? file : file3).slice();
      for (let i = 0; i < 30; i++) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      try {
        readMiniseed(bytes);
        scanMiniseed(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }
  });

  test('of miniSEED 3 loses the record whose checksum does not fit', () => {
    const bytes = file3.slice();
    bytes[120] = (bytes[120] ?? 0) ^ 1;
    const { segments, warnings } = readMiniseed(bytes);
    expect(warnings.map((warning) => [warning.code, warning.streamKey])).toEqual([
      ['checksum', 'XX.TST..HHZ'],
    ]);
    expect(segments.map((s) => s.samples)).toEqual([
      samples.slice(-(segments[0]?.samples.length ?? 0)),
    ]);
  });

  test.each([
    [new Uint8Array(0), /DAY\.mseed is empty/],
    [new TextEncoder().encode('# not waveforms'), /DAY\.mseed is not miniSEED/],
    [file.slice(0, 100), /DAY\.mseed holds no readable miniSEED record/],
    [
      new TextEncoder().encode('000001V 0100042 2.4'.padEnd(512)),
      /SEED volume of station metadata/,
    ],
  ])('without a record is refused by name %#', (bytes, message) => {
    expect(() => readMiniseed(bytes, { name: 'DAY.mseed' })).toThrow(message);
    expect(() => scanMiniseed(bytes, { name: 'DAY.mseed' })).toThrow(message);
  });
});

describe('records', () => {
  test('out of order join to one series', () => {
    const count = file.length / RECORD;
    const order = Array.from({ length: count }, (_, i) => (i * 5) % count);
    expect(new Set(order).size).toBe(count);
    const { segments } = readMiniseed(joined(...order.map(recordAt)));
    expect(segments.map((s) => [s.startNs, s.samples])).toEqual([[startNs, samples]]);
  });

  test('repeated are an overlap: a series each', () => {
    expect(starts(joined(file, file)).samples).toEqual([1000, 1000]);
  });

  test.each([
    [0.004, 1],
    [-0.004, 1],
    [0.006, 2],
    [-0.006, 2],
  ])('join up to half a sample: %d s off gives %d', (offS, segments) => {
    const next = { ...whole, startNs: addSeconds(epochNs(startNs + 10_000_000_000n), offS) };
    expect(starts(writeMiniseed2([whole, next])).samples.length).toBe(segments);
  });

  test('are decoded only where stream and window ask for them', () => {
    const other = { ...whole, stream: { ...stream, location: '--', channel: 'HHN' } };
    const bytes = writeMiniseed2([whole, other], { recordLength: RECORD });
    const read = (options: Parameters<typeof readMiniseed>[1]) =>
      readMiniseed(bytes, options).segments.map((s) => [
        `${s.stream.location}.${s.stream.channel}`,
        s.startNs - startNs,
        s.samples.length,
      ]);
    const [a = 0, b = 0] = recordStarts;
    const window = {
      startNs: addSeconds(startNs, (a + 5) / 100),
      endNs: addSeconds(startNs, (a + 9) / 100),
    };
    expect(read({ streamKeys: ['XX.TST..HHN'] })).toEqual([['--.HHN', 0n, 1000]]);
    expect(read({ streamKeys: ['XX.TST.--.HHZ'], window })).toEqual([
      ['.HHZ', BigInt(a) * 10_000_000n, b],
    ]);
    expect(read({ streamKeys: ['XX.NIL..HHZ'] })).toEqual([]);
  });
});

test('CRC-32C of the check string is that of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});
