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
  /** All places by time, and what stands there in that order: it is gone through once a frame. */
  readonly byTime: Uint32Array;
  readonly slotsByTime: Uint32Array;
  readonly heightsByTime: Float32Array;
}

export function candidateTable(picked: RepickedRun, originNs: EpochNs): CandidateTable {
  const { sensorKeys, labels, timesNs, sensors, phases, probabilities } = picked;
  const slots = new Uint32Array(sensors.length);
  const starts = new Uint32Array(sensorKeys.length + 1);
  for (let i = 0; i < sensors.length; i += 1) {
    const sensor = sensors[i] as number;
    slots[i] = sensor * labels.length + (phases[i] as number);
    starts[sensor + 1] = (starts[sensor + 1] as number) + 1;
  }
  for (let k = 0; k < sensorKeys.length; k += 1) {
    starts[k + 1] = (starts[k + 1] as number) + (starts[k] as number);
  }
  const offsetsNs = offsetsAfter(timesNs, originNs);
  const byTime = timeOrder(offsetsNs, starts);
  const slotsByTime = new Uint32Array(byTime.length);
  const heightsByTime = new Float32Array(byTime.length);
  for (let k = 0; k < byTime.length; k += 1) {
    slotsByTime[k] = slots[byTime[k] as number] as number;
    heightsByTime[k] = probabilities[byTime[k] as number] as number;
  }
  return {
    ...{ sensorKeys, labels, timesNs, offsetsNs, originNs },
    ...{ sensors, phases, heights: probabilities, starts, slots },
    ...{ byTime, slotsByTime, heightsByTime },
  };
}

function offsetsAfter(timesNs: BigInt64Array, originNs: EpochNs): Float64Array {
  const offsetsNs = new Float64Array(timesNs.length);
  for (let i = 0; i < offsetsNs.length; i += 1) {
    offsetsNs[i] = Number((timesNs[i] as bigint) - originNs);
  }
  return offsetsNs;
}

/** Merges the sensors, each of which is in order already, two neighbours at a time. */
function timeOrder(offsetsNs: Float64Array, starts: Uint32Array): Uint32Array {
  let from = new Uint32Array(offsetsNs.length);
  for (let i = 0; i < from.length; i += 1) from[i] = i;
  let to = new Uint32Array(from.length);
  let bounds = [...starts];
  while (bounds.length > 2) {
    const wider: number[] = [];
    for (let k = 0; k + 1 < bounds.length; k += 2) {
      const low = bounds[k] as number;
      const middle = bounds[k + 1] as number;
      merge(from, to, offsetsNs, { low, middle, high: bounds[k + 2] ?? middle });
      wider.push(low);
    }
    bounds = [...wider, offsetsNs.length];
    [from, to] = [to, from];
  }
  return from;
}

/** Two neighbouring ordered parts of `from` become one of `to`; of equal times the first part's come first. */
function merge(
  from: Uint32Array,
  to: Uint32Array,
  offsetsNs: Float64Array,
  { low, middle, high }: { low: number; middle: number; high: number },
): void {
  let [i, j] = [low, middle];
  for (let n = low; n < high; n += 1) {
    const takesFirst =
      j >= high ||
      (i < middle &&
        (offsetsNs[from[i] as number] as number) <= (offsetsNs[from[j] as number] as number));
    to[n] = (takesFirst ? from[i++] : from[j++]) as number;
  }
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

/** Some of a table's entries: those at or above the limit of their slot, as `limitsOf` gives it. */
export interface PickSelection {
  readonly table: CandidateTable;
  readonly limits: Float64Array;
}

/** A selection that leaves nothing out. */
export function everything(table: CandidateTable): PickSelection {
  const slots = table.sensorKeys.length * table.labels.length;
  return { table, limits: new Float64Array(slots).fill(-Infinity) };
}

export function isKept({ table, limits }: PickSelection, place: number): boolean {
  return (table.heights[place] as number) >= (limits[table.slots[place] as number] as number);
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

/** What changed lies between the two limits of its slot. */
function diffOfOneTable(before: PickSelection, after: PickSelection): PickDiff {
  const { byTime, heightsByTime, slotsByTime } = before.table;
  const [a, b] = [before.limits, after.limits];
  const low = a.map((limit, slot) => Math.min(limit, b[slot] as number));
  const high = a.map((limit, slot) => Math.max(limit, b[slot] as number));
  const changed = new Uint32Array(byTime.length + 1);
  let count = 0;
  // Without a branch: which of them changed cannot be foretold, and a wrong guess costs more than a write.
  for (let k = 0; k < byTime.length; k += 1) {
    const height = heightsByTime[k] as number;
    const slot = slotsByTime[k] as number;
    changed[count] = k;
    count += Number(height >= (low[slot] as number)) & Number(height < (high[slot] as number));
  }
  const gained = new Uint32Array(count);
  const lost = new Uint32Array(count);
  let gains = 0;
  for (let n = 0; n < count; n += 1) {
    const k = changed[n] as number;
    const slot = slotsByTime[k] as number;
    const isGain = (b[slot] as number) < (a[slot] as number);
    if (isGain) gained[gains++] = byTime[k] as number;
    else lost[n - gains] = byTime[k] as number;
  }
  return {
    gained: gained.subarray(0, gains),
    lost: lost.subarray(0, count - gains),
    moved: new Uint32Array(0),
  };
}

function placesOf(picks: PickSelection, sensorKey: string, label: string): number[] {
  const { table } = picks;
  const sensor = table.sensorKeys.indexOf(sensorKey);
  const phase = table.labels.indexOf(label);
  if (sensor < 0 || phase < 0) return [];
  const places: number[] = [];
  const end = table.starts[sensor + 1] as number;
  for (let i = table.starts[sensor] as number; i < end; i += 1) {
    if (table.phases[i] === phase && isKept(picks, i)) places.push(i);
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

/** How many are kept in each bin of time, label by label; `binOf` says the bin of each, as `timeBins` gives it. */
export function countsPerBin(
  { table, limits }: PickSelection,
  binOf: Uint32Array,
  bins: number,
): readonly Uint32Array[] {
  const { heights, slots, labels } = table;
  // By slot and bin first, those that lie in none behind the others.
  const counts = new Uint32Array(limits.length * (bins + 1));
  for (let i = 0; i < heights.length; i += 1) {
    const slot = slots[i] as number;
    const bin = binOf[i] as number;
    const at = slot * (bins + 1) + bin;
    counts[at] =
      (counts[at] as number) + Number((heights[i] as number) >= (limits[slot] as number));
  }
  return labels.map((_label, k) => {
    const own = new Uint32Array(bins);
    for (let slot = k; slot < limits.length; slot += labels.length) {
      for (let bin = 0; bin < bins; bin += 1) {
        own[bin] = (own[bin] as number) + (counts[slot * (bins + 1) + bin] as number);
      }
    }
    return own;
  });
}

/** For each entry its bin of time from the origin on; `bins` where it lies in none. */
export function timeBins(
  { offsetsNs }: CandidateTable,
  { binNs, bins }: { binNs: number; bins: number },
): Uint32Array {
  const binOf = new Uint32Array(offsetsNs.length);
  for (let i = 0; i < binOf.length; i += 1) {
    const bin = Math.floor((offsetsNs[i] as number) / binNs);
    binOf[i] = bin >= 0 && bin < bins ? bin : bins;
  }
  return binOf;
}
