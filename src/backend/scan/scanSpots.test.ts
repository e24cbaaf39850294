import { afterAll, describe, expect, test } from 'vitest';
import { client, EVENTS_S, joined, origin, scan, segment } from '../../../test/sensorScan.ts';
import { addSeconds, type EpochNs } from '../../base/time.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { PickSpots } from './scanSpots.ts';

afterAll(() => client.dispose());

const at = (seconds: number): EpochNs => addSeconds(origin, seconds);

function part(whole: TraceSegment, fromS: number, toS: number): TraceSegment {
  const [from, to] = [fromS * whole.sampleRateHz, toS * whole.sampleRateHz];
  const startNs = sampleTime(whole.startNs, from, whole.sampleRateHz);
  return { ...whole, startNs, samples: whole.samples.slice(from, to) };
}

function spotsOf(...segments: readonly TraceSegment[]): PickSpots {
  const spots = new PickSpots();
  spots.take(
    Map.groupBy(segments, ({ stream }) => formatNslc(stream)),
    origin,
  );
  return spots;
}

describe('spots', () => {
  const z = segment('HHZ', 0, 100, 100);

  test('of gaps reach 5 s to both sides; what is read twice is told once', () => {
    const spots = spotsOf(part(z, 60, 100), part(z, 0, 57));
    spots.take(new Map([['z', [part(z, 50, 57), part(z, 60, 70)]]]), origin);
    expect([51.9, 52.1, 58, 64.9, 65.1].map((s) => spots.at(at(s)))).toEqual([
      [],
      ...Array.from({ length: 3 }, () => ['gap of 3.0 s on HHZ']),
      [],
    ]);
    expect(spotsOf(part(z, 0, 50), part(z, 50, 100)).state).toEqual([]);
    expect(spotsOf(part(z, 0, 60), part(z, 50, 100)).state).toEqual([]);
  });

  test('of clipped records reach from 3 s before to 1 s after them; small numbers repeat by themselves', () => {
    const clipped = (limit: number, scale: number): TraceSegment => {
      const samples = Int32Array.from({ length: 10_000 }, (_, i) => {
        const wave = scale * Math.sin(i / 3) * (Math.abs(i - 4000) < 60 ? 1 : 0.05);
        return Math.round(Math.max(-limit, Math.min(limit, wave)));
      });
      return { ...z, samples };
    };
    const spots = spotsOf(clipped(4000, 50_000));
    expect(spots.at(at(40))).toEqual(['clipped on HHZ']);
    expect([36, 42].map((s) => spots.at(at(s)))).toEqual([[], []]);
    expect(spotsOf(clipped(60_000, 50_000)).state).toEqual([]);
    expect(spotsOf(clipped(3, 40)).state).toEqual([]);
  });

  test('so many that nobody reads them are counted', () => {
    const pieces = Array.from({ length: 8 }, (_, k) => part(z, 50 + k, 50.9 - k / 10 + k));
    const words = spotsOf(...pieces).at(at(53));
    expect(words).toHaveLength(5);
    expect(words.at(-1)).toBe('gaps and the like: 3 more');
  });

  test('go on from their state; old ones are let go', () => {
    const before = spotsOf(part(z, 0, 57), part(z, 60, 100));
    before.takeMasked('HHN', at(10), at(10.05));
    const after = new PickSpots(before.state);
    expect(after.at(at(11))).toEqual(['masked 0.05 s on HHN']);
    expect(after.at(at(59))).toEqual(['gap of 3.0 s on HHZ']);
    after.take(new Map(), at(3700));
    expect(after.state).toEqual([]);
  });
});

describe('picks of a run', () => {
  const channels = ['HHZ', 'HHN', 'HHE'] as const;
  const whole = channels.map((channel) => segment(channel, 0, 330, 100));
  const [first = 0, second = 0] = EVENTS_S;

  /** Words of the picks near a time. */
  const wordsNear = (scanned: Awaited<ReturnType<typeof scan>>, seconds: number): string[] => {
    const near = scanned.times.flatMap((time, i) => (Math.abs(time - seconds) < 0.3 ? [i] : []));
    return near.flatMap((i) => scanned.warnings[i] ?? []);
  };

  test('beside a gap, in a mask and on a clipped record are told so, others are not', async () => {
    const [z, n, e] = whole as [TraceSegment, TraceSegment, TraceSegment];
    const top = 120;
    const cut = { ...z, samples: z.samples.map((v) => Math.max(-top, Math.min(top, v))) };
    const other = part(n, second + 1, second + 2);
    const segments = [
      cut,
      part(n, 0, first - 3),
      part(n, first - 2, 330),
      { ...other, samples: other.samples.map((value) => value + 1000) },
      e,
    ];
    for (const blockS of [1000, 100]) {
      const scanned = await scan(segments, blockS);
      expect(wordsNear(scanned, first)).toEqual(['clipped on HHZ', 'gap of 1.0 s on HHN']);
      const words = wordsNear(scanned, second);
      expect(words).toContain('masked 1.00 s on HHN');
      expect(scanned.notes.join()).toContain('XX.AAA..HHZ: cut off at its highest or lowest');
      expect(scanned.notes.join()).toContain('records of the same time disagree in');
    }
    const plain = await scan(whole, 1000);
    expect(plain.picks.length).toBeGreaterThanOrEqual(2 * EVENTS_S.length);
    expect(plain.warnings.flat()).toEqual([]);
  });

  test('absent horizontals fed as the vertical change the curve, and it is said', async () => {
    const [z] = whole as [TraceSegment];
    const zeros = await scan([z], 1000);
    const copies = await scan([z], 1000, 330, { absentAs: 'vertical' });
    expect(joined(copies.curves, 'P')).not.toEqual(joined(zeros.curves, 'P'));
    expect(zeros.notes.join()).toContain('N and E absent in some or all of it: ');
    expect(zeros.notes.join()).not.toContain('copies');
    expect(copies.notes.join()).toContain('fed as copies of the vertical');
    expect(copies.warnings.every((words) => words.includes('N and E absent'))).toBe(true);
  });
});
