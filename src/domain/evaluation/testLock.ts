// The part of the data that tuning never reads, so that a score on it still says something.

import { type EpochNs, formatIso } from '../../base/time.ts';
import { contains, intersect, type TimeWindow } from '../waveform/timeWindow.ts';
import type { ScoreReport } from './score.ts';

/** What is kept apart: these spans at all stations, and these stations (`NET.STA`) at all times. */
export interface TestLock {
  readonly windows: readonly TimeWindow[];
  readonly stations: readonly string[];
}

export const NO_LOCK: TestLock = { windows: [], stations: [] };

/** One look at the score of a parameter set on the locked part. */
export interface TestLook {
  readonly setHash: string;
  readonly setName: string;
  readonly atNs: EpochNs;
  readonly author: string;
  readonly report: ScoreReport;
}

export function isLocked(lock: TestLock, station: string, time: EpochNs): boolean {
  return lock.stations.includes(station) || lock.windows.some((window) => contains(window, time));
}

/** What tuning may read, and what is kept for the test. */
export function splitByLock<T extends { readonly station: string; readonly time: EpochNs }>(
  picks: readonly T[],
  lock: TestLock,
): { tuning: T[]; test: T[] } {
  const [tuning, test]: [T[], T[]] = [[], []];
  for (const pick of picks) (isLocked(lock, pick.station, pick.time) ? test : tuning).push(pick);
  return { tuning, test };
}

/** The parts of a span of a station that tuning may read, in order of time. */
export function tuningWindows(
  lock: TestLock,
  station: string,
  span: TimeWindow,
): readonly TimeWindow[] {
  if (lock.stations.includes(station)) return [];
  const shut = lock.windows
    .flatMap((window) => intersect(window, span) ?? [])
    .sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
  const open: TimeWindow[] = [];
  let from = span.startNs;
  for (const { startNs, endNs } of shut) {
    if (from < startNs) open.push({ startNs: from, endNs: startNs });
    if (endNs > from) from = endNs;
  }
  if (from < span.endNs) open.push({ startNs: from, endNs: span.endNs });
  return open;
}

/** Both locks together. */
export function joinLocks(a: TestLock, b: TestLock): TestLock {
  return {
    windows: [...a.windows, ...b.windows],
    stations: [...new Set([...a.stations, ...b.stations])],
  };
}

/** The lock after a change of it; what was locked first is kept in the record. */
export interface LockChange {
  readonly atNs: EpochNs;
  readonly author: string;
  readonly lock: TestLock;
}

/** What the looks so far mean, for whoever reads a score; undefined while there was none. */
export function leakText(
  looks: readonly TestLook[],
  changes: readonly LockChange[] = [],
): string | undefined {
  const sets = new Set(looks.map(({ setHash }) => setHash)).size;
  if (sets === 0) return undefined;
  const said =
    sets === 1
      ? 'One set was scored on the locked part: its score is independent.'
      : `${sets} sets were scored on the locked part: whoever chooses among them by these scores tunes on it.`;
  const first = looks.reduce((a, b) => (b.atNs < a.atNs ? b : a), looks[0] as TestLook);
  const after = changes.filter(({ atNs }) => atNs > first.atNs);
  const last = after.at(-1);
  if (last === undefined) return said;
  const opened = after.some(({ lock }) => lock.windows.length + lock.stations.length === 0);
  const what = opened ? 'unlocked' : 'changed';
  return `${said} What is locked was ${what} after the first score, last on ${formatIso(last.atNs, 0)}.`;
}
