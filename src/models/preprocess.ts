// One window made ready for the network, in float64 until the last step. Records are read where they lie;
// only a window whose line is removed is copied first.

import type { WindowPreparation, WindowScale } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import { detrendLinear } from '../signal/detrend.ts';
import { taper } from '../signal/taper.ts';
import type { RowKernel } from './rowKernel.ts';

/** A row is flat, and fed as zeros, when its standard deviation is this part of its largest absolute value: rounding. */
const FLAT_RATIO = 1e-9;

/** What has to be known of a row before it is written. */
interface Row {
  readonly samples: Samples;
  readonly from: number;
  /** Removed from every sample. */
  readonly mean: number;
  /** Of the squares of what is left. */
  readonly squares: number;
}

/** Prepares windows of one length; keeps memory to work in between them. */
export class WindowPreparer {
  readonly #preparation: WindowPreparation;
  readonly #length: number;
  readonly #kernel: RowKernel | undefined;
  readonly #scratch: Float64Array[] = [];
  readonly #flank: Float64Array | undefined;

  /** Rows in the memory of a kernel are gone over by it. */
  constructor(preparation: WindowPreparation, windowSamples: number, kernel?: RowKernel) {
    this.#kernel = kernel;
    this.#preparation = preparation;
    this.#length = windowSamples;
    const { taperSamples } = preparation;
    if (taperSamples > 0) {
      const ones = new Float64Array(windowSamples).fill(1);
      taper(ones, { kind: 'cosine', side: 'both', samples: taperSamples });
      this.#flank = ones.slice(0, taperSamples);
    }
  }

  /**
   * Writes the window that starts at sample `from` of each input into `out[at … at + inputs · length)`: mean
   * and line removed, scaled, tapered. An absent component, a flat row and one with not-a-number are zeros.
   */
  write(
    inputs: readonly (Samples | undefined)[],
    from: number,
    out: Float32Array,
    at: number,
  ): void {
    const { scale } = this.#preparation;
    const rows = inputs.map((samples, c) => samples && this.#row(samples, from, c));
    const shared = scale?.scope === 'window' ? this.#factor(rows, scale) : undefined;
    rows.forEach((row, c) => {
      const start = at + c * this.#length;
      if (row === undefined) {
        out.fill(0, start, start + this.#length);
        return;
      }
      const factor = shared ?? (scale ? this.#factor([row], scale) : 1);
      this.#writeRow(row, factor, out, start);
    });
  }

  /** Undefined for a row that is to be zeros. */
  #row(samples: Samples, from: number, component: number): Row | undefined {
    const length = this.#length;
    const kernel = this.#kernel?.holds(samples) === true ? this.#kernel : undefined;
    const mean = meanOf(samples, from, from + length, kernel);
    const squares = squaresAbout(samples, from, from + length, mean, kernel);
    if (isFlat(samples, from, length, mean, squares)) return undefined;
    const { demean, centre, detrend, scale } = this.#preparation;
    // A standard deviation is about the mean, whatever is removed.
    if (demean && centre === 'median' && !detrend) {
      return { samples, from, mean: medianOf(samples.subarray(from, from + length)), squares };
    }
    if (detrend) return this.#withoutLine(samples, from, demean ? mean : 0, component);
    if (demean) return { samples, from, mean, squares };
    const needed = scale?.by === 'std' ? squares + length * mean * mean : squares;
    return { samples, from, mean: 0, squares: needed };
  }

  #withoutLine(samples: Samples, from: number, mean: number, component: number): Row {
    const row = (this.#scratch[component] ??= new Float64Array(this.#length));
    for (let i = 0; i < row.length; i += 1) row[i] = (samples[from + i] as number) - mean;
    detrendLinear(row);
    return { samples: row, from: 0, mean: 0, squares: squaresAbout(row, 0, row.length, 0) };
  }

  /** What a row, or all rows together, are multiplied with. Absent rows count as zeros. */
  #factor(rows: readonly (Row | undefined)[], scale: WindowScale): number {
    const size = scale.by === 'peak' ? this.#peak(rows) : this.#std(rows, scale.divisor);
    const divisor = size + scale.epsilon;
    // A product in float64 rounds to the same float32 as the quotient, but for ties of one in 10⁸, and is faster.
    return divisor > 0 ? 1 / divisor : 1;
  }

  #std(rows: readonly (Row | undefined)[], divisor: 'n' | 'n-1'): number {
    const count = rows.length * this.#length;
    let squares = 0;
    let sum = 0;
    for (const row of rows) {
      if (row === undefined) continue;
      squares += row.squares;
      if (!this.#preparation.demean && !this.#preparation.detrend) {
        sum += this.#length * meanOf(row.samples, row.from, row.from + this.#length);
      }
    }
    const about = Math.max(0, squares - (sum * sum) / count);
    return Math.sqrt(about / (divisor === 'n' ? count : count - 1));
  }

  #peak(rows: readonly (Row | undefined)[]): number {
    let peak = 0;
    for (const row of rows) {
      if (row === undefined) continue;
      const { samples, from, mean } = row;
      for (let i = from; i < from + this.#length; i += 1) {
        const size = Math.abs((samples[i] as number) - mean);
        if (size > peak) peak = size;
      }
    }
    return peak;
  }

  #writeRow({ samples, from, mean }: Row, factor: number, out: Float32Array, at: number): void {
    const length = this.#length;
    let first = 0;
    const kernel = this.#kernel;
    if (kernel?.holds(samples) === true && out.buffer === samples.buffer) {
      first = length - (length % 4);
      kernel.write(samples, from, first, { mean, factor }, out, at);
    }
    for (let i = first; i < length; i += 1) {
      out[at + i] = ((samples[from + i] as number) - mean) * factor;
    }
    const flank = this.#flank;
    if (flank === undefined) return;
    for (let i = 0; i < flank.length; i += 1) {
      const weight = (flank[i] as number) * factor;
      out[at + i] = ((samples[from + i] as number) - mean) * weight;
      const last = length - 1 - i;
      out[at + last] = ((samples[from + last] as number) - mean) * weight;
    }
  }
}

/** A row with not-a-number counts as flat too: the network would spread it over the whole window. */
function isFlat(
  samples: Samples,
  from: number,
  length: number,
  mean: number,
  squares: number,
): boolean {
  const std = Math.sqrt(squares / length);
  if (!(std > 0)) return true;
  // No value is larger than |mean| + std·√n: only near that bound is the largest one looked for.
  const bound = Math.abs(mean) + std * Math.sqrt(length);
  return std <= FLAT_RATIO * bound && std <= FLAT_RATIO * largestOf(samples, from, from + length);
}

// Four running sums, so that an addition need not wait for the one before.
function meanOf(samples: Samples, from: number, to: number, kernel?: RowKernel): number {
  if (kernel !== undefined) {
    const fours = to - from - ((to - from) % 4);
    const [s0, s1, s2, s3] = kernel.sums(samples, from, fours);
    let first = s0;
    for (let i = from + fours; i < to; i += 1) first += samples[i] as number;
    return (first + s1 + (s2 + s3)) / (to - from);
  }
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    s0 += samples[i] as number;
    s1 += samples[i + 1] as number;
    s2 += samples[i + 2] as number;
    s3 += samples[i + 3] as number;
  }
  for (; i < to; i += 1) s0 += samples[i] as number;
  return (s0 + s1 + (s2 + s3)) / (to - from);
}

function medianOf(row: Samples): number {
  const sorted = Float64Array.from(row).sort();
  const upper = sorted[sorted.length >> 1] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? 0) + upper) / 2;
}

function squaresAbout(
  samples: Samples,
  from: number,
  to: number,
  mean: number,
  kernel?: RowKernel,
): number {
  if (kernel !== undefined) {
    const fours = to - from - ((to - from) % 4);
    const [s0, s1, s2, s3] = kernel.squares(samples, from, fours, mean);
    let first = s0;
    for (let i = from + fours; i < to; i += 1) first += ((samples[i] as number) - mean) ** 2;
    return first + s1 + (s2 + s3);
  }
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    const d0 = (samples[i] as number) - mean;
    const d1 = (samples[i + 1] as number) - mean;
    const d2 = (samples[i + 2] as number) - mean;
    const d3 = (samples[i + 3] as number) - mean;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; i < to; i += 1) s0 += ((samples[i] as number) - mean) ** 2;
  return s0 + s1 + (s2 + s3);
}

function largestOf(samples: Samples, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i += 1) largest = Math.max(largest, Math.abs(samples[i] as number));
  return largest;
}
