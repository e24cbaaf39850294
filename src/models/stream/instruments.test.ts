import { expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import { chooseInstruments, type InstrumentPick } from './instruments.ts';

const START = epochNs(1_500_000_000_000_000_000n);

function pick(
  sensorKey: string,
  atS: number,
  probability: number,
  clipped = false,
  phase = 'P',
): InstrumentPick {
  return { sensorKey, phase, time: addSeconds(START, atS), probability, clipped };
}

test('of two instruments that agree the more probable pick is chosen and the difference kept', () => {
  const [pair, ...rest] = chooseInstruments(
    [pick('UW.GNW..BH', 10, 0.8), pick('UW.GNW..EN', 10.04, 0.9)],
    0.5,
  );
  expect(pair?.chosen.sensorKey).toBe('UW.GNW..EN');
  expect(pair?.why).toBe('more probable');
  expect(pair?.differenceS).toBeCloseTo(-0.04, 9);
  expect(rest).toEqual([]);
});

test('a clipped seismometer gives way', () => {
  const [pair] = chooseInstruments(
    [pick('UW.GNW..BH', 10, 0.99, true), pick('UW.GNW..EN', 10.1, 0.4)],
    0.5,
  );
  expect(pair?.chosen.sensorKey).toBe('UW.GNW..EN');
  expect(pair?.why).toBe('the other is clipped');
});

test('nearest picks pair up; other phases, stations and far picks stand alone', () => {
  const pairs = chooseInstruments(
    [
      pick('UW.GNW..BH', 10, 0.9),
      pick('UW.GNW..BH', 10.3, 0.5),
      pick('UW.GNW..EN', 10.29, 0.6),
      pick('UW.GNW..EN', 20, 0.6),
      pick('UW.GNW..EN', 10, 0.6, false, 'S'),
      pick('UW.HANS..HH', 10, 0.6),
    ],
    0.5,
  );
  const pairedS = pairs.filter(({ other }) => other).map(({ differenceS }) => differenceS);
  expect(pairedS).toHaveLength(1);
  expect(pairedS[0]).toBeCloseTo(0.01, 9);
  expect(pairs).toHaveLength(5);
  expect(pairs.map(({ chosen }) => chosen.time)).toEqual(
    pairs.map(({ chosen }) => chosen.time).toSorted((a, b) => (a < b ? -1 : 1)),
  );
});
