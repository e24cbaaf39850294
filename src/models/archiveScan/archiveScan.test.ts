import { describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../../base/time.ts';
import { parseNslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { planGroup, scanChunk } from './archiveScan.ts';
import { DEFAULT_GPD_SCAN, gpdLine, scanGpd } from './gpdScan.ts';
import { interpolateSlopes } from './interpolateSlopes.ts';
import { groupStart, parseArchiveList, predictionLine } from './predictionText.ts';
import {
  DEFAULT_ARCHIVE_SCAN,
  checkScanOptions,
  parseScanThresholds,
  scalerFile,
} from './scanOptions.ts';
import { findPeaksUpToOne } from '../pickRules/pickCurves.ts';
import { denseCurve } from '../pickRules/sparseCurve.ts';
import { scanPicks } from './scanPicks.ts';
import { scanChunks, scanSpans } from './scanTraces.ts';
import { type InferWindows, restoreScores, scanWindowCount, scoreWindows } from './scanWindows.ts';

const START = parseTime('2021-04-01T00:00:00.0383');
const f64 = (...values: number[]): Float64Array => Float64Array.from(values);

function trace(
  channel: string,
  samples: Float64Array,
  startS = 0,
  sampleRateHz = 100,
): TraceSegment {
  return {
    stream: parseNslc(`IM.NYSH..${channel}`),
    startNs: epochNs(START + BigInt(Math.round(startS * 1e9))),
    sampleRateHz,
    samples,
  };
}

const wave = (length: number, hz = 7): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hz * i) / 100) * (i % 13));
const plain = { detrend: false, highpassHz: undefined, start: undefined, end: undefined };

describe('options', () => {
  test('thresholds are one number or one for each phase', () => {
    expect(parseScanThresholds('0.95')).toEqual({ P: 0.95, S: 0.95 });
    expect(parseScanThresholds(' P:0.9997 , s: 0.9995')).toEqual({ P: 0.9997, S: 0.9995 });
    for (const text of ['', 'p: 0.9', '1.2', '0', 'p: 0.9, s: 2', 'p: 0.9, s: 0.9, n: 0.9', 'x']) {
      expect(() => parseScanThresholds(text)).toThrow('--threshold');
    }
  });

  test('what no scan can be made with is refused by its name', () => {
    const wrong = (change: object): (() => void) => {
      return () => checkScanOptions({ ...DEFAULT_ARCHIVE_SCAN, ...change });
    };
    expect(wrong({})).not.toThrow();
    expect(wrong({ batchSize: 0 })).toThrow('--batch-size 0');
    expect(wrong({ shiftSamples: 2.5 })).toThrow('--shift 2.5');
    expect(wrong({ chunkSeconds: 3 })).toThrow('--trace-size 3');
    expect(wrong({ thresholds: { P: 0.9, S: 1.5 } })).toThrow('--threshold');
  });

  test('each scaler has its file', () => {
    expect([scalerFile('window'), scalerFile('batch')]).toEqual([
      'model.onnx',
      'model-batch-scaler.onnx',
    ]);
  });
});

describe('spans and chunks', () => {
  test('files are cut to their common span and to the times asked for', () => {
    const files = [
      [trace('HHN', wave(1000))],
      [trace('HHE', wave(1000), 1)],
      [trace('HHZ', wave(950), 0.502)],
    ];
    const { spans } = scanSpans(files, plain);
    expect(
      spans.map(({ startNs, components }) => [startNs, components.map((c) => c.length)]),
    ).toEqual([[START + 1_000_000_000n, [900, 900, 900]]]);
    expect(spans[0]!.components[0]![0]).toBe(wave(1000)[100]);
    const asked = scanSpans(files, {
      ...plain,
      start: epochNs(START + 2_000_000_000n),
      end: epochNs(START + 3_000_000_000n),
    });
    expect(asked.spans.map(({ components }) => components[2]!.length)).toEqual([101]);
  });

  test('traces are paired by their place; a group with other gaps in one file is skipped', () => {
    const gap = (channel: string): TraceSegment[] => [
      trace(channel, wave(500)),
      trace(channel, wave(600), 10),
    ];
    const { spans } = scanSpans([gap('HHN'), gap('HHE')], plain);
    expect(spans.map(({ components }) => components[0]!.length)).toEqual([500, 600]);
    const one = scanSpans([gap('HHN'), [trace('HHE', wave(1600))]], plain);
    expect(one).toEqual({ spans: [], skipped: 'its files have 2, 1 traces; gaps differ' });
    expect(scanSpans([], plain).skipped).toBe('it names no file');
    expect(scanSpans([[]], plain).skipped).toBe('a file has no trace');
    expect(() => scanSpans([[trace('LOG', wave(9), 0, 0)]], plain)).toThrow('IM.NYSH LOG');
  });

  test('traces are detrended, filtered and brought to 100 Hz', () => {
    const slope = Float64Array.from({ length: 2000 }, (_, i) => 5 + i);
    const [span] = scanSpans([[trace('HHZ', slope, 0, 50)]], {
      ...plain,
      detrend: true,
      highpassHz: 2,
    }).spans;
    expect(span!.components[0]!.length).toBe(3999);
    expect(Math.max(...span!.components[0]!.map(Math.abs))).toBeLessThan(1e-6);
  });

  test('a chunk holds the first sample of the next', () => {
    const span = { startNs: START, components: [wave(1201)] };
    const chunks = scanChunks(span, 4);
    expect(
      chunks.map(({ startNs, components }) => [Number(startNs - START), components[0]!.length]),
    ).toEqual([
      [0, 401],
      [4e9, 401],
      [8e9, 401],
      [12e9, 1],
    ]);
  });
});

describe('windows', () => {
  test.each([
    [399, 10, 0],
    [400, 10, 1],
    [409, 10, 1],
    [410, 10, 2],
    [60_001, 10, 5961],
    [10, 40, 0],
  ])('%d samples at a shift of %d have %d', (samples, shift, count) => {
    expect(scanWindowCount(samples, shift)).toBe(count);
  });

  const windowsOf = async (
    components: Float64Array[],
    normalisation: 'window' | 'chunk',
    shiftSamples: number,
    batchSize: number,
  ): Promise<{ fed: number[][]; batches: number[]; scores: Float32Array }> => {
    const fed: number[][] = [];
    const batches: number[] = [];
    const infer: InferWindows = (input, windows) => {
      batches.push(windows);
      const size = components.length * 400;
      for (let w = 0; w < windows; w += 1) fed.push([...input.subarray(w * size, (w + 1) * size)]);
      const first = fed.length - windows;
      return Promise.resolve(Float32Array.from({ length: windows * 3 }, (_, i) => first * 3 + i));
    };
    const windowing = { normalisation, shiftSamples, batchSize };
    return { scores: await scoreWindows(components, windowing, infer), fed, batches };
  };

  test.each([10, 7, 400, 450])(
    'at a shift of %d are divided by their own largest value',
    async (shift) => {
      const components = [wave(1700), wave(1700, 3).map((v) => 1.1 * v)];
      const { fed, batches, scores } = await windowsOf(components, 'window', shift, 4);
      const count = scanWindowCount(1700, shift);
      expect(fed.length).toBe(count);
      expect(batches).toEqual([
        ...new Array<number>(Math.floor(count / 4)).fill(4),
        ...(count % 4 === 0 ? [] : [count % 4]),
      ]);
      expect([...scores]).toEqual(Array.from({ length: count * 3 }, (_, i) => i));
      fed.forEach((values, w) => {
        const raw = components.flatMap((c) => [...c.subarray(w * shift, w * shift + 400)]);
        const largest = Math.max(...raw.map(Math.abs));
        expect(values).toEqual([...Float32Array.from(raw, (v) => v / largest)]);
      });
    },
  );

  test('or by that of the whole chunk; a silent one stays silent', async () => {
    const half = wave(800).map((v, i) => (i < 400 ? v : 0));
    const largest = Math.max(...half.map(Math.abs));
    const whole = await windowsOf([half], 'chunk', 400, 10);
    expect(whole.fed[0]).toEqual([...Float32Array.from(half.subarray(0, 400), (v) => v / largest)]);
    const own = await windowsOf([half], 'window', 400, 10);
    expect(own.fed[1]!.every((v) => v === 0)).toBe(true);
  });

  test('scores return as straight lines, 0 after the last full step', () => {
    const curves = restoreScores(Float32Array.of(0, 1, 0, 1, 0, 0, 0, 1, 0), 12, 4);
    expect([...curves[0]!]).toEqual([0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0, 0, 0]);
    expect([...curves[1]!]).toEqual([1, 0.75, 0.5, 0.25, 0, 0.25, 0.5, 0.75, 0, 0, 0, 0]);
  });
});

describe('picks', () => {
  test('are maxima with a level top at its middle, the highest first, the later of equals', () => {
    const curve = f64(0.9, 0.5, 0.8, 0.8, 0.8, 0.1, 0.7, 0.1, 0.7, 0.2, 1.01, 0.3);
    const peaks = (values: Float64Array, threshold: number, distance: number): number[] => [
      ...findPeaksUpToOne(denseCurve(values), threshold, distance).samples,
    ];
    expect(peaks(curve, 0.7, 1)).toEqual([3, 6, 8]);
    expect(peaks(curve, 0.75, 1)).toEqual([3]);
    expect(peaks(curve, 0.7, 3)).toEqual([3, 8]);
    expect(peaks(f64(0, 0.7, 0, 0.7, 0), 0.5, 3)).toEqual([3]);
    expect(peaks(f64(0, 0.7, NaN, 0.7, 0), 0.5, 1)).toEqual([]);
  });

  test('belong to the middle of their window, and need the highest mean about them', () => {
    const rise = (at: number, width: number): Float64Array =>
      Float64Array.from({ length: 1000 }, (_, i) => Math.max(0, 1 - Math.abs(i - at) / width));
    const thresholds = { P: 0.5, S: 0.5 };
    const flat = new Float64Array(1000).fill(0.3);
    const picks = scanPicks([rise(400, 90), rise(980, 40), flat], START, thresholds);
    expect(picks).toEqual([
      { phase: 'P', sample: 400, value: 1, timeNs: START + 6_000_000_000n, dominant: true },
      { phase: 'S', sample: 980, value: 1, timeNs: START + 11_800_000_000n, dominant: false },
    ]);
  });
});

describe('a group from traces to lines', () => {
  test('is scanned chunk by chunk', async () => {
    const files = ['HHN', 'HHE', 'HHZ'].map((channel) => [trace(channel, wave(1500))]);
    const options = { ...DEFAULT_ARCHIVE_SCAN, chunkSeconds: 10, thresholds: { P: 0.9, S: 0.9 } };
    const { chunks, skipped } = planGroup(files, options);
    expect([chunks.length, skipped]).toEqual([2, undefined]);
    // A network that sees P in the thirtieth window.
    const infer: InferWindows = (_, windows) =>
      Promise.resolve(
        Float32Array.from({ length: windows * 3 }, (_, i) => {
          const p = Math.max(0, 1 - Math.abs(Math.floor(i / 3) - 30) / 20);
          return i % 3 === 0 ? p : i % 3 === 1 ? 0 : 0.1;
        }),
      );
    const first = await scanChunk(chunks[0]!, options, infer);
    expect(first.scores.length).toBe(3 * 61);
    const lines = first.picks.map((pick) => predictionLine('NYSH', pick));
    expect(lines).toEqual(['NYSH P 1.0000 01.04.2021 00:00:05.0383']);
  });

  test('lists and lines are as the program reads and writes them', () => {
    expect(parseArchiveList('a.n  a.e\ta.z\n\r\nb.n b.e b.z\r\n')).toEqual([
      ['a.n', 'a.e', 'a.z'],
      [],
      ['b.n', 'b.e', 'b.z'],
    ]);
    expect(parseArchiveList('')).toEqual([]);
    expect([groupStart(['a.n', 'a.e']), groupStart([])]).toEqual(['a.n a.e ', '']);
    const pick = { phase: 'S', value: 0.99987, timeNs: parseTime('2021-04-01T12:35:50') } as const;
    expect(predictionLine('NYSH', pick)).toBe('NYSH S 0.9998 01.04.2021 12:35:50.');
    expect(predictionLine('NYSH', pick, 2)).toBe('NYSH S 0.99 01.04.2021 12:35:50.');
    expect(() => predictionLine('NYSH', pick, -1)).toThrow('--print-precision');
  });
});

describe("GPD's own scan", () => {
  test('picks the highest window of a trigger of more than one', async () => {
    const traces = ['HHN', 'HHE', 'HHZ'].map((channel) => trace(channel, wave(1000)));
    const p = new Map([
      [10, 0.96],
      [11, 0.99],
      [12, 0.5],
      [40, 0.97],
    ]);
    const infer: InferWindows = (_, windows) =>
      Promise.resolve(
        Float32Array.from({ length: windows * 3 }, (_, i) =>
          i % 3 === 0 ? (p.get(i / 3) ?? 0) : 0,
        ),
      );
    const { picks } = await scanGpd(traces, DEFAULT_GPD_SCAN, infer);
    expect(picks).toEqual([
      {
        phase: 'P',
        on: 10,
        off: 12,
        window: 11,
        value: Math.fround(0.99),
        timeNs: START + 3_100_000_000n,
      },
    ]);
    expect(gpdLine(traces[0]!.stream, picks[0]!)).toBe('IM NYSH P 2021-04-01T00:00:03.138300');
    expect(gpdLine(traces[0]!.stream, { phase: 'S', timeNs: parseTime('2021-04-01') })).toBe(
      'IM NYSH S 2021-04-01T00:00:00',
    );
    expect((await scanGpd([], DEFAULT_GPD_SCAN, infer)).picks).toEqual([]);
  });
});

describe('interpolateSlopes', () => {
  test('keeps lines, input samples and extrema; goes on level outside', () => {
    const line = Float64Array.from({ length: 9 }, (_, i) => 2 * i);
    expect([...interpolateSlopes(line, 50, 100)]).toEqual(
      Array.from({ length: 17 }, (_, k) => expect.closeTo(k, 9)),
    );
    const bend = f64(0, 3, 3, 1, 4);
    const twice = interpolateSlopes(bend, 1, 2);
    expect([...twice].filter((_, k) => k % 2 === 0)).toEqual([...bend]);
    expect(Math.max(...twice)).toBe(4);
    const outside = interpolateSlopes(bend, 1, 1, { startShiftS: -1, length: 7 });
    expect([...outside]).toEqual([0, ...bend, 4]);
    expect([...interpolateSlopes(f64(5), 50, 100)]).toEqual([5]);
    expect(interpolateSlopes(f64(), 50, 100).length).toBe(0);
  });
});
