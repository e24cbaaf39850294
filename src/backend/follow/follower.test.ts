// A station that comes record by record, through the shipped model.

import { afterAll, describe, expect, test } from 'vitest';
import { client, EVENTS_S, origin, segment } from '../../../test/sensorScan.ts';
import { addSeconds, epochNs, secondsBetween } from '../../base/time.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';
import { defaultSettings } from '../../models/settings.ts';
import { STREAM_RULES } from '../../models/stream/predictionStream.ts';
import { openModelRegistry } from '../modelFiles.ts';
import type { FollowedPick } from '../../domain/event/followedPick.ts';
import { Follower } from './follower.ts';
import { openFollower } from './openFollower.ts';

afterAll(() => client.dispose());

const PACKET_SAMPLES = 137;

/** Records of about a second, in order of time, channel by channel in each second; 3.4 ms beside the grid. */
function packets(channels: readonly string[], rateHz = 100): TraceSegment[] {
  const all = channels.flatMap((channel) => {
    const whole = segment(channel, 0, 330, rateHz);
    const samples = Int32Array.from(whole.samples, Math.round);
    const startNs = epochNs(whole.startNs + 3_400_000n);
    const parts: TraceSegment[] = [];
    for (let from = 0; from < samples.length; from += PACKET_SAMPLES) {
      const part = samples.slice(from, from + PACKET_SAMPLES);
      parts.push({ ...whole, startNs: sampleTime(startNs, from, rateHz), samples: part });
    }
    return parts;
  });
  return all.sort((a, b) => secondsBetween(b.startNs, a.startNs));
}

function records(segments: readonly TraceSegment[]): Uint8Array[] {
  return segments.map((each) => writeMiniseed2([each], { recordLength: 1024 }));
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  };
}

async function follow(parts: readonly Uint8Array[], latenessS = 20) {
  const model = await openModelRegistry().open('onset-1');
  const follower = new Follower(
    model.spec,
    defaultSettings(model.spec),
    (input, windows, windowSamples) => client.runWindows(model, { input, windows, windowSamples }),
    { ...STREAM_RULES, latenessS },
  );
  const picks: FollowedPick[] = [];
  for (const part of parts) picks.push(...(await follower.take(part)));
  const early = picks.length;
  picks.push(...(await follower.end()));
  return { picks, early, report: follower.report() };
}

/** Batches of other sizes round the last digits of a network's answers differently. */
function told(picks: readonly FollowedPick[]): string[] {
  return picks.map(
    ({ stream, phase, time, probability }) =>
      `${stream.channel} ${phase} ${time} ${probability.toFixed(4)}`,
  );
}

function cut(bytes: Uint8Array, seed: number, longest: number): Uint8Array[] {
  const next = random(seed);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + 1 + Math.floor(next() * longest));
    parts.push(bytes.slice(from, to));
    from = to;
  }
  return parts;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

describe('records that are followed', () => {
  const inOrder = records(packets(['HHZ', 'HHN', 'HHE']));

  test('are picked as they come, P and S of each event on their channels, off the grid', async () => {
    const { picks, early, report } = await follow(inOrder);
    for (const [phase, channel, delayS] of [
      ['P', 'HHZ', 0],
      ['S', 'HHN', 4],
    ] as const) {
      for (const event of EVENTS_S.map((each) => each + delayS)) {
        const near = picks.filter(
          ({ phase: own, time }) =>
            own === phase && Math.abs(secondsBetween(addSeconds(origin, event), time)) < 0.3,
        );
        expect(near, `${phase} at ${event} s`).toHaveLength(1);
        expect(near[0]!.stream.channel).toBe(channel);
        expect((near[0]!.time - origin) % 10_000_000n).toBe(3_400_000n);
        expect(near[0]!.warnings).toEqual([]);
      }
    }
    expect(early).toBeGreaterThanOrEqual(picks.length - 2);
    expect(report).toMatchObject({ records: inOrder.length, latePackets: 0, damagedRecords: 0 });
  });

  test('give the same picks however their bytes are cut', async () => {
    const whole = told((await follow(inOrder)).picks);
    for (const [seed, longest] of [
      [1, 3000],
      [2, 200_000],
      [3, 1e7],
    ] as const) {
      const { picks } = await follow(cut(joined(inOrder), seed, longest));
      expect(told(picks)).toEqual(whole);
    }
  });

  test('give the same picks in any order within the lateness', async () => {
    const whole = told((await follow(inOrder)).picks);
    const next = random(9);
    const keyed = inOrder.map((record, i) => ({ record, key: i + 12 * next() }));
    const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ record }) => record);
    const { picks, report } = await follow(shuffled);
    expect(told(picks)).toEqual(whole);
    expect(report.latePackets).toBe(0);
  });

  test('of one component at another rate carry warnings; other channels are told', async () => {
    const slow = packets(['HHZ'], 80);
    const pressure = { ...slow[0]!, stream: { ...slow[0]!.stream, channel: 'LDO' } };
    const { picks, report } = await follow(records([pressure, ...slow]));
    expect(picks.length).toBeGreaterThan(2);
    for (const { warnings } of picks) {
      expect(warnings).toEqual(['N and E absent', 'resampled from 80 Hz']);
    }
    expect(report.left).toEqual([
      { stream: 'XX.AAA..LDO', reason: 'channel LDO is not a component of ground motion' },
    ]);
  });

  test('whose rate changes go on at the first one', async () => {
    const later = { ...segment('HHZ', 100, 101, 50), samples: new Int32Array(50) };
    const { report } = await follow([...inOrder.slice(0, 30), ...records([later])]);
    expect(report.left).toEqual([
      { stream: 'XX.AAA..HHZ', reason: 'began at 100 Hz; records at 50 Hz were left out' },
    ]);
  });
});

test('what needs whole records is refused', async () => {
  const asked = { modelId: 'onset-1', settings: { policy: 'seisbench' } } as const;
  await expect(openFollower(asked)).rejects.toThrow(/onset-1 cannot follow records with/);
});
