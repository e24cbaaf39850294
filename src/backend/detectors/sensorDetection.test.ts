// Blocks leave no trace: triggers, onsets and what is kept are those of the record read at once.

import { afterAll, describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import {
  DEFAULT_DETECTOR,
  DETECTOR_KINDS,
  type DetectorSettings,
  KIND_DEFAULTS,
} from '../../domain/event/detectorSettings.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { joinParts, type KeptPart } from '../../models/keptCurves/keptPart.ts';
import { startPool } from '../pool.ts';
import type { SensorResult } from '../scan/scanSensor.ts';
import { watchedGroups } from './detectorPlan.ts';
import { SensorDetection } from './sensorDetection.ts';

const START = epochNs(1_700_000_000_000_000_000n);
const RATE_HZ = 50;
const LENGTH_S = 900;
const pool = startPool({ size: 1 });
afterAll(() => pool.close());

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Noise with bursts on three components, and gaps in the vertical. */
function network(seed: number): TraceSegment[] {
  const next = random(seed);
  const onsets = Array.from({ length: 12 }, () => next() * LENGTH_S);
  return ['HHZ', 'HHN', 'HHE'].flatMap((channel) => {
    const samples = Int32Array.from({ length: LENGTH_S * RATE_HZ }, (_, i) => {
      const bursts = onsets.map((onset) => {
        const after = i / RATE_HZ - onset - (channel === 'HHZ' ? 0 : 2);
        return after < 0 ? 0 : 4000 * Math.exp(-after / 3) * Math.sin(30 * after);
      });
      return Math.round(300 + 100 * (next() - 0.5) + bursts.reduce((a, b) => a + b, 0));
    });
    const segment = { stream: parseNslc(`XX.ABC..${channel}`), sampleRateHz: RATE_HZ };
    const cuts = channel === 'HHZ' ? [0, 13_000, 13_700, 30_001, 30_040] : [0];
    return cuts.map((from, k) => ({
      ...segment,
      startNs: sampleTime(START, from + (k % 2), RATE_HZ),
      samples: samples.slice(from + (k % 2), cuts[k + 1] ?? samples.length),
    }));
  });
}

function cut(segment: TraceSegment, window: TimeWindow): TraceSegment[] {
  const at = (time: bigint): number => (Number(time - segment.startNs) * RATE_HZ) / 1e9;
  const from = Math.max(0, Math.ceil(at(window.startNs) - 0.5));
  const to = Math.min(segment.samples.length, Math.ceil(at(window.endNs) - 0.5));
  if (to <= from) return [];
  const samples = segment.samples.slice(from, to);
  return [{ ...segment, startNs: sampleTime(segment.startNs, from, RATE_HZ), samples }];
}

async function detect(settings: DetectorSettings, data: TraceSegment[], blockS: number) {
  const keys = [...new Set(data.map(({ stream }) => formatNslc(stream)))];
  const kept: KeptPart[] = [];
  const results: SensorResult[] = [];
  for (const sensor of watchedGroups(settings, keys).groups) {
    const tools = {
      pool,
      readSegments: (asked: readonly string[], window: TimeWindow) =>
        Promise.resolve(
          new Map(
            asked.map((key) => {
              const own = data.filter(({ stream }) => formatNslc(stream) === key);
              return [key, own.flatMap((segment) => cut(segment, window))];
            }),
          ),
        ),
      keepHour: (_: TimeWindow, parts: readonly KeptPart[]) => {
        kept.push(...parts);
        return Promise.resolve();
      },
    };
    const window = { startNs: START, endNs: addSeconds(START, LENGTH_S) };
    const plan = { sensor, window, expectedWindows: 1, blockS };
    results.push(await new SensorDetection(tools, settings, plan, new AbortController().signal).run()); // prettier-ignore
  }
  const stretches = Map.groupBy(kept, ({ stretchStartNs }) => stretchStartNs);
  const curves = [...stretches].map(([startNs, parts]) => ({ startNs, ...joinParts(parts) }));
  return { picks: results.flatMap(({ picks }) => picks), curves };
}

describe('blocks leave no trace', () => {
  const data = network(5);
  test.each(DETECTOR_KINDS)('%s', async (kind) => {
    const settings = { ...DEFAULT_DETECTOR, ...KIND_DEFAULTS[kind], kind };
    const whole = await detect(settings, data, LENGTH_S);
    expect(whole.picks.length).toBeGreaterThan(5);
    for (const blockS of [7.3, 60, 333]) {
      expect(await detect(settings, data, blockS)).toEqual(whole);
    }
  });

  test('with random settings', async () => {
    const next = random(77);
    const of = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    for (let round = 0; round < 8; round += 1) {
      const shortS = 0.1 + next();
      const kind = of(DETECTOR_KINDS);
      const components = kind === 'ar' ? 'vertical' : of(['vertical', 'horizontal', 'all'] as const); // prettier-ignore
      const settings: DetectorSettings = {
        ...DEFAULT_DETECTOR,
        ...{
          kind,
          components,
          shortS,
          longS: shortS * (2 + 10 * next()),
          onLevel: 1.5 + 3 * next(),
        },
        ...{ offLevel: 0.5 + next(), minimumDurationS: next(), longestS: 2 + 20 * next() },
        band: of([undefined, DEFAULT_DETECTOR.band, { lowHz: 1 + next(), highHz: undefined, corners: 2, zeroPhase: false }]), // prettier-ignore
        refinement: { method: of(['none', 'aic', 'kurtosis', 'ar']), beforeS: 1 + 3 * next(), afterS: 1 + 3 * next() }, // prettier-ignore
      };
      const records = network(round + 100);
      expect(await detect(settings, records, 5 + 60 * next())).toEqual(
        await detect(settings, records, LENGTH_S),
      );
    }
  }, 60_000);
});
