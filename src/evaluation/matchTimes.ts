// One-to-one matching of two sorted lists of times: as many pairs as possible within the tolerance, and of all
// ways to have that many the one with the smallest sum of |difference|.
//
// Of two crossing pairs a1 ≤ a2, b1 ≤ b2, (a1, b2) and (a2, b1), the uncrossed ones are no further apart in sum
// and each within the tolerance. Some best matching is therefore in order of time, and a dynamic programme over
// the two lists is exact, as for aligning sequences: at (i, j) the pair i–j is taken, or one of the two is passed
// over. Only cells within the tolerance can be pairs; those of row i are one run of columns whose ends never move
// back from row to row, so that one rolling row and the choices inside the runs are all that is kept.
// Time and memory: the number of pairs within the tolerance.

/** Columns of `b` within the tolerance of each `a`: `from[i]` ≤ j < `to[i]`. */
interface Band {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cells: number;
}

const PASS_A = 0;
const PASS_B = 1;
const TAKE = 2;

/**
 * Pairs as indices, in order of time. `a` and `b` are ascending times in nanoseconds from a common zero that
 * keeps them whole numbers below 2^53; the tolerance is included.
 */
export function matchSorted(
  a: Float64Array,
  b: Float64Array,
  toleranceNs: number,
): (readonly [a: number, b: number])[] {
  const band = bandOf(a, b, toleranceNs);
  const choices = new Uint8Array(band.cells);
  fillChoices(a, b, band, choices);
  return readBack(band, choices);
}

function bandOf(a: Float64Array, b: Float64Array, toleranceNs: number): Band {
  const from = new Int32Array(a.length);
  const to = new Int32Array(a.length);
  let [first, end, cells] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const time = a[i] ?? NaN;
    while (first < b.length && (b[first] ?? NaN) < time - toleranceNs) first += 1;
    if (end < first) end = first;
    while (end < b.length && (b[end] ?? NaN) <= time + toleranceNs) end += 1;
    from[i] = first;
    to[i] = end;
    cells += end - first;
  }
  return { from, to, cells };
}

/** Position j of the rolling row stands for the best that is done with the first j of `b`. */
function fillChoices(a: Float64Array, b: Float64Array, band: Band, choices: Uint8Array): void {
  const pairs = new Int32Array(b.length + 1);
  const costNs = new Float64Array(b.length + 1);
  let reached = 0;
  let cell = 0;
  for (let i = 0; i < a.length; i++) {
    const [from, to] = [band.from[i] ?? 0, band.to[i] ?? 0];
    // What lies right of all earlier runs has the value of the last of them.
    for (; reached < to; reached++) {
      pairs[reached + 1] = pairs[reached] ?? 0;
      costNs[reached + 1] = costNs[reached] ?? 0;
    }
    let diagonalPairs = pairs[from] ?? 0;
    let diagonalCostNs = costNs[from] ?? 0;
    for (let j = from; j < to; j++) {
      const takenPairs = diagonalPairs + 1;
      const takenCostNs = diagonalCostNs + Math.abs((a[i] ?? NaN) - (b[j] ?? NaN));
      diagonalPairs = pairs[j + 1] ?? 0;
      diagonalCostNs = costNs[j + 1] ?? 0;
      let choice = PASS_A;
      let [best, bestCostNs] = [diagonalPairs, diagonalCostNs];
      const leftPairs = pairs[j] ?? 0;
      const leftCostNs = costNs[j] ?? 0;
      if (leftPairs > best || (leftPairs === best && leftCostNs < bestCostNs)) {
        [choice, best, bestCostNs] = [PASS_B, leftPairs, leftCostNs];
      }
      if (takenPairs > best || (takenPairs === best && takenCostNs < bestCostNs)) {
        [choice, best, bestCostNs] = [TAKE, takenPairs, takenCostNs];
      }
      pairs[j + 1] = best;
      costNs[j + 1] = bestCostNs;
      choices[cell++] = choice;
    }
  }
}

function readBack(band: Band, choices: Uint8Array): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let column = band.to.at(-1) ?? 0;
  let rowStart = band.cells;
  for (let i = band.from.length - 1; i >= 0; i--) {
    const [from, to] = [band.from[i] ?? 0, band.to[i] ?? 0];
    rowStart -= to - from;
    column = Math.min(column, to);
    while (column > from) {
      const choice = choices[rowStart + column - 1 - from];
      if (choice === PASS_A) break;
      column -= 1;
      if (choice === TAKE) {
        found.push([i, column]);
        break;
      }
    }
  }
  return found.reverse();
}

/** How many pairs there can be at most: the earliest that fits is always a right choice. Sorted as above. */
export function countMatches(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  toleranceNs: number,
): number {
  let [i, j, count] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const difference = (b[j] ?? NaN) - (a[i] ?? NaN);
    if (difference < -toleranceNs) j += 1;
    else if (difference > toleranceNs) i += 1;
    else {
      [i, j, count] = [i + 1, j + 1, count + 1];
    }
  }
  return count;
}
