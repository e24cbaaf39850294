// All that a run could pick with a rule, so that a threshold can be dragged without asking anybody. Of rules that take
// peaks, thresholds only leave out lower ones (`keepHighest`): what is kept of the candidates at a threshold is, pick
// for pick, what a run with it would have found. Numbers only: a day of ten stations may hold a million.

import type { EpochNs } from '../../base/time.ts';
import { thresholdsAt } from '../parameterSet/setChanges.ts';
import type { RepickedRun } from './repick.ts';
import type { PickRule } from './runSettings.ts';

/** Whether a lower threshold only adds picks, so that one table answers all thresholds. */
export function thresholdsDecide(rule: PickRule): boolean {
  return rule.kind === 'peaks' || rule.kind === 'dominance';
}

/** Picks or candidates by sensor, then time; place i of each array is one. */
export interface CandidateTable {
  readonly sensorKeys: readonly string[];
  readonly labels: readonly string[];
  readonly timesNs: BigInt64Array;
  /** Nanoseconds after `originNs`, as numbers: for painting and comparing. */
  readonly offsetsNs: Float64Array;
  readonly originNs: EpochNs;
  readonly sensors: Uint32Array;
  readonly phases: Uint8Array;
  readonly heights: Float32Array;
  /** Where each sensor's begin; one more than there are sensors. */
  readonly starts: Uint32Array;
  /** Sensor and label in one: place · number of labels + label. */
  readonly slots: Uint32Array;
  /** All places by time. */
  readonly byTime: Uint32Array;
}

export function candidateTable(picked: RepickedRun, originNs: EpochNs): CandidateTable {
  const { sensorKeys, labels, timesNs, sensors, phases, probabilities } = picked;
  const offsetsNs = new Float64Array(timesNs.length);
  for (let i = 0; i < offsetsNs.length; i += 1) {
    offsetsNs[i] = Number((timesNs[i] as bigint) - originNs);
  }
  const starts = new Uint32Array(sensorKeys.length + 1);
  for (let i = 0; i < sensors.length; i += 1) {
    const next = (sensors[i] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let k = 0; k < sensorKeys.length; k += 1) {
    starts[k + 1] = (starts[k + 1] as number) + (starts[k] as number);
  }
  return {
    ...{ sensorKeys, labels, timesNs, offsetsNs, originNs },
    ...{ sensors, phases, heights: probabilities, starts },
    slots: Uint32Array.from(sensors, (sensor, i) => sensor * labels.length + (phases[i] as number)),
    byTime: timeOrder(offsetsNs, starts),
  };
}

/** Merges the sensors, each of which is in order already. */
function timeOrder(offsetsNs: Float64Array, starts: Uint32Array): Uint32Array {
  let runs = Array.from({ length: starts.length - 1 }, (_, k) => {
    const from = starts[k] as number;
    return Uint32Array.from({ length: (starts[k + 1] as number) - from }, (_one, i) => from + i);
  });
  while (runs.length > 1) {
    runs = Array.from({ length: Math.ceil(runs.length / 2) }, (_, k) => {
      const [a, b] = [runs[2 * k] as Uint32Array<ArrayBuffer>, runs[2 * k + 1]];
      return b === undefined ? a : merged(a, b, offsetsNs);
    });
  }
  return runs[0] ?? new Uint32Array(0);
}

function merged(a: Uint32Array, b: Uint32Array, offsetsNs: Float64Array): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(a.length + b.length);
  for (let n = 0, i = 0, j = 0; n < out.length; n += 1) {
    const [one, other] = [a[i], b[j]];
    const takesOne =
      other === undefined ||
      (one !== undefined && (offsetsNs[one] as number) <= (offsetsNs[other] as number));
    out[n] = (takesOne ? one : other) as number;
    if (takesOne) i += 1;
    else j += 1;
  }
  return out;
}

export interface ThresholdSettings {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly sensorThresholds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The threshold of each sensor and label, sensor by sensor; infinite for a label without one. */
export function limitsOf(
  { sensorKeys, labels }: Pick<CandidateTable, 'sensorKeys' | 'labels'>,
  { thresholds, sensorThresholds }: ThresholdSettings,
): Float64Array {
  const limits = new Float64Array(sensorKeys.length * labels.length);
  sensorKeys.forEach((sensorKey, k) => {
    const own = thresholdsAt(thresholds, sensorThresholds, sensorKey);
    labels.forEach((label, j) => {
      limits[k * labels.length + j] = own[label] ?? Infinity;
    });
  });
  return limits;
}

/** 1 for each candidate at or above its threshold. `out` is written and answered where it is given. */
export function keptAt(
  { slots, heights }: CandidateTable,
  limits: Float64Array,
  out: Uint8Array = new Uint8Array(heights.length),
): Uint8Array {
  for (let i = 0; i < out.length; i += 1) {
    out[i] = (heights[i] as number) >= (limits[slots[i] as number] as number) ? 1 : 0;
  }
  return out;
}

/** Some of a table's entries. */
export interface PickSelection {
  readonly table: CandidateTable;
  readonly kept: Uint8Array;
}

/** What became of picks: places in the tables of before and after, by time. */
export interface PickDiff {
  readonly gained: Uint32Array;
  readonly lost: Uint32Array;
  /** Pairs: place before, place after. */
  readonly moved: Uint32Array;
}

export interface DiffLimits {
  /** Two picks of a sensor and phase nearer than this are one onset. */
  readonly sameNs: number;
  /** An onset whose pick differs by more has moved. */
  readonly movedNs: number;
}

/**
 * Which picks came, went and moved. Picks at one time are the same; of the others each goes with the earliest partner
 * within `sameNs` that is left, sensor by sensor and phase by phase.
 */
export function diffPicks(
  before: PickSelection,
  after: PickSelection,
  limits: DiffLimits,
): PickDiff {
  if (before.table === after.table) return diffOfOneTable(before, after);
  const found = { gained: [] as number[], lost: [] as number[], moved: [] as number[] };
  const keys = new Set([...before.table.sensorKeys, ...after.table.sensorKeys]);
  const labels = new Set([...before.table.labels, ...after.table.labels]);
  for (const key of keys) {
    for (const label of labels) {
      pair(
        placesOf(before, key, label),
        placesOf(after, key, label),
        { before, after, limits },
        found,
      );
    }
  }
  return {
    gained: inTime(after.table, found.gained),
    lost: inTime(before.table, found.lost),
    moved: Uint32Array.from(pairsInTime(after.table, found.moved).flat()),
  };
}

function inTime({ offsetsNs }: CandidateTable, places: readonly number[]): Uint32Array {
  return Uint32Array.from(places).sort(
    (i, j) => (offsetsNs[i] as number) - (offsetsNs[j] as number),
  );
}

function pairsInTime({ offsetsNs }: CandidateTable, flat: readonly number[]): [number, number][] {
  const pairs = Array.from({ length: flat.length / 2 }, (_, k): [number, number] => [
    flat[2 * k] as number,
    flat[2 * k + 1] as number,
  ]);
  return pairs.sort((a, b) => (offsetsNs[a[1]] as number) - (offsetsNs[b[1]] as number));
}

function diffOfOneTable(before: PickSelection, after: PickSelection): PickDiff {
  const [a, b] = [before.kept, after.kept];
  let [gains, losses] = [0, 0];
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] === b[i]) continue;
    if (b[i] === 1) gains += 1;
    else losses += 1;
  }
  const [gained, lost] = [new Uint32Array(gains), new Uint32Array(losses)];
  if (gains + losses === 0) return { gained, lost, moved: new Uint32Array(0) };
  [gains, losses] = [0, 0];
  for (const i of before.table.byTime) {
    if (a[i] === b[i]) continue;
    if (b[i] === 1) gained[gains++] = i;
    else lost[losses++] = i;
  }
  return { gained, lost, moved: new Uint32Array(0) };
}

function placesOf({ table, kept }: PickSelection, sensorKey: string, label: string): number[] {
  const sensor = table.sensorKeys.indexOf(sensorKey);
  const phase = table.labels.indexOf(label);
  if (sensor < 0 || phase < 0) return [];
  const places: number[] = [];
  const end = table.starts[sensor + 1] as number;
  for (let i = table.starts[sensor] as number; i < end; i += 1) {
    if (kept[i] === 1 && table.phases[i] === phase) places.push(i);
  }
  return places;
}

function pair(
  a: readonly number[],
  b: readonly number[],
  { before, after, limits }: { before: PickSelection; after: PickSelection; limits: DiffLimits },
  found: { gained: number[]; lost: number[]; moved: number[] },
): void {
  const shift = Number(after.table.originNs - before.table.originNs);
  const timeA = (i: number): number => before.table.offsetsNs[i] as number;
  const timeB = (i: number): number => (after.table.offsetsNs[i] as number) + shift;
  const timesA = new Set(a.map(timeA));
  const timesB = new Set(b.map(timeB));
  const onlyA = a.filter((i) => !timesB.has(timeA(i)));
  const onlyB = b.filter((i) => !timesA.has(timeB(i)));
  let next = 0;
  for (const i of onlyA) {
    const at = timeA(i);
    for (; next < onlyB.length && timeB(onlyB[next] as number) < at - limits.sameNs; next += 1) {
      found.gained.push(onlyB[next] as number);
    }
    const partner = onlyB[next];
    if (partner === undefined || timeB(partner) > at + limits.sameNs) {
      found.lost.push(i);
      continue;
    }
    if (Math.abs(timeB(partner) - at) > limits.movedNs) found.moved.push(i, partner);
    next += 1;
  }
  found.gained.push(...onlyB.slice(next));
}

/** Places of a sensor's entries within `[fromNs, toNs)` after the origin. */
export function rangeOf(
  table: CandidateTable,
  sensor: number,
  fromNs: number,
  toNs: number,
): [from: number, to: number] {
  const [low, high] = [table.starts[sensor] ?? 0, table.starts[sensor + 1] ?? 0];
  return [
    firstFrom(table.offsetsNs, low, high, fromNs),
    firstFrom(table.offsetsNs, low, high, toNs),
  ];
}

function firstFrom(values: Float64Array, low: number, high: number, wanted: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((values[middle] as number) < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** How many are kept in each bin of time, label by label. */
export function countsPerBin(
  { table, kept }: PickSelection,
  { binNs, bins }: { binNs: number; bins: number },
): readonly Uint32Array[] {
  const counts = table.labels.map(() => new Uint32Array(bins));
  const { offsetsNs, phases } = table;
  for (let i = 0; i < kept.length; i += 1) {
    if (kept[i] === 0) continue;
    const bin = Math.floor((offsetsNs[i] as number) / binNs);
    const own = counts[phases[i] as number];
    if (own !== undefined && bin >= 0 && bin < bins) own[bin] = (own[bin] as number) + 1;
  }
  return counts;
}
