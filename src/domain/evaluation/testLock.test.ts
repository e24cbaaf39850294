import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { Score, ScoreReport } from './score.ts';
import {
  isLocked,
  leakText,
  lookAtTest,
  NO_LOCK,
  splitByLock,
  type TestLook,
  tuningWindows,
} from './testLock.ts';

const t = (ns: number) => epochNs(BigInt(ns));
const window = (from: number, to: number) => ({ startNs: t(from), endNs: t(to) });
const lock = { windows: [window(50, 60), window(20, 30), window(25, 40)], stations: ['UW.T'] };

describe('the locked part', () => {
  test('is spans at all stations and stations at all times', () => {
    expect([19, 20, 39, 40, 59, 60].map((ns) => isLocked(lock, 'UW.A', t(ns)))).toEqual([
      ...[false, true, true, false, true, false],
    ]);
    expect(isLocked(lock, 'UW.T', t(0))).toBe(true);
    expect(isLocked(NO_LOCK, 'UW.T', t(0))).toBe(false);
  });

  test('divides picks without losing one', () => {
    const picks = [5, 22, 45, 55].map((ns) => ({ station: 'UW.A', time: t(ns) }));
    const { tuning, test: kept } = splitByLock(picks, lock);
    expect(tuning.map(({ time }) => Number(time))).toEqual([5, 45]);
    expect(kept.map(({ time }) => Number(time))).toEqual([22, 55]);
  });

  test('leaves the rest of a span to be read, and nothing of a locked station', () => {
    const open = [window(0, 20), window(40, 50), window(60, 70)];
    expect(tuningWindows(lock, 'UW.A', window(0, 70))).toEqual(open);
    expect(tuningWindows(lock, 'UW.A', window(22, 28))).toEqual([]);
    expect(tuningWindows(lock, 'UW.T', window(0, 70))).toEqual([]);
    for (let ns = 0; ns < 70; ns++) {
      const readable = open.some(({ startNs, endNs }) => startNs <= ns && ns < endNs);
      expect(readable).toBe(!isLocked(lock, 'UW.A', t(ns)));
    }
  });
});

describe('a look at the test', () => {
  const look = (setHash: string, atNs: number): TestLook => ({
    ...{ setHash, setName: setHash, atNs: t(atNs), author: 'ana' },
    report: { all: {} as Score } as ScoreReport,
  });

  test('is taken once a set and kept with its time', () => {
    const first = lookAtTest([], 'a', () => look('a', 1));
    expect(first).toMatchObject({ first: true, look: { atNs: 1n } });
    const again = lookAtTest(first.looks, 'a', () => look('a', 2));
    expect(again).toMatchObject({ first: false, look: { atNs: 1n } });
    expect(again.looks).toHaveLength(1);
    const other = lookAtTest(again.looks, 'b', () => look('b', 3));
    expect(other.looks.map(({ setHash }) => setHash)).toEqual(['a', 'b']);
    expect([[], first.looks, other.looks].map(leakText)).toEqual([
      undefined,
      expect.stringMatching(/independent/),
      expect.stringMatching(/^2 sets/),
    ]);
  });
});
