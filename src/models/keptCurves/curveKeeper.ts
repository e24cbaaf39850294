// What is kept of a curve that comes in blocks: all of it near a probability worth picking, nothing elsewhere.

import type { KeepLevels } from '../pickRules/reach.ts';
import {
  pieceCount,
  pieceFrom,
  pieceTo,
  pieceValues,
  type SparseCurve,
} from '../pickRules/sparseCurve.ts';
import type { SparseBuilder } from './sparseBuilder.ts';

const LOW = new Float32Array(1);

/** Where a keeper is, to go on from. */
export interface KeeperState {
  readonly to: number;
  readonly open: boolean;
  readonly reached: boolean;
  readonly waiting: Float32Array;
}

/**
 * Takes a curve block by block, in order and without holes between blocks, and appends to a builder every run of samples
 * at or above the tail level that reaches the floor, with one more sample on each side. How the curve is cut into blocks
 * makes no difference.
 */
export class CurveKeeper {
  readonly #levels: KeepLevels;
  readonly #out: SparseBuilder;
  #to = 0;
  /** Whether the last sample lies in a run, and whether that has reached the floor. */
  #open = false;
  #reached = false;
  /** Samples whose fate is open: a run that has not reached the floor and the sample before it, or the last sample. */
  #waiting: Float32Array[] = [];
  #waitingSamples = 0;

  constructor(levels: KeepLevels, out: SparseBuilder, state?: KeeperState) {
    this.#levels = levels;
    this.#out = out;
    if (state === undefined) return;
    this.#to = state.to;
    this.#open = state.open;
    this.#reached = state.reached;
    if (state.waiting.length > 0) this.#wait(state.waiting, 0);
  }

  /** A copy of where it is; what has been appended is the builder's. */
  get state(): KeeperState {
    const waiting = new Float32Array(this.#waitingSamples);
    let at = 0;
    for (const part of this.#waiting) {
      waiting.set(part, at);
      at += part.length;
    }
    return { to: this.#to, open: this.#open, reached: this.#reached, waiting };
  }

  /** The sample after the last one taken. */
  get to(): number {
    return this.#to;
  }

  /** All that is kept before this sample has been appended. */
  get settledTo(): number {
    return this.#to - this.#waitingSamples;
  }

  /** The values are not held on to. */
  push(values: Float32Array): void {
    if (values.length === 0) return;
    if (this.#levels.floor <= 0) this.#out.append(this.#to, values);
    else this.#pushRuns(values);
    this.#to += values.length;
  }

  /** Takes the samples of a curve of which all that is not known is below the tail level. */
  pushSparse(curve: SparseCurve): void {
    let at = 0;
    for (let piece = 0; piece < pieceCount(curve); piece += 1) {
      this.#pushLow(pieceFrom(curve, piece) - at);
      const values = pieceValues(curve, piece);
      this.push(values instanceof Float32Array ? values : Float32Array.from(values));
      at = pieceTo(curve, piece);
    }
    this.#pushLow(curve.length - at);
  }

  /** So many samples of which none matters: of a run of them only the first and the last are looked at. */
  #pushLow(count: number): void {
    if (count <= 0) return;
    this.push(LOW);
    if (count === 1) return;
    this.#to += count - 2;
    this.#forget();
    this.push(LOW);
  }

  /** The curve ends here. */
  end(): void {
    this.#open = false;
    this.#reached = false;
    this.#forget();
  }

  #pushRuns(values: Float32Array): void {
    const { tail, floor } = this.#levels;
    let from = 0;
    let i = 0;
    while (i < values.length) {
      if (!this.#open) {
        while (i < values.length && !((values[i] as number) >= tail)) i += 1;
        if (i === values.length) break;
        this.#open = true;
        this.#reached = false;
        // The sample before it is the last of this block, or the one that waits.
        if (i > 0) this.#forget();
        from = Math.max(0, i - 1);
      }
      while (i < values.length && (values[i] as number) >= tail) {
        if ((values[i] as number) >= floor) this.#reached = true;
        i += 1;
      }
      if (i === values.length) break;
      this.#open = false;
      if (this.#reached) this.#append(values, from, i + 1);
      this.#forget();
      from = i;
      i += 1;
    }
    if (!this.#open) {
      this.#forget();
      this.#wait(values, values.length - 1);
    } else if (this.#reached) {
      this.#append(values, from, values.length);
    } else {
      this.#wait(values, from);
    }
  }

  /** What waits, and samples of the block. */
  #append(values: Float32Array, from: number, to: number): void {
    let at = this.#to - this.#waitingSamples;
    for (const part of this.#waiting) {
      this.#out.append(at, part);
      at += part.length;
    }
    this.#forget();
    this.#out.append(this.#to + from, values.subarray(from, to));
  }

  #wait(values: Float32Array, from: number): void {
    this.#waiting.push(values.slice(from));
    this.#waitingSamples += values.length - from;
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingSamples = 0;
  }
}
