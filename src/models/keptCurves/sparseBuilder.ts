import type { SparseCurve } from '../pickRules/sparseCurve.ts';

/** What a builder holds, to go on from. */
export type BuilderState = Omit<SparseCurve, 'length' | 'values'> & {
  readonly values: Float32Array;
};

/** Puts pieces together in order of time; those that touch or overlap become one. */
export class SparseBuilder {
  #from: number[] = [];
  #at: number[] = [0];
  #values = new Float32Array(1024);
  #length = 0;

  constructor(state?: BuilderState) {
    if (state === undefined) return;
    this.#from = [...state.from];
    this.#at = [...state.at];
    this.#reserve(state.values.length);
    this.#values.set(state.values);
    this.#length = state.values.length;
  }

  /** A copy of what is held. */
  get state(): BuilderState {
    const { from, at } = this.toSparse(0);
    return { from, at, values: this.#values.slice(0, this.#length) };
  }

  /** The sample after the last one that is held. */
  get to(): number {
    const last = this.#from.length - 1;
    if (last < 0) return 0;
    return (this.#from[last] as number) + this.#length - (this.#at[last] as number);
  }

  /** Samples from `from` on; what is held of them already is left as it is. */
  append(from: number, values: Float32Array): void {
    const pieces = this.#from.length;
    const held = pieces === 0 ? -Infinity : this.to;
    const added = from > held ? values : values.subarray(held - from);
    if (added.length === 0) return;
    if (from > held) {
      this.#from.push(from);
      this.#at.push(this.#length);
    }
    this.#reserve(added.length);
    this.#values.set(added, this.#length);
    this.#length += added.length;
    this.#at[this.#from.length] = this.#length;
  }

  /** Lets go of all samples before one; of a piece that goes on, the sample before it stays as its first. */
  drop(before: number): void {
    let gone = 0;
    while (gone < this.#from.length && this.#pieceTo(gone) <= before) gone += 1;
    let shift = this.#at[gone] as number;
    const from = this.#from.slice(gone);
    const first = from[0];
    if (first !== undefined && first < before - 1) {
      shift += before - 1 - first;
      from[0] = before - 1;
    }
    if (shift === 0) return;
    this.#values.copyWithin(0, shift, this.#length);
    this.#length -= shift;
    this.#from = from;
    this.#at = this.#at.slice(gone).map((at) => Math.max(0, at - shift));
  }

  /** What is held, as a curve of `length` samples. A copy where `own` is set; else good until the next change. */
  toSparse(length: number, own = false): SparseCurve {
    const values = this.#values.subarray(0, this.#length);
    return {
      length,
      from: Float64Array.from(this.#from),
      at: Uint32Array.from(this.#at),
      values: own ? values.slice() : values,
    };
  }

  #pieceTo(piece: number): number {
    const samples = (this.#at[piece + 1] as number) - (this.#at[piece] as number);
    return (this.#from[piece] as number) + samples;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#values.length) return;
    const grown = new Float32Array(Math.max(needed, 2 * this.#values.length));
    grown.set(this.#values.subarray(0, this.#length));
    this.#values = grown;
  }
}
