import { expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import type { ListedPick } from '../../evaluation/selectPicks.ts';
import { SnrMeter } from './snrMeter.ts';

const T0 = epochNs(1_700_000_000_000_000_000n);
const RATE_HZ = 100;
const ONSETS_S = [20, 40, 3700];

/** A square wave of ±1, from each onset on for 2 s ±`height`; on 10⁶ counts. */
function trace(key: string, height: number, lengthS = 4000): TraceSegment {
  const samples = Int32Array.from({ length: lengthS * RATE_HZ }, (_, i) => {
    const after = ONSETS_S.some((s) => i >= s * RATE_HZ && i < (s + 2) * RATE_HZ);
    return 1_000_000 + (i % 2 === 0 ? 1 : -1) * (after ? height : 1);
  });
  return { stream: parseNslc(key), startNs: T0, sampleRateHz: RATE_HZ, samples };
}

function opened(traces: readonly TraceSegment[]) {
  const reads: string[] = [];
  const own = (key: string) => traces.filter(({ stream }) => formatNslc(stream) === key);
  const sources = {
    streams: () =>
      traces.map(({ stream, startNs, sampleRateHz, samples }) => {
        return {
          streamKey: formatNslc(stream),
          startNs,
          sampleRateHz,
          sampleCount: samples.length,
        };
      }),
    readSegments: (keys: readonly string[]) => {
      reads.push(keys.join(' '));
      return Promise.resolve(new Map(keys.map((key) => [key, own(key)])));
    },
  };
  const context = { sources, pool: undefined } as unknown as ConstructorParameters<
    typeof SnrMeter
  >[0];
  return { meter: new SnrMeter(context), reads };
}

const pick = (station: string, phase: string, s: number): ListedPick => {
  return { station, phase, time: addSeconds(T0, s), state: 'automatic' };
};
const { signal } = new AbortController();

test('P is measured on the vertical, S on the stronger horizontal, of the seismometer where it has data', async () => {
  const { meter, reads } = opened([
    trace('XX.A..HNZ', 50),
    trace('XX.A..HHZ', 5, 100),
    trace('XX.A..HHN', 7, 100),
    trace('XX.A..HHE', 9, 100),
    trace('XX.B..EHZ', 4),
  ]);
  const picks = [
    ...[pick('XX.A', 'Pg', 20), pick('XX.A', 'S', 40), pick('XX.A', 'P', 3700)],
    ...[
      pick('XX.B', 'S', 20),
      pick('XX.C', 'P', 20),
      pick('XX.A', 'P', 0.5),
      pick('XX.A', 'Lg', 20),
    ],
  ];
  const measured = await meter.measured(picks, undefined, signal);
  expect(measured.map(({ snr }) => snr && Number(snr.toFixed(3)))).toEqual([
    ...[5, 9, 50, 4, undefined, undefined, undefined],
  ]);
  expect(reads.length).toBe(3);
  expect(await meter.measured(picks, undefined, signal)).toEqual(measured);
  expect(reads.length).toBe(3);
});
