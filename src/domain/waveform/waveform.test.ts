import { describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../../base/time.ts';
import { describeFilter } from './bandFilter.ts';
import {
  componentOf,
  formatNslc,
  parseNslc,
  plainLocation,
  sensorKey,
  toSourceId,
} from './nslc.ts';
import { contains, durationS, intersect, overlaps } from './timeWindow.ts';
import { lastSampleTime, nearestSample, samplesToNs, sampleTime } from './traceSegment.ts';

describe('stream ids', () => {
  test('round trip, with an absent location written in either way', () => {
    const stream = parseNslc('UW.HANS.--.HHZ');
    expect(stream).toEqual({ network: 'UW', station: 'HANS', location: '', channel: 'HHZ' });
    expect(formatNslc(stream)).toBe('UW.HANS..HHZ');
    expect([sensorKey(stream), componentOf(stream)]).toEqual(['UW.HANS..HH', 'Z']);
    expect([plainLocation('--'), plainLocation('  '), plainLocation('00')]).toEqual(['', '', '00']);
  });

  test('FDSN source identifiers', () => {
    expect(toSourceId(parseNslc('UW.HANS..HHZ'))).toBe('FDSN:UW_HANS__H_H_Z');
    expect(toSourceId(parseNslc('BW.BW01.00.ZH'))).toBe('FDSN:BW_BW01_00___ZH');
  });

  test('refuses what has not four parts', () => {
    expect(() => parseNslc('UW.HANS.HHZ')).toThrow(/write it NET.STA.LOC.CHA/);
  });
});

describe('windows', () => {
  const window = (a: bigint, b: bigint) => ({ startNs: epochNs(a), endNs: epochNs(b) });

  test('the start belongs to it, the end does not', () => {
    const w = window(10n, 20n);
    expect([contains(w, epochNs(10n)), contains(w, epochNs(20n))]).toEqual([true, false]);
    expect([overlaps(w, window(20n, 30n)), overlaps(w, window(19n, 30n))]).toEqual([false, true]);
    expect(intersect(w, window(15n, 30n))).toEqual(window(15n, 20n));
    expect(intersect(w, window(20n, 30n))).toBeUndefined();
    expect(durationS(window(0n, 1_500_000_000n))).toBe(1.5);
  });
});

describe('sample times', () => {
  test('a day at a whole rate accumulates no error', () => {
    expect(samplesToNs(8_640_000, 100)).toBe(86_400_000_000_000n);
    expect(samplesToNs(1, 3)).toBe(333_333_333n);
    expect(samplesToNs(2, 3)).toBe(666_666_667n);
    expect(samplesToNs(-2, 3)).toBe(-666_666_667n);
    expect(samplesToNs(3, 0.5)).toBe(6_000_000_000n);
  });

  test('first, last and nearest', () => {
    const startNs = parseTime('2023-10-09');
    const segment = {
      stream: parseNslc('A.B..C'),
      startNs,
      sampleRateHz: 40,
      samples: new Int32Array(41),
    };
    expect(lastSampleTime(segment)).toBe(startNs + 1_000_000_000n);
    expect(lastSampleTime({ ...segment, samples: new Int32Array(0) })).toBe(startNs);
    expect(sampleTime(startNs, 4, 40)).toBe(startNs + 100_000_000n);
    expect(nearestSample(startNs, epochNs(startNs + 112_000_000n), 40)).toBe(4);
    expect(nearestSample(startNs, epochNs(startNs - 26_000_000n), 40)).toBe(-1);
  });
});

test('a filter in words', () => {
  const band = { corners: 4, zeroPhase: false };
  expect([
    describeFilter({ ...band, lowHz: 1, highHz: 20 }),
    describeFilter({ ...band, lowHz: 2, highHz: undefined, zeroPhase: true }),
    describeFilter({ ...band, lowHz: undefined, highHz: 5 }),
    describeFilter({ ...band, lowHz: undefined, highHz: undefined }),
    describeFilter(undefined),
  ]).toEqual(['1–20 Hz causal', '> 2 Hz zero-phase', '< 5 Hz causal', 'raw', 'raw']);
});
