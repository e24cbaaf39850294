import { describe, expect, test } from 'vitest';
import { addSeconds, parseTime } from '../../../src/base/time.ts';
import type { Pick } from '../../../src/domain/event/pick.ts';
import { parseNslc } from '../../../src/domain/waveform/nslc.ts';
import { drawnPicks, newPick, picksByRow, type PickLook, readAloud } from './rowPicks.ts';

const START = parseTime('2023-10-09T02:21:00');
const PLACE = { window: { startNs: START, endNs: addSeconds(START, 100) }, widthPx: 1000 };
const LOOK: PickLook = { hidden: false, showRejected: false, selectedIds: new Set(), currentId: undefined, hoverId: undefined, live: undefined }; // prettier-ignore

function pick(id: number, streamKey: string, seconds: number, change: Partial<Pick> = {}): Pick {
  return {
    id,
    stream: parseNslc(streamKey),
    time: addSeconds(START, seconds),
    lowerUncertaintyS: 0.4,
    upperUncertaintyS: 0.9,
    phase: 'P',
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability: 0.71,
    filter: undefined,
    state: 'automatic',
    author: 'onset-1',
    method: 'onset-1',
    runId: 1,
    eventId: undefined,
    createdNs: START,
    publicId: undefined,
    ...change,
  };
}

describe('rows', () => {
  const picks = [pick(1, 'UW.HANS..HHN', 1), pick(2, 'UW.HANS..ENZ', 2), pick(3, 'UW.MCW..EHZ', 3)];

  test('with one row a sensor, it shows the picks of all its components', () => {
    const byRow = picksByRow(picks, ['UW.HANS..HHZ', 'UW.HANS..ENZ'], true);
    expect([...byRow].map(([key, own]) => [key, own.map((one) => one.id)])).toEqual([
      ['UW.HANS..HHZ', [1]],
      ['UW.HANS..ENZ', [2]],
    ]);
  });

  test('with all components, each shows its own', () => {
    const byRow = picksByRow(picks, ['UW.HANS..HHZ', 'UW.HANS..HHN'], false);
    expect([...byRow.keys()]).toEqual(['UW.HANS..HHN']);
  });
});

describe('what is drawn', () => {
  test('a pick lies at its time with its band to either side', () => {
    expect(drawnPicks([pick(1, 'UW.HANS..HHZ', 10)], PLACE, LOOK)).toMatchObject([
      { xPx: 100, lowerPx: 4, upperPx: 9, state: 'automatic', selected: false },
    ]);
  });

  test('rejected ones only when asked for or looked at, none far outside', () => {
    const picks = [
      pick(1, 'UW.HANS..HHZ', 10, { state: 'rejected' }),
      pick(2, 'UW.HANS..HHZ', 500),
    ];
    const ids = (look: PickLook): number[] => drawnPicks(picks, PLACE, look).map((one) => one.id);
    expect(ids(LOOK)).toEqual([]);
    expect(ids({ ...LOOK, showRejected: true })).toEqual([1]);
    expect(ids({ ...LOOK, currentId: 1 })).toEqual([1]);
  });

  test('the pick under the hand is where the hand has it, even while all are hidden', () => {
    const held = pick(1, 'UW.HANS..HHZ', 10);
    const live = { pick: held, streamKey: 'UW.HANS..HHZ', phase: 'P', time: addSeconds(START, 12), lowerS: 1, upperS: undefined, meant: true }; // prettier-ignore
    const drawn = drawnPicks([held, pick(2, 'UW.HANS..HHZ', 20)], PLACE, {
      ...LOOK,
      live,
      hidden: true,
    });
    expect(drawn).toMatchObject([
      { id: 1, xPx: 120, lowerPx: 10, upperPx: 0, state: 'manual', dragged: true },
    ]);
    expect(newPick(live, PLACE)).toMatchObject({ xPx: 120, state: 'manual', selected: true });
  });
});

test('a pick reads as a sentence', () => {
  expect(readAloud(pick(1, 'UW.HANS..HHZ', 17.4, { polarity: 'up' }))).toBe(
    'P on UW.HANS..HHZ at 02:21:17.40, automatic, up, probability .71, −0.40 / +0.90 s',
  );
});
