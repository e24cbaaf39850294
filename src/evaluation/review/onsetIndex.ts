// Whether one of many onsets lies near a time, by station and phase.

import { type EpochNs, secondsToNs } from '../../base/time.ts';

export interface PlacedOnset {
  /** `NET.STA` */
  readonly station: string;
  /** A family, or a name where all share names. */
  readonly phase: string;
  readonly time: EpochNs;
}

/** Onsets that can be asked for by place; built once. */
export class OnsetIndex {
  readonly #times = new Map<string, bigint[]>();

  constructor(onsets: Iterable<PlacedOnset>) {
    for (const { station, phase, time } of onsets) {
      const key = `${station} ${phase}`;
      const times = this.#times.get(key) ?? [];
      times.push(time);
      this.#times.set(key, times);
    }
    for (const times of this.#times.values()) times.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Bounds included. */
  hasNear({ station, phase, time }: PlacedOnset, withinS: number): boolean {
    const times = this.#times.get(`${station} ${phase}`) ?? [];
    const within = secondsToNs(withinS);
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0n) < time - within) low = middle + 1;
      else high = middle;
    }
    const found = times[low];
    return found !== undefined && found <= time + within;
  }
}
