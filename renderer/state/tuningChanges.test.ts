import { expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import { type Change, type ChangeKind, type ChangeLists, nextChange, placeOfChange } from './tuningChanges.ts'; // prettier-ignore

const change = (kind: ChangeKind, s: number, sensorKey = 'XX.A..HH'): Change => {
  const time = epochNs(BigInt(s) * 1_000_000_000n);
  return { kind, sensorKey, phase: 'P', time, height: 0.5, residualS: undefined };
};
const BY_KIND: Readonly<Record<ChangeKind, readonly Change[]>> = {
  gained: [change('gained', 1), change('gained', 5), change('gained', 5, 'XX.B..HH')],
  lost: [change('lost', 3), change('lost', 5)],
  moved: [change('moved', 9)],
};
const lists: ChangeLists = {
  count: (kind) => BY_KIND[kind].length,
  at: (kind, index) => BY_KIND[kind][index],
};
const words = (one: Change | undefined) =>
  one && `${one.kind} ${one.time / 1_000_000_000n} ${one.sensorKey.slice(3, 4)}`;
const ORDER = ['gained 1 A', 'lost 3 A', 'gained 5 A', 'gained 5 B', 'lost 5 A', 'moved 9 A'];

test.each([1, -1] as const)('changes are walked in time, around the end: by %i', (by) => {
  const start = epochNs(by > 0 ? 0n : 100_000_000_000n);
  const walked = [];
  let at: Change | undefined;
  for (let k = 0; k < ORDER.length; k += 1)
    walked.push(words((at = nextChange(lists, by, at, start))));
  expect(walked).toEqual(by > 0 ? ORDER : ORDER.toReversed());
  expect(words(nextChange(lists, by, at, start))).toBe(walked[0]);
});

test('what has gone from the lists is walked on from the time in view', () => {
  const gone = change('lost', 2);
  expect(placeOfChange(lists, gone)).toBe(-1);
  expect(placeOfChange(lists, change('gained', 5, 'XX.B..HH'))).toBe(2);
  const from = epochNs(4_000_000_000n);
  expect(words(nextChange(lists, 1, gone, from))).toBe('gained 5 A');
  expect(words(nextChange(lists, -1, gone, from))).toBe('lost 3 A');
});
