// Triggers of a run against those other levels give: a trigger is the same when it overlaps, whatever its ends.

import { type EpochNs, epochNs } from '../../src/base/time.ts';
import type { RetriggeredRun } from '../../src/contract/messages/detector.ts';

export interface TriggerChange {
  readonly kind: 'gained' | 'lost';
  readonly sensorKey: string;
  readonly onNs: EpochNs;
  readonly peak: number;
}

export interface TriggerChanges {
  /** In both. */
  readonly same: number;
  readonly gained: number;
  readonly lost: number;
  /** In order of time, then sensor. */
  readonly list: readonly TriggerChange[];
}

type Triggers = Pick<RetriggeredRun, 'sensorKeys' | 'sensors' | 'onNs' | 'offNs' | 'peaks'>;

/** What `now` has gained and lost against `base`. */
export function triggerChanges(base: Triggers, now: Triggers): TriggerChanges {
  const [before, after] = [placesBySensor(base), placesBySensor(now)];
  const list: TriggerChange[] = [];
  let same = 0;
  for (const sensorKey of new Set([...before.keys(), ...after.keys()])) {
    const old = before.get(sensorKey) ?? [];
    const young = after.get(sensorKey) ?? [];
    list.push(...unmatched('lost', sensorKey, base, old, now, young));
    const gained = unmatched('gained', sensorKey, now, young, base, old);
    list.push(...gained);
    same += young.length - gained.length;
  }
  const of = (kind: TriggerChange['kind']): number =>
    list.reduce((sum, each) => sum + (each.kind === kind ? 1 : 0), 0);
  list.sort((a, b) =>
    a.onNs === b.onNs ? a.sensorKey.localeCompare(b.sensorKey) : a.onNs < b.onNs ? -1 : 1,
  );
  return { same, gained: of('gained'), lost: of('lost'), list };
}

/** Triggers of `own` at `places` that meet none of `others`; both in order of time. */
function unmatched(
  kind: TriggerChange['kind'],
  sensorKey: string,
  own: Triggers,
  places: readonly number[],
  others: Triggers,
  otherPlaces: readonly number[],
): TriggerChange[] {
  const found: TriggerChange[] = [];
  let next = 0;
  for (const place of places) {
    const onNs = own.onNs[place] ?? 0n;
    const offNs = own.offNs[place] ?? 0n;
    while (next < otherPlaces.length && (others.offNs[otherPlaces[next] ?? 0] ?? 0n) < onNs) {
      next += 1;
    }
    const meets = next < otherPlaces.length && (others.onNs[otherPlaces[next] ?? 0] ?? 0n) <= offNs;
    if (meets) continue;
    found.push({ kind, sensorKey, onNs: epochNs(onNs), peak: own.peaks[place] ?? 0 });
  }
  return found;
}

function placesBySensor({ sensorKeys, sensors, onNs }: Triggers): Map<string, number[]> {
  const places = new Map<string, number[]>();
  sensors.forEach((sensor, place) => {
    const key = sensorKeys[sensor] ?? '';
    const own = places.get(key);
    if (own) own.push(place);
    else places.set(key, [place]);
  });
  for (const own of places.values()) {
    own.sort((a, b) => ((onNs[a] ?? 0n) < (onNs[b] ?? 0n) ? -1 : 1));
  }
  return places;
}

/** Triggers in equal parts of the span from the first to the last; empty without any. */
export function triggersPerBin({ onNs }: Pick<Triggers, 'onNs'>, bins: number): number[] {
  if (onNs.length === 0) return [];
  let [from, to] = [onNs[0] ?? 0n, onNs[0] ?? 0n];
  for (const time of onNs) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  const counts = new Array<number>(bins).fill(0);
  const length = Number(to - from) + 1;
  for (const time of onNs) {
    const bin = Math.floor((Number(time - from) / length) * bins);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
