// The default model over the generated sample, through the same chain as a scan, against the true onsets.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochNs, secondsBetween } from '../../src/base/time.ts';
import { InferenceClient } from '../../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { SensorScan } from '../../src/backend/scan/scanSensor.ts';
import { startInference } from '../../src/backend/inference/startInference.ts';
import type { PickContent } from '../../src/domain/event/pick.ts';
import { formatNslc } from '../../src/domain/waveform/nslc.ts';
import { type DecodedSegment, readMiniseed } from '../../src/formats/miniseed/read.ts';
import { groupComponents } from '../../src/models/grouping.ts';
import { defaultSettings } from '../../src/models/settings.ts';
import { phaseLabels } from '../../src/models/spec.ts';
import { generateSample } from '../../src/sample/generateSample.ts';
import type { TrueOnset } from '../../src/sample/truth.ts';

const sample = generateSample();
const { truth } = sample;
const client = new InferenceClient(startInference, 1);
afterAll(() => client.dispose());
const picks: PickContent[] = [];

beforeAll(async () => {
  const model = await openModelRegistry().open('onset-1');
  const segments = new Map<string, DecodedSegment[]>();
  for (const file of sample.files) {
    for (const segment of readMiniseed(file.bytes).segments) {
      const key = formatNslc(segment.stream);
      segments.set(key, [...(segments.get(key) ?? []), segment]);
    }
  }
  const streams = [...segments.values()].map((parts) => parts[0]!.stream);
  const startNs = epochNs(BigInt(truth.startNs));
  const window = { startNs, endNs: epochNs(BigInt(truth.endNs)) };
  for (const sensor of groupComponents(streams, model.spec.components).sensors) {
    const result = await new SensorScan(
      {
        inference: client,
        readSegments: (keys) =>
          Promise.resolve(new Map(keys.map((key) => [key, segments.get(key) ?? []]))),
        resample: (samples) => Promise.resolve(samples),
        prepareRecord: (samples) => Promise.resolve(samples),
        scaleRows: (rows) => Promise.resolve(rows),
        cutLocation: () => Promise.resolve({ pieces: [], notes: [] }),
        keepHour: () => Promise.resolve(),
        onWindows: () => undefined,
      },
      { model, settings: defaultSettings(model.spec), labels: phaseLabels(model.spec) },
      { sensor, window, expectedWindows: 480, blockS: 1e6 },
      new AbortController().signal,
    ).run();
    picks.push(...result.picks.map(({ content }) => content));
  }
});

function nearest(onset: TrueOnset, family: string): number {
  const time = epochNs(BigInt(onset.timeNs));
  const offsets = picks
    .filter((pick) => `XX.${pick.stream.station}` === onset.station && pick.phase === family)
    .map((pick) => Math.abs(secondsBetween(time, pick.time)));
  return Math.min(Infinity, ...offsets);
}

describe('onset-1 on the sample', () => {
  test('finds P on the clear arrivals: recall at least 0.9 within 0.2 s', () => {
    const clear = truth.onsets.filter((onset) => onset.clear && onset.phase.startsWith('P'));
    const found = clear.filter((onset) => nearest(onset, 'P') <= 0.2);
    const missed = clear.filter((onset) => !found.includes(onset));
    console.log(`sample: ${found.length} of ${clear.length} clear P found within 0.2 s`);
    expect(clear.length).toBeGreaterThanOrEqual(15);
    expect(found.length / clear.length, JSON.stringify(missed)).toBeGreaterThanOrEqual(0.9);
  });

  test('finds S on the clear arrivals of local events: recall at least 0.8 within 0.5 s', () => {
    const clear = truth.onsets.filter((onset) => onset.clear && onset.phase === 'S');
    const found = clear.filter((onset) => nearest(onset, 'S') <= 0.5);
    expect(found.length / clear.length).toBeGreaterThanOrEqual(0.8);
  });

  test('picks neither the glitch, nor the gap, nor the dead channel', () => {
    const disturbed = truth.disturbances.flatMap((disturbance) =>
      picks.filter(
        (pick) =>
          disturbance.streams.includes(formatNslc(pick.stream)) &&
          pick.time >= BigInt(disturbance.startNs) - 2_000_000_000n &&
          pick.time <= BigInt(disturbance.endNs) + 2_000_000_000n,
      ),
    );
    expect(disturbed).toEqual([]);
  });

  test('makes few picks that are no onset', () => {
    const seconds = (onset: TrueOnset) => epochNs(BigInt(onset.timeNs));
    const strays = picks.filter(
      (pick) =>
        !truth.onsets.some(
          (onset) =>
            onset.station === `XX.${pick.stream.station}` &&
            Math.abs(secondsBetween(seconds(onset), pick.time)) < 1,
        ),
    );
    console.log(`sample: ${picks.length} picks, ${strays.length} of them at no onset`);
    expect(strays.length).toBeLessThanOrEqual(0.1 * picks.length);
  });
});
