import { type EpochNs, maxTime, nsToSeconds } from '../base/time.ts';
import type { LeftOutReason } from '../domain/evaluation/score.ts';
import type { PickState } from '../domain/event/pick.ts';
import { contains, intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';

/** A pick of a list that is to be scored, with where it stands in review. */
export interface ListedPick extends ScoredPick {
  readonly state: PickState;
  /** In the catalog of the open project, where it is of it. */
  readonly pickId?: number | undefined;
}

/** Where there are waveforms, by `NET.STA`. */
export type Coverage = ReadonlyMap<string, readonly TimeWindow[]>;

/** What a list of picks can speak of. Undefined: of everything. */
export interface Reach {
  readonly window: TimeWindow | undefined;
  /** `NET.STA` of the stations that were looked at. */
  readonly stations: readonly string[] | undefined;
  readonly coverage: Coverage | undefined;
}

export interface Selection {
  /** Only what both lists can speak of is scored. */
  readonly reaches: readonly Reach[];
  /** Takes confirmed and manual picks alone. */
  readonly reviewedOnly: boolean;
  /** Takes what an analyst rejected too: a model's pick that was wrong is still its pick. */
  readonly withRejected: boolean;
}

/** The picks that are scored, in their order, and how many are not for which reason; the first that holds counts. */
export function selectPicks(
  picks: readonly ListedPick[],
  selection: Selection,
): { kept: ListedPick[]; leftOut: Record<LeftOutReason, number> } {
  const leftOut = nothingLeftOut();
  const kept = picks.filter((pick) => {
    const reason = reasonAgainst(pick, selection);
    if (reason !== undefined) leftOut[reason] += 1;
    return reason === undefined;
  });
  return { kept, leftOut };
}

function nothingLeftOut(): Record<LeftOutReason, number> {
  return {
    ...{ rejected: 0, notReviewed: 0, otherPhase: 0 },
    ...{ outsideSpan: 0, outsideData: 0, unreadable: 0 },
  };
}

function reasonAgainst(pick: ListedPick, selection: Selection): LeftOutReason | undefined {
  const { state, phase, station, time } = pick;
  if (state === 'rejected' && !selection.withRejected) return 'rejected';
  if (selection.reviewedOnly && state !== 'confirmed' && state !== 'manual') return 'notReviewed';
  if (scoredPhase(phase) === undefined) return 'otherPhase';
  for (const { window, stations } of selection.reaches) {
    if (window && !contains(window, time)) return 'outsideSpan';
    if (stations && !stations.includes(station)) return 'outsideSpan';
  }
  const covered = selection.reaches.every(
    ({ coverage }) =>
      !coverage || coverage.get(station)?.some((window) => contains(window, time)) === true,
  );
  return covered ? undefined : 'outsideData';
}

/** Where any channel of a station has samples; undefined when nothing is known of any. */
export function coverageOf(
  streams: readonly Pick<StreamInfo, 'streamKey' | 'startNs' | 'endNs' | 'gaps'>[],
): Coverage | undefined {
  if (streams.length === 0) return undefined;
  const coverage = new Map<string, TimeWindow[]>();
  for (const { streamKey, startNs, endNs, gaps } of streams) {
    const station = stationOfKey(streamKey);
    const windows = coverage.get(station) ?? [];
    let from = startNs;
    for (const gap of gaps) {
      windows.push({ startNs: from, endNs: gap.startNs });
      from = gap.endNs;
    }
    windows.push({ startNs: from, endNs });
    coverage.set(station, windows);
  }
  return coverage;
}

/** What all of them can speak of, as far as any says where it had waveforms; else undefined. */
export function commonCoverage(reaches: readonly Reach[]): Coverage | undefined {
  const [first, ...rest] = reaches.flatMap(({ coverage }) => coverage ?? []);
  if (!first) return undefined;
  const allowed = (station: string): boolean =>
    reaches.every(({ stations }) => !stations || stations.includes(station));
  const spans = reaches.flatMap(({ window }) => window ?? []);
  const common = new Map<string, readonly TimeWindow[]>();
  for (const [station, windows] of first) {
    if (!allowed(station)) continue;
    const within = [...spans.map((span) => [span]), ...rest.map((each) => each.get(station) ?? [])];
    common.set(
      station,
      within.reduce(
        (left, right) => left.flatMap((a) => right.flatMap((b) => intersect(a, b) ?? [])),
        windows,
      ),
    );
  }
  return common;
}

/** Seconds of record of a station, or of all, each second counted once whatever the channels. */
export function observedSeconds(coverage: Coverage, station?: string): number {
  const lists = station === undefined ? [...coverage.values()] : [coverage.get(station) ?? []];
  return lists.reduce((sum, windows) => sum + joinedSeconds(windows), 0);
}

function joinedSeconds(windows: readonly TimeWindow[]): number {
  const sorted = [...windows].sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
  let totalNs = 0n;
  let reached: EpochNs | undefined;
  for (const { startNs, endNs } of sorted) {
    const from = reached === undefined ? startNs : maxTime(startNs, reached);
    if (endNs <= from) continue;
    totalNs += endNs - from;
    reached = endNs;
  }
  return nsToSeconds(totalNs);
}

/** `NET.STA` of a stream or sensor key. */
export function stationOfKey(key: string): string {
  return key.split('.').slice(0, 2).join('.');
}
