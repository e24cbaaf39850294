// The part of the data that tuning never reads, so that a score on it still says something.

import type { EpochNs } from '../../base/time.ts';
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

/**
 * A set is scored on the locked part once; asked again it gets that look, with its time. `score` is called only
 * the first time.
 */
export function lookAtTest(
  looks: readonly TestLook[],
  setHash: string,
  score: () => TestLook,
): { looks: readonly TestLook[]; look: TestLook; first: boolean } {
  const before = looks.find((look) => look.setHash === setHash);
  if (before) return { looks, look: before, first: false };
  const look = score();
  return { looks: [...looks, look], look, first: true };
}

/** What the looks so far mean, for whoever reads a score; undefined while there was none. */
export function leakText(looks: readonly TestLook[]): string | undefined {
  const sets = new Set(looks.map(({ setHash }) => setHash)).size;
  if (sets === 0) return undefined;
  if (sets === 1) return 'One set was scored on the locked part: its score is independent.';
  return `${sets} sets were scored on the locked part: whoever chooses among them by these scores tunes on it.`;
}
