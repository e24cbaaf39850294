import { expect, test } from 'vitest';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import { encodeParts } from './keptPart.ts';
import { type SensorPick, SensorPicker } from './sensorPicker.ts';

const START = epochNs(1_700_000_000_000_000_000n);
const RATE_HZ = 20;
const LENGTH = 4 * 3600 * RATE_HZ;

function curve(seed: number): Float32Array {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const values = Float32Array.from({ length: LENGTH }, () => 0.02 * next());
  for (let k = 0; k < 400; k += 1) {
    const centre = Math.floor(next() * LENGTH);
    const [sigma, height] = [2 + 80 * next() ** 3, next()];
    for (let i = Math.max(0, centre - 200); i < Math.min(LENGTH, centre + 200); i += 1) {
      const value = height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2));
      values[i] = Math.max(values[i] as number, value);
    }
  }
  return values;
}

const P = curve(1);
const S = curve(7);

interface Outcome {
  readonly picks: SensorPick[];
  readonly hours: string[];
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7);
}

/** Block by block; with `changing` another picker takes over after each. */
async function pickInBlocks(
  rule: PickRule,
  blockSamples: number,
  changing: boolean,
): Promise<Outcome> {
  const outcome: Outcome = { picks: [], hours: [] };
  const begin = (): SensorPicker =>
    new SensorPicker(
      { rule, thresholds: { P: 0.3, S: 0.4 }, uncertainty: 'width' },
      (hour, parts) => {
        if (heard) outcome.hours.push(`${hour.startNs} ${sumOf(encodeParts(parts))}`);
        return Promise.resolve();
      },
      () => Promise.resolve(),
    );
  const timeOf = (sample: number): EpochNs => sampleTime(START, sample, RATE_HZ);
  let heard = true;
  let picker = begin();
  for (let from = 0; from < LENGTH; from += blockSamples) {
    const to = Math.min(LENGTH, from + blockSamples);
    const block = { startNs: timeOf(from), sampleRateHz: RATE_HZ, warnings: [`from ${from}`] };
    const curves = { P: P.subarray(from, to), S: S.subarray(from, to) };
    // A gap of a minute in the middle of the hours.
    if (from < LENGTH / 2 || from >= LENGTH / 2 + 60 * RATE_HZ) {
      outcome.picks.push(...(await picker.take({ ...block, curves })));
    }
    if (!changing) continue;
    const { state } = picker;
    // What becomes of the old one is of no matter to the new one.
    heard = false;
    await picker.take({ ...block, startNs: timeOf(to), curves });
    heard = true;
    picker = begin();
    picker.goOn(structuredClone(state));
  }
  outcome.picks.push(...(await picker.end()));
  return outcome;
}

const rules: readonly (readonly [string, PickRule])[] = [
  ['peaks', { kind: 'peaks', minimumDistanceSamples: 20 }],
  ['trigger', { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 2 }],
  ['dominance', { kind: 'dominance', minimumDistanceSamples: 20, windowSamples: 20 }],
];

test.each(rules)('%s: another picker goes on from the state, bit by bit', async (_, rule) => {
  const calm = await pickInBlocks(rule, 3700, false);
  expect(calm.picks.length).toBeGreaterThan(100);
  const changed = await pickInBlocks(rule, 3700, true);
  expect(changed.picks).toEqual(calm.picks);
  expect(changed.hours).toEqual(calm.hours);
});
