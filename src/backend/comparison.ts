// Two runs, or a run and the picks an analyst stands by, set against each other for the page: which picks take
// part, and what the page is told of them. Matching and scores are not made here.

import { AppError } from '../base/appError.ts';
import { type EpochNs, secondsBetween, secondsToNs } from '../base/time.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type {
  ComparedOnset,
  ComparedPick,
  ComparedPicks,
  Comparison,
  ComparisonScore,
} from '../contract/messages/comparison.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import { phaseFamily } from '../domain/event/pick.ts';
import { formatNslc, parseNslc, sensorKey } from '../domain/waveform/nslc.ts';
import { contains, intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import { matchPicks } from '../evaluation/matchPicks.ts';

/** A side of a comparison before it is cut to what both have looked at. */
export interface Side {
  readonly picks: readonly SidePick[];
  /** Undefined where a person may have looked everywhere. */
  readonly run: ModelRun | undefined;
  readonly sensorKeys: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
}

export interface SidePick extends ComparedPick {
  readonly phase: string;
}

const MOST_PICKS = 2_000_000;

export function compare(
  catalog: Catalog,
  which: { readonly a: ComparedPicks; readonly b: ComparedPicks; readonly toleranceS: number },
  streams: readonly StreamInfo[],
): Comparison {
  const { toleranceS } = which;
  if (!(toleranceS > 0 && toleranceS <= 60)) {
    throw new AppError('bad-input', 'The tolerance has to be above 0 and at most 60 s');
  }
  const a = sideOf(catalog, which.a);
  const b = sideOf(catalog, which.b);
  const window = commonWindow(a.window, b.window);
  const stationOf = placeKey(a, b);
  const keys = commonKeys(a, b, stationOf);
  const cut = ({ picks }: Side): SidePick[] =>
    picks.filter(
      (pick) =>
        (window === undefined || contains(window, pick.time)) && keys.has(stationOf(pick.stream)),
    );
  const dark = darkPicks(streams, stationOf, toleranceS);
  const seen = (side: Side): SidePick[] =>
    side.run ? cut(side) : cut(side).filter((pick) => !dark(pick));
  const { onsets, others } = matched(seen(a), seen(b), stationOf, toleranceS);
  const unseen = [a, b].flatMap((side) => (side.run ? [] : cut(side).filter(dark))).length;
  return {
    toleranceS,
    window,
    sensorKeys: [...keys].sort(),
    onsets,
    scores: scoresOf(onsets),
    notes: [...notesOf(a, b, keys, stationOf), ...otherPhases(others), ...withoutData(unseen)],
    revision: catalog.revision,
  };
}

/** Pairs and what stays alone, by time; how many picks are of neither P nor S. */
function matched(
  a: readonly SidePick[],
  b: readonly SidePick[],
  placeOf: (stream: string) => string,
  toleranceS: number,
): { onsets: ComparedOnset[]; others: number } {
  const placed = (picks: readonly SidePick[]) =>
    picks.map(({ stream, phase, time }) => ({ station: placeOf(stream), phase, time }));
  const { pairs, missed, extra, otherPicks, otherReferences } = matchPicks(placed(b), placed(a), {
    P: toleranceS,
    S: toleranceS,
  });
  const onsets = [
    ...pairs.map(({ pick, reference }) => onsetOf(a[pick], b[reference])),
    ...extra.map((pick) => onsetOf(a[pick], undefined)),
    ...missed.map((reference) => onsetOf(undefined, b[reference])),
  ];
  return { onsets: onsets.sort(byTime), others: otherPicks.length + otherReferences.length };
}

function sideOf(catalog: Catalog, which: ComparedPicks): Side {
  if (which.kind === 'reference') return reference(catalog);
  const run = catalog.runs.get(which.runId);
  if (!run) {
    throw new AppError('not-found', `There is no run ${which.runId}; choose one from the list`);
  }
  return {
    picks: catalog.runs.picksOf(run.id),
    run,
    sensorKeys: catalog.runs.finishedSensors(run.id),
    window: run.parameters.window,
  };
}

/** What a person has confirmed, set by hand or brought in: what no run of this project made and nobody rejected. */
function reference(catalog: Catalog): Side {
  const picks: SidePick[] = [];
  for (let offset = 0; offset < MOST_PICKS; offset += 5000) {
    const page = catalog.picks.list({ offset, limit: 5000, orderBy: 'time' });
    for (const pick of page.picks) {
      const stands = pick.state === 'confirmed' || pick.state === 'manual';
      if (!stands && (pick.runId !== undefined || pick.state === 'rejected')) continue;
      const { id: pickId, time, phase, probability } = pick;
      picks.push({ pickId, stream: formatNslc(pick.stream), time, phase, probability });
    }
    if (offset + 5000 >= page.total) break;
  }
  return { picks, run: undefined, sensorKeys: undefined, window: undefined };
}

/**
 * What picks have to share: the sensor; the station and location when one policy does not tell instruments
 * apart; the station alone against a person's picks, which may be on any of its channels.
 */
function placeKey(a: Side, b: Side): (stream: string) => string {
  const parts = (stream: string, count: number): string =>
    stream.split('.').slice(0, count).join('.');
  if (a.run === undefined || b.run === undefined) return (stream) => parts(stream, 2);
  const policies = [a.run, b.run].map(({ parameters }) => parameters.settings.policy);
  if (policies.includes('seisbench')) return (stream) => parts(stream, 3);
  return (stream) => sensorKey(parseNslc(withChannel(stream)));
}

/** A sensor key is a stream key without its last letter, and under `seisbench` without its channel. */
function withChannel(key: string): string {
  return key.split('.').length === 4 ? key : `${key}.`;
}

function commonKeys(a: Side, b: Side, keyOf: (stream: string) => string): Set<string> {
  const [first, second] = [a, b].map(({ sensorKeys }) => sensorKeys?.map(keyOf));
  if (first && second) {
    const known = new Set(second);
    return new Set(first.filter((key) => known.has(key)));
  }
  const some = first ?? second;
  if (some) return new Set(some);
  return new Set([...a.picks, ...b.picks].map(({ stream }) => keyOf(stream)));
}

function commonWindow(
  a: TimeWindow | undefined,
  b: TimeWindow | undefined,
): TimeWindow | undefined {
  if (!a || !b) return a ?? b;
  const common = intersect(a, b);
  if (common) return common;
  throw new AppError(
    'bad-input',
    'The two runs have no time in common; choose runs over the same data',
  );
}

function onsetOf(a: SidePick | undefined, b: SidePick | undefined): ComparedOnset {
  const one = a ?? b;
  if (!one) throw new AppError('bug', 'an onset of neither side');
  const plain = (pick: SidePick | undefined): ComparedPick | undefined =>
    pick && {
      pickId: pick.pickId,
      stream: pick.stream,
      time: pick.time,
      probability: pick.probability,
    };
  return {
    sensorKey: sensorKey(parseNslc(withChannel(one.stream))),
    phase: phaseFamily(one.phase),
    a: plain(a),
    b: plain(b),
  };
}

function byTime(x: ComparedOnset, y: ComparedOnset): number {
  const time = ({ a, b }: ComparedOnset): EpochNs | undefined => (a ?? b)?.time;
  return (time(x) ?? 0n) < (time(y) ?? 0n) ? -1 : 1;
}

function scoresOf(onsets: readonly ComparedOnset[]): ComparisonScore[] {
  const phases = [...new Set(onsets.map(({ phase }) => phase))].sort();
  return phases.map((phase) =>
    scoreOf(
      phase,
      onsets.filter((onset) => onset.phase === phase),
    ),
  );
}

const CURVE_STEPS = 20;

/** From the lowest probability of A on, in steps that are round where there is room for them. */
function curveThresholds(onsets: readonly ComparedOnset[]): number[] {
  const known = onsets.flatMap(({ a }) => a?.probability ?? []);
  if (known.length === 0) return [];
  const lowest = known.reduce((x, y) => Math.min(x, y));
  if (lowest < 0.8) {
    const round = Array.from({ length: CURVE_STEPS - 1 }, (_, i) => (i + 1) / CURVE_STEPS);
    return round.filter((threshold) => threshold >= lowest - 1 / CURVE_STEPS);
  }
  const highest = known.reduce((x, y) => Math.max(x, y));
  const step = (highest - lowest) / (CURVE_STEPS - 1);
  return Array.from({ length: CURVE_STEPS }, (_, i) => lowest + i * step);
}

function scoreOf(phase: string, onsets: readonly ComparedOnset[]): ComparisonScore {
  const both = onsets.filter(({ a, b }) => a && b);
  const onlyA = onsets.filter(({ b }) => !b).length;
  const onlyB = onsets.filter(({ a }) => !a).length;
  const residuals = both.map(({ a, b }) => (a && b ? secondsBetween(a.time, b.time) : 0));
  const mean = residuals.length > 0 ? sum(residuals) / residuals.length : undefined;
  const spread =
    mean === undefined || residuals.length < 2
      ? undefined
      : Math.sqrt(sum(residuals.map((r) => (r - mean) ** 2)) / (residuals.length - 1));
  return {
    phase,
    matched: both.length,
    onlyA,
    onlyB,
    ...rates(both.length, onlyA, onlyB),
    meanResidualS: mean,
    stdResidualS: spread,
    curve: curveThresholds(onsets).flatMap((threshold) => f1At(onsets, threshold)),
  };
}

/** The score of what is left of A at a threshold. */
function f1At(
  onsets: readonly ComparedOnset[],
  threshold: number,
): { threshold: number; f1: number }[] {
  const kept = ({ a }: ComparedOnset): boolean => a !== undefined && (a.probability ?? 1) >= threshold; // prettier-ignore
  const matched = onsets.filter((onset) => onset.b && kept(onset)).length;
  const extra = onsets.filter((onset) => !onset.b && kept(onset)).length;
  const missed = onsets.filter((onset) => onset.b && !kept(onset)).length;
  const { f1 } = rates(matched, extra, missed);
  return f1 === undefined ? [] : [{ threshold, f1 }];
}

function rates(
  matched: number,
  onlyA: number,
  onlyB: number,
): Pick<ComparisonScore, 'precision' | 'recall' | 'f1'> {
  const part = (of: number): number | undefined => (of > 0 ? matched / of : undefined);
  const both = 2 * matched + onlyA + onlyB;
  return {
    precision: part(matched + onlyA),
    recall: part(matched + onlyB),
    f1: both > 0 ? (2 * matched) / both : undefined,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function notesOf(
  a: Side,
  b: Side,
  keys: ReadonlySet<string>,
  keyOf: (stream: string) => string,
): string[] {
  const notes: string[] = [];
  for (const { run, sensorKeys } of [a, b]) {
    if (!run) continue;
    const left = (sensorKeys ?? []).filter((key) => !keys.has(keyOf(key)));
    if (left.length > 0) notes.push(`Only run ${run.id} has looked at ${shortList(left)}.`);
    if (run.state !== 'done') {
      notes.push(`Run ${run.id} is ${run.state}; what it has not looked at is left out.`);
    }
    for (const { stream, reason } of run.skipped) {
      notes.push(`Run ${run.id} left out ${stream}: ${reason}.`);
    }
  }
  if (!a.run || !b.run) {
    notes.push(
      'Reference picks are those that are confirmed, made by hand or imported. They are matched by station, so a station with two instruments may have picks left over.',
    );
  }
  return notes;
}

/** Where there is no data nobody can find a pick: such reference picks are no misses. */
function darkPicks(
  streams: readonly StreamInfo[],
  placeOf: (stream: string) => string,
  toleranceS: number,
): (pick: SidePick) => boolean {
  const byPlace = Map.groupBy(streams, ({ streamKey }) => placeOf(streamKey));
  const spare = secondsToNs(toleranceS);
  return ({ stream, time }) => {
    const here = byPlace.get(placeOf(stream)) ?? [];
    return !here.some(
      ({ startNs, endNs, gaps }) =>
        time >= startNs - spare && time < endNs + spare && !gaps.some((gap) => contains(gap, time)),
    );
  };
}

function withoutData(count: number): string[] {
  if (count === 0) return [];
  return [`${count} reference picks lie where no data is open and are left out.`];
}

function otherPhases(count: number): string[] {
  if (count === 0) return [];
  return [`${count} picks of other phases than P and S are not compared.`];
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
