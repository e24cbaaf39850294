import { describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../../base/time.ts';
import { formatNslc, type Nslc } from '../../domain/waveform/nslc.ts';
import type { Samples, TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { readMiniseed } from './read.ts';
import { writeMiniseed2 } from './write2.ts';
import { writeMiniseed3 } from './write3.ts';

const stream: Nslc = { network: 'XX', station: 'TST', location: '00', channel: 'HHZ' };

function segment(samples: Samples, more: Partial<TraceSegment> = {}): TraceSegment {
  const startNs = parseTime('2024-02-29T23:59:59.123457');
  return { stream, startNs, sampleRateHz: 100, samples, ...more };
}

/** Reproducible numbers with steps of every width Steim-2 has. */
function walk(count: number, seed = 1): Int32Array {
  const samples = new Int32Array(count);
  let state = seed;
  let value = 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const bits = 2 + (Math.floor(i / 50) % 27);
    const step = state >> (32 - bits);
    value = Math.abs(value + step) < 2 ** 30 ? value + step : value - step;
    samples[i] = value;
  }
  return samples;
}

function facts(segments: readonly TraceSegment[]) {
  return segments.map(({ stream: id, startNs, sampleRateHz, samples }) => ({
    id: formatNslc(id),
    startNs,
    sampleRateHz,
    samples,
  }));
}

const integers = walk(5000);
const floats = Float32Array.from(integers, (x) => x * 1.1);
const doubles = Float64Array.from(integers, (x) => x / 3);
doubles[7] = NaN;

describe('what is written is read back exactly', () => {
  test.each([integers, floats, doubles])('into memory that threads share', (samples) => {
    const [read] = readMiniseed(writeMiniseed2([segment(samples)]), { shared: true }).segments;
    expect(read?.samples).toEqual(samples);
    expect(read?.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test.each([128, 256, 512, 4096, 65_536, 1 << 20])('miniSEED 2, records of %d bytes', (length) => {
    for (const samples of [integers, floats, doubles]) {
      const bytes = writeMiniseed2([segment(samples)], { recordLength: length });
      const { segments, warnings } = readMiniseed(bytes);
      expect(bytes.length % length).toBe(0);
      expect(warnings).toEqual([]);
      expect(facts(segments)).toEqual(facts([segment(samples)]));
    }
  });

  test.each([64, 100, 4096, 1_000_000])('miniSEED 3, payloads of %d bytes', (payloadBytes) => {
    const startNs = epochNs(-181882115012345679n);
    for (const samples of [integers, floats, doubles]) {
      const written = segment(samples, { startNs, sampleRateHz: 99.9999123 });
      const { segments, warnings } = readMiniseed(writeMiniseed3([written], { payloadBytes }));
      expect(warnings).toEqual([]);
      expect(facts(segments)).toEqual(facts([written]));
    }
  });

  test.each([1, 100, 0.1, 1 / 3, 100 / 3, 12.5, 250, 1080, 40_000, 1 / 3600])(
    'miniSEED 2 keeps the rate %d Hz',
    (sampleRateHz) => {
      const written = segment(walk(300), { sampleRateHz });
      const { segments } = readMiniseed(writeMiniseed2([written], { recordLength: 256 }));
      expect(facts(segments)).toEqual(facts([written]));
    },
  );

  test('a rate no factors give is kept to float32 in blockette 100', () => {
    const written = segment(walk(300), { sampleRateHz: 99.98765 });
    const { segments } = readMiniseed(writeMiniseed2([written], { recordLength: 256 }));
    expect(segments.map((s) => [s.sampleRateHz, s.samples])).toEqual([
      [Math.fround(99.98765), written.samples],
    ]);
  });

  test('samples of one value, of two, and jumps over the whole range', () => {
    const jumps = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, -1);
    for (const samples of [Int32Array.of(-5), Int32Array.of(1, 2), jumps]) {
      for (const bytes of [
        writeMiniseed2([segment(samples)]),
        writeMiniseed3([segment(samples)]),
      ]) {
        expect(facts(readMiniseed(bytes).segments)).toEqual(facts([segment(samples)]));
      }
    }
  });

  test('long codes in miniSEED 3', () => {
    const long = { network: 'ABCD2026', station: 'LONGSTA', location: '0123', channel: 'H_Ha_ZZ' };
    const written = segment(walk(10), { stream: long });
    expect(facts(readMiniseed(writeMiniseed3([written])).segments)).toEqual(facts([written]));
    expect(() => writeMiniseed2([written])).toThrow(/too long for miniSEED 2/);
  });

  test('an encoding that would lose something is refused', () => {
    expect(() => writeMiniseed2([segment(floats)], { encoding: 'steim2' })).toThrow(
      /floating-point/,
    );
    expect(() => writeMiniseed2([segment(doubles)], { encoding: 'float32' })).toThrow(/64-bit/);
    expect(() => writeMiniseed2([segment(integers)], { recordLength: 500 })).toThrow(/500 bytes/);
  });
});
