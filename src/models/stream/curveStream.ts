// Answers of windows on one absolute grid put together, in any order, and given out once nothing more can come.

import type { Stacking } from '../../domain/event/runSettings.ts';

/** One gap-free piece of a curve; `first` counts samples since 1970. */
export interface CurvePiece {
  readonly row: number;
  readonly first: number;
  readonly values: Float32Array;
}

export class CurveStream {
  readonly #stacking: Stacking;
  readonly #rows: number;
  /** By window: which sample its answer begins with, blinded ends left out, and the answer of each row. */
  readonly #answers = new Map<number, { first: number; rows: readonly Float32Array[] }>();

  constructor(stacking: Stacking, rows: number) {
    this.#stacking = stacking;
    this.#rows = rows;
  }

  add(window: number, first: number, rows: readonly Float32Array[]): void {
    this.#answers.set(window, { first, rows });
  }

  /**
   * The curves up to sample `until`, which later windows do not reach; what lies before is forgotten. Windows
   * are summed in their order, whatever order they came in, so that rounding is the same too.
   */
  take(until: number): CurvePiece[] {
    const ordered = [...this.#answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
    const [begin] = ordered;
    if (begin === undefined || until <= begin.first) return [];
    const from = begin.first;
    const end = Math.min(until, Math.max(...ordered.map(endOf)));
    const pieces = Array.from({ length: this.#rows }, (_, row) =>
      piecesOf(this.#stackRow(ordered, row, from, end), row, from),
    );
    this.#forget(end);
    return pieces.flat().sort((a, b) => a.first - b.first || a.row - b.row);
  }

  #stackRow(
    ordered: readonly { first: number; rows: readonly Float32Array[] }[],
    row: number,
    from: number,
    end: number,
  ): Float32Array {
    const values = new Float32Array(end - from).fill(NaN);
    const counts = new Uint16Array(end - from);
    for (const { first, rows } of ordered) {
      const answer = rows[row] as Float32Array;
      for (let i = 0; i < answer.length && first + i < end; i += 1) {
        const at = first + i - from;
        const value = answer[i] as number;
        if (counts[at] === 0) values[at] = value;
        else if (this.#stacking === 'max') values[at] = Math.max(values[at] as number, value);
        else values[at] = (values[at] as number) + value;
        counts[at] = (counts[at] as number) + 1;
      }
    }
    if (this.#stacking === 'avg') {
      for (let i = 0; i < values.length; i += 1)
        values[i] = (values[i] as number) / (counts[i] as number);
    }
    return values;
  }

  #forget(until: number): void {
    for (const [window, answer] of this.#answers) {
      if (endOf(answer) <= until) this.#answers.delete(window);
      else if (answer.first < until) {
        const cut = until - answer.first;
        const rows = answer.rows.map((values) => values.subarray(cut));
        this.#answers.set(window, { first: until, rows });
      }
    }
  }
}

function endOf({ first, rows }: { first: number; rows: readonly Float32Array[] }): number {
  return first + (rows[0]?.length ?? 0);
}

function piecesOf(values: Float32Array, row: number, from: number): CurvePiece[] {
  const pieces: CurvePiece[] = [];
  let start: number | undefined;
  for (let i = 0; i <= values.length; i += 1) {
    const present = i < values.length && !Number.isNaN(values[i]);
    if (present && start === undefined) start = i;
    if (!present && start !== undefined) {
      pieces.push({ row, first: from + start, values: values.slice(start, i) });
      start = undefined;
    }
  }
  return pieces;
}
