import { type EpochNs, secondsToNs } from '../base/time.ts';

export interface Onset {
  /** Only onsets of the same place and phase can be the same. */
  readonly place: string;
  readonly time: EpochNs;
}

/** Pairs onsets within the tolerance, nearest first, each at most once; the others stay alone. */
export function matchOnsets<T extends Onset>(
  a: readonly T[],
  b: readonly T[],
  toleranceS: number,
): [T | undefined, T | undefined][] {
  const tolerance = secondsToNs(toleranceS);
  const near: { x: T; y: T; apart: bigint }[] = [];
  const byPlace = Map.groupBy(b, ({ place }) => place);
  for (const others of byPlace.values()) others.sort((x, y) => (x.time < y.time ? -1 : 1));
  for (const x of a) {
    const others = byPlace.get(x.place) ?? [];
    for (let i = firstFrom(others, x.time - tolerance); i < others.length; i += 1) {
      const y = others[i];
      if (!y || y.time > x.time + tolerance) break;
      near.push({ x, y, apart: x.time > y.time ? x.time - y.time : y.time - x.time });
    }
  }
  near.sort((p, q) => (p.apart < q.apart ? -1 : p.apart > q.apart ? 1 : 0));
  const [usedA, usedB] = [new Set<T>(), new Set<T>()];
  const pairs: [T | undefined, T | undefined][] = [];
  for (const { x, y } of near) {
    if (usedA.has(x) || usedB.has(y)) continue;
    usedA.add(x);
    usedB.add(y);
    pairs.push([x, y]);
  }
  for (const x of a) if (!usedA.has(x)) pairs.push([x, undefined]);
  for (const y of b) if (!usedB.has(y)) pairs.push([undefined, y]);
  return pairs;
}

/** Index of the first onset not before `time`, in order of time. */
function firstFrom(onsets: readonly Onset[], time: bigint): number {
  let [low, high] = [0, onsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((onsets[middle]?.time ?? 0n) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
