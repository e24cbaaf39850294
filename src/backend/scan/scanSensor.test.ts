import { afterAll, describe, expect, test } from 'vitest';
import { client, EVENTS_S, joined, scan, segment } from '../../../test/sensorScan.ts';

afterAll(() => client.dispose());

const channels = ['HHE', 'HHN', 'HHZ'];
const whole = channels.map((channel) => segment(channel, 0, 330, 100));

describe('a sensor through the model', () => {
  test('finds P on the vertical and S on a horizontal, near the onsets', async () => {
    const { picks, times } = await scan(whole, 1e6);
    expect(picks.map((pick) => pick.slice(0, 5))).toEqual(
      EVENTS_S.flatMap(() => ['P HHZ', 'S HHN']),
    );
    EVENTS_S.forEach((event, i) => {
      expect(Math.abs(times[2 * i]! - event)).toBeLessThan(0.1);
      expect(Math.abs(times[2 * i + 1]! - event - 4)).toBeLessThan(0.2);
    });
  });

  test('blocks change nothing: same picks, same curve', async () => {
    const unblocked = await scan(whole, 1e6);
    for (const blockS of [120, 70.37]) {
      const blocked = await scan(whole, blockS);
      expect(blocked.picks).toEqual(unblocked.picks);
      const [a, b] = [joined(unblocked.curves, 'P'), joined(blocked.curves, 'P')];
      expect(b.length).toBe(a.length);
      expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-5);
    }
  });

  test('blocks change nothing where SeisBench resamples whole records', async () => {
    for (const rateHz of [40, 200]) {
      const records = channels.map((channel) => segment(channel, 0, 330, rateHz));
      const seisbench = { policy: 'seisbench' } as const;
      const unblocked = await scan(records, 1e6, 330, seisbench);
      const blocked = await scan(records, 70.37, 330, seisbench);
      expect(blocked).toEqual(unblocked);
      expect(joined(blocked.curves, 'P').length).toBeGreaterThan(32_000);
    }
  });

  test('a stretch that begins inside a block keeps its window grid in the next', async () => {
    const late = channels.map((channel) => segment(channel, 23.4, 330, 100));
    const unblocked = await scan(late, 1e6);
    const blocked = await scan(late, 100);
    const [a, b] = [joined(unblocked.curves, 'S'), joined(blocked.curves, 'S')];
    expect(b.length).toBe(a.length);
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-5);
  });

  test('gaps are never crossed and short stretches are named', async () => {
    const pieces = channels.flatMap((channel) => [
      segment(channel, 0, 100, 100),
      segment(channel, 110, 130, 100),
      segment(channel, 150, 330, 100),
    ]);
    const { picks, skipped, curves } = await scan(pieces, 1e6);
    expect(skipped).toEqual(["20.0 s between gaps is shorter than the model's window of 30 s"]);
    expect(picks).toHaveLength(6);
    expect(curves.filter(({ label }) => label === 'P').map(({ values }) => values.length)).toEqual([
      10_000, 18_000,
    ]);
  });

  test('a horizontal that comes late does not cost the vertical its picks', async () => {
    const pieces = [segment('HHZ', 0, 330, 100), segment('HHN', 100, 330, 100)];
    const { picks } = await scan(pieces, 1e6);
    expect(picks.filter((pick) => pick.startsWith('P'))).toHaveLength(EVENTS_S.length);
  });

  test.each([40, 50, 200, 99.999])('%d Hz gives the same onsets', async (rateHz) => {
    const other = channels.map((channel) => segment(channel, 0, 330, rateHz));
    const { times, curves } = await scan(other, 150);
    expect(times).toHaveLength(2 * EVENTS_S.length);
    EVENTS_S.forEach((event, i) => expect(Math.abs(times[2 * i]! - event)).toBeLessThan(0.15));
    expect(curves[0]?.sampleRateHz).toBe(rateHz === 99.999 ? 99.999 : 100);
  });

  test('a dead channel gives no pick', async () => {
    const dead = channels.map((channel) => ({
      ...segment(channel, 0, 100, 100),
      samples: new Int32Array(10_000).fill(-7),
    }));
    expect((await scan(dead, 1e6, 100)).picks).toEqual([]);
  });
});

describe('settings of a run', () => {
  const highpass = { lowHz: 0.5, highHz: undefined, corners: 4, zeroPhase: false };

  test.each([
    ['causal', highpass],
    ['zero-phase', { ...highpass, highHz: 20, zeroPhase: true }],
  ])('a %s filter leaves no seam between blocks', async (_, filter) => {
    const offset = whole.map((each) => ({ ...each, samples: each.samples.map((v) => v + 1e5) }));
    const settings = { filter, detrendRecords: false };
    const unblocked = await scan(offset, 1e6, 330, settings);
    const blocked = await scan(offset, 110, 330, settings);
    expect(blocked.picks).toEqual(unblocked.picks);
    expect(unblocked.picks.length).toBeGreaterThan(EVENTS_S.length);
    const [a, b] = [joined(unblocked.curves, 'P'), joined(blocked.curves, 'P')];
    expect(b.length).toBe(a.length);
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(2e-4);
  });

  test('the largest answer is never below the mean, and the seisbench policy blinds the ends', async () => {
    const mean = joined((await scan(whole, 1e6)).curves, 'P');
    const most = joined((await scan(whole, 150, 330, { stacking: 'max' })).curves, 'P');
    expect(most.length).toBe(mean.length);
    expect(Math.min(...most.map((value, i) => value - mean[i]!))).toBeGreaterThan(-1e-6);
    const blinded = joined((await scan(whole, 1e6, 330, { policy: 'seisbench' })).curves, 'P');
    expect(blinded.length).toBe(mean.length);
    const known = blinded.map((value) => !Number.isNaN(value));
    expect([known.indexOf(true), known.lastIndexOf(true)]).toEqual([250, mean.length - 251]);
  });

  test('in blocks the seisbench policy gives the curve of the whole record', async () => {
    const unblocked = await scan(whole, 1e6, 330, { policy: 'seisbench' });
    const blocked = await scan(whole, 120, 330, { policy: 'seisbench' });
    expect(blocked.picks).toEqual(unblocked.picks);
    const [a, b] = [joined(unblocked.curves, 'S'), joined(blocked.curves, 'S')];
    const apart = a.map((value, i) => (Number.isNaN(value) ? 0 : Math.abs(value - b[i]!)));
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  });

  test('strict leaves out what has not all components, and says so', async () => {
    const pieces = [
      segment('HHZ', 0, 330, 100),
      segment('HHN', 0, 330, 100),
      segment('HHE', 150, 330, 100),
    ];
    const loose = await scan(pieces, 1e6);
    const strict = await scan(pieces, 1e6, 330, { strict: true });
    expect(loose.picks).toHaveLength(2 * EVENTS_S.length);
    expect(loose.warnings[0]).toEqual(['E absent']);
    expect(loose.warnings.at(-1)).toEqual([]);
    expect(loose.notes[0]).toContain('E absent in some or all of it: any may be missing');
    expect(strict.picks).toHaveLength(4);
    expect(strict.notes[0]).toContain('strict: what has not all components (Z, N, E)');
  });

  test('resampled records are told with each pick', async () => {
    const other = channels.map((channel) => segment(channel, 0, 330, 40));
    const { warnings } = await scan(other, 1e6);
    expect(new Set(warnings.flat())).toEqual(new Set(['resampled from 40 Hz']));
  });
});
