import { type WindowChunk, type Windowing, windowCover, windowStart } from './windowing.ts';

/**
 * Adds one window's probabilities to the chunk's sum, its blinded ends left out.
 * `probabilities[at … at + window)` belongs to the window; `sum[0]` is sample `chunk.from`.
 */
export function addWindow(
  windowing: Windowing,
  chunk: WindowChunk,
  index: number,
  probabilities: Float32Array,
  at: number,
  sum: Float32Array,
): void {
  const cover = windowCover(windowing, index);
  const shift = at - windowStart(windowing, index);
  for (let i = cover.from; i < cover.to; i += 1) {
    const k = i - chunk.from;
    sum[k] = (sum[k] as number) + (probabilities[i + shift] as number);
  }
}

/** Turns sums into this chunk's share of the average: each sample times 1 / (its number of windows). */
export function scaleByCover(sum: Float32Array, inverse: Float32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] as number) * (inverse[i] as number);
}

/**
 * Puts a chunk's share into the stretch's curve. Chunks may come in any order; where two overlap their
 * shares add up to the average. `written` says up to where and from where the curve already holds values.
 */
export function addShare(
  curve: Float32Array,
  share: Float32Array,
  chunk: WindowChunk,
  previousTo: number,
  nextFrom: number,
): void {
  const innerFrom = Math.min(Math.max(previousTo, chunk.from), chunk.to);
  const innerTo = Math.max(Math.min(nextFrom, chunk.to), innerFrom);
  addRange(curve, share, chunk.from, chunk.from, innerFrom);
  curve.set(share.subarray(innerFrom - chunk.from, innerTo - chunk.from), innerFrom);
  addRange(curve, share, chunk.from, innerTo, chunk.to);
}

function addRange(
  curve: Float32Array,
  share: Float32Array,
  shareFrom: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i += 1) {
    curve[i] = (curve[i] as number) + (share[i - shareFrom] as number);
  }
}
