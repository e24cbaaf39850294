import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { Score, ScoreReport } from './score.ts';
import {
  isLocked,
  leakText,
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

describe('looks at the test', () => {
  const look = (setHash: string, atNs: number): TestLook => ({
    ...{ setHash, setName: setHash, atNs: t(atNs), author: 'ana' },
    report: { all: {} as Score } as ScoreReport,
  });

  test('are counted by set, and changes of the lock after them are told', () => {
    const [one, two] = [[look('a', 1)], [look('a', 1), look('b', 3)]];
    expect([[], one, two].map((looks) => leakText(looks))).toEqual([
      undefined,
      expect.stringMatching(/independent/),
      expect.stringMatching(/^2 sets/),
    ]);
    const change = (atNs: number, stations: string[]) => ({
      ...{ atNs: t(atNs), author: 'ana' },
      lock: { windows: [], stations },
    });
    expect(leakText(one, [change(0, ['UW.A'])])).toBe(leakText(one));
    expect(leakText(one, [change(2, ['UW.B'])])).toMatch(/was changed after the first score/);
    expect(leakText(one, [change(2, []), change(3, ['UW.A'])])).toMatch(/was unlocked after/);
  });
});
