import { describe, expect, test } from 'vitest';
import { triggerChanges, triggersPerBin } from './triggerChanges.ts';

const of = (...triggers: readonly (readonly [sensor: number, on: number, off: number])[]) => ({
  sensorKeys: ['XX.A..HH', 'XX.B..HH'],
  sensors: Uint32Array.from(triggers, ([sensor]) => sensor),
  onNs: BigInt64Array.from(triggers, ([, on]) => BigInt(on)),
  offNs: BigInt64Array.from(triggers, ([, , off]) => BigInt(off)),
  peaks: Float32Array.from(triggers, ([sensor]) => sensor + 1),
});

describe('triggers with other levels', () => {
  test('overlapping ones are the same, one long one stands for several', () => {
    const base = of([0, 10, 20], [0, 30, 40], [0, 60, 70], [1, 15, 20]);
    const now = of([0, 12, 38], [0, 90, 95], [1, 21, 30]);
    expect(triggerChanges(base, now)).toEqual({
      ...{ same: 1, gained: 2, lost: 2 },
      list: [
        { kind: 'lost', sensorKey: 'XX.B..HH', onNs: 15n, peak: 2 },
        { kind: 'gained', sensorKey: 'XX.B..HH', onNs: 21n, peak: 2 },
        { kind: 'lost', sensorKey: 'XX.A..HH', onNs: 60n, peak: 1 },
        { kind: 'gained', sensorKey: 'XX.A..HH', onNs: 90n, peak: 1 },
      ],
    });
    expect(triggerChanges(base, base)).toEqual({ same: 4, gained: 0, lost: 0, list: [] });
    expect(triggerChanges(base, of())).toMatchObject({ same: 0, gained: 0, lost: 4 });
  });

  test('in parts of the span', () => {
    expect(triggersPerBin(of([0, 0, 1], [0, 1, 2], [1, 9, 9]), 2)).toEqual([2, 1]);
    expect(triggersPerBin(of(), 2)).toEqual([]);
  });
});
