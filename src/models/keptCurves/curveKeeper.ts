// What is kept of a curve that comes in blocks: all of it near a probability worth picking, nothing elsewhere.

import type { KeepLevels } from '../pickRules/reach.ts';
import type { SparseBuilder } from './sparseBuilder.ts';

/**
 * Takes a curve block by block, in order and without holes between blocks, and appends to a builder every run of samples
 * at or above the tail level that reaches the floor, with one more sample on each side. How the curve is cut into blocks
 * makes no difference.
 */
export class CurveKeeper {
  readonly #levels: KeepLevels;
  readonly #out: SparseBuilder;
  /** Samples whose fate is open, and the one before them. */
  #pending = new Float32Array(0);
  #to: number;

  constructor(levels: KeepLevels, out: SparseBuilder, firstSample = 0) {
    this.#levels = levels;
    this.#out = out;
    this.#to = firstSample;
  }

  /** The sample after the last one taken. */
  get to(): number {
    return this.#to;
  }

  /** All that is kept before this sample has been appended. */
  get settledTo(): number {
    return this.#to - this.#pending.length;
  }

  push(values: Float32Array): void {
    if (values.length === 0) return;
    if (this.#levels.floor <= 0) {
      this.#out.append(this.#to, values);
      this.#to += values.length;
      return;
    }
    const work = joined(this.#pending, values);
    const from = this.settledTo;
    this.#to += values.length;
    const open = this.#appendRuns(work, from);
    // One sample of context before a run that may begin with the next block.
    const keepFrom = Math.max(0, Math.min(open, work.length) - 1);
    this.#pending = work.slice(keepFrom);
  }

  /** The curve ends here. */
  end(): void {
    const { tail, floor } = this.#levels;
    const work = this.#pending;
    this.#pending = new Float32Array(0);
    if (floor <= 0) return;
    let reached = false;
    let first = work.length;
    for (let i = work.length - 1; i >= 0 && (work[i] as number) >= tail; i -= 1) {
      first = i;
      reached = reached || (work[i] as number) >= floor;
    }
    if (reached) {
      const begin = Math.max(0, first - 1);
      this.#out.append(this.#to - work.length + begin, work.subarray(begin));
    }
  }

  /** Appends the runs that end within `work`; returns where one begins that does not, or the length. */
  #appendRuns(work: Float32Array, from: number): number {
    const { floor, tail } = this.#levels;
    let i = 0;
    while (i < work.length) {
      if (!((work[i] as number) >= tail)) {
        i += 1;
        continue;
      }
      const first = i;
      let reached = false;
      while (i < work.length && (work[i] as number) >= tail) {
        if ((work[i] as number) >= floor) reached = true;
        i += 1;
      }
      if (i === work.length) return first;
      const begin = Math.max(0, first - 1);
      if (reached) this.#out.append(from + begin, work.subarray(begin, i + 1));
    }
    return work.length;
  }
}

function joined(before: Float32Array, after: Float32Array): Float32Array {
  if (before.length === 0) return after;
  const both = new Float32Array(before.length + after.length);
  both.set(before);
  both.set(after, before.length);
  return both;
}
