// The locked part of the data: kept in the project, left out of everything that tuning reads.

import { type EpochNs, epochNs } from '../../base/time.ts';
import { AppError } from '../../base/appError.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import {
  isLocked,
  leakText,
  type LockChange,
  NO_LOCK,
  splitByLock,
  type TestLock,
  tuningWindows,
} from '../../domain/evaluation/testLock.ts';
import { intersect } from '../../domain/waveform/timeWindow.ts';
import type { Coverage } from '../../evaluation/selectPicks.ts';
import type { PickSet } from '../evaluation/pickSet.ts';
import type { ScoreRequest } from '../evaluation/scoreSets.ts';

const KEY = 'tuning.testLock';
const CHANGES_KEY = 'tuning.testLockChanges';

interface StoredLock {
  readonly windows: readonly { readonly startNs: string; readonly endNs: string }[];
  readonly stations: readonly string[];
}

interface StoredChange {
  readonly atNs: string;
  readonly author: string;
  readonly lock: StoredLock;
}

const NOTHING: StoredLock = { windows: [], stations: [] };

export function lockOf(catalog: Catalog): TestLock {
  const stored = catalog.settings.get(KEY) as StoredLock | undefined;
  return stored === undefined ? NO_LOCK : toLock(stored);
}

function toLock(stored: StoredLock): TestLock {
  const time = (text: string): EpochNs => epochNs(BigInt(text));
  return {
    windows: stored.windows.map(({ startNs, endNs }) => {
      return { startNs: time(startNs), endNs: time(endNs) };
    }),
    stations: stored.stations,
  };
}

/** Every change of the lock, oldest first. */
export function lockChanges(catalog: Catalog): LockChange[] {
  const stored = (catalog.settings.get(CHANGES_KEY) ?? []) as readonly StoredChange[];
  return stored.map(({ atNs, author, lock }) => {
    return { atNs: epochNs(BigInt(atNs)), author, lock: toLock(lock) };
  });
}

/** What the looks at the locked part mean; see `leakText`. */
export function leakOf(catalog: Catalog): string | undefined {
  return leakText(catalog.sets.looks(), lockChanges(catalog));
}

/**
 * Locks this and nothing else, and writes down that and when. Throws `bad-input` for a span without length, for what
 * is no `NET.STA`, and where `before`, what the person saw, holds no more.
 */
export function storeLock(
  catalog: Catalog,
  { windows, stations }: TestLock,
  by: { readonly atNs: EpochNs; readonly author: string; readonly before?: TestLock | undefined },
): void {
  catalog.assertWritable();
  if (by.before && lockJson(by.before) !== lockJson(lockOf(catalog))) {
    throw new AppError(
      'bad-input',
      'the lock was changed in another window meanwhile and nothing was changed here; look at what is locked now, then change it',
    );
  }
  for (const { startNs, endNs } of windows) {
    if (startNs >= endNs) throw new AppError('bad-input', 'a locked span must end after it begins');
  }
  for (const station of stations) {
    if (/^[^.\s]*\.[^.\s]+$/.test(station)) continue;
    throw new AppError('bad-input', `"${station}" is no station; lock it as NET.STA`);
  }
  const stored = storedLock({ windows, stations });
  if (JSON.stringify(stored) === JSON.stringify(catalog.settings.get(KEY) ?? NOTHING)) return;
  const before = (catalog.settings.get(CHANGES_KEY) ?? []) as readonly StoredChange[];
  const change: StoredChange = { atNs: String(by.atNs), author: by.author, lock: stored };
  catalog.settings.put(CHANGES_KEY, [...before, change]);
  catalog.settings.put(KEY, windows.length + stations.length === 0 ? undefined : stored);
}

function storedLock({ windows, stations }: TestLock): StoredLock {
  return {
    windows: windows.map(({ startNs, endNs }) => {
      return { startNs: String(startNs), endNs: String(endNs) };
    }),
    stations: [...new Set(stations)].sort(),
  };
}

const lockJson = (lock: TestLock): string => JSON.stringify(storedLock(lock));

export function isLocking({ windows, stations }: TestLock): boolean {
  return windows.length + stations.length > 0;
}

/** What tuning may score; `locked` counts the references it does not see. */
export function tuningPart(
  request: ScoreRequest,
  lock: TestLock,
): { request: ScoreRequest; locked: number } {
  if (!isLocking(lock)) return { request, locked: 0 };
  const open = ({ picks, ...rest }: PickSet): PickSet => {
    return { ...rest, picks: splitByLock(picks, lock).tuning };
  };
  const reference = open(request.reference);
  const coverage = request.coverage && openCoverage(request.coverage, lock);
  return {
    request: { ...request, reference, picks: open(request.picks), coverage },
    locked: request.reference.picks.length - reference.picks.length,
  };
}

/** What is kept for the test, and nothing else. */
export function testPart(request: ScoreRequest, lock: TestLock): ScoreRequest {
  const shut = ({ picks, ...rest }: PickSet): PickSet => {
    return { ...rest, picks: picks.filter(({ station, time }) => isLocked(lock, station, time)) };
  };
  const coverage = request.coverage && shutCoverage(request.coverage, lock);
  return { ...request, reference: shut(request.reference), picks: shut(request.picks), coverage };
}

export function lockedWords(locked: number): string[] {
  if (locked === 0) return [];
  return [
    `${locked === 1 ? '1 reference lies' : `${locked} references lie`} in the locked part and ${locked === 1 ? 'is' : 'are'} not read; ask for the test score to see how the set does there.`,
  ];
}

function openCoverage(coverage: Coverage, lock: TestLock): Coverage {
  return new Map(
    [...coverage].map(([station, windows]) => [
      station,
      windows.flatMap((window) => tuningWindows(lock, station, window)),
    ]),
  );
}

function shutCoverage(coverage: Coverage, lock: TestLock): Coverage {
  return new Map(
    [...coverage].map(([station, windows]) => [
      station,
      lock.stations.includes(station)
        ? windows
        : windows.flatMap((window) =>
            lock.windows.flatMap((each) => intersect(each, window) ?? []),
          ),
    ]),
  );
}
