import { detrendLinear } from '../../signal/detrend.ts';
import { taper } from '../../signal/taper.ts';
import type { Piece } from './pieces.ts';
import type { RunnerSpec, WindowScale } from './runnerSpec.ts';

/** A row counts as flat when what is left without its mean is, in its mean square, this part of the mean: rounding. */
const FLAT = 1e-9;

/** Rows to work in, one a component. */
export function windowScratch(spec: RunnerSpec): Float64Array[] {
  return spec.components.map(() => new Float64Array(spec.windowSamples));
}

/**
 * Writes the window of `piece` that starts at sample `from` as the network wants it into
 * `out[at … at + components · windowSamples)`, in float64 until the last step.
 */
export function writeWindow(
  piece: Piece,
  from: number,
  spec: RunnerSpec,
  scratch: readonly Float64Array[],
  out: Float32Array,
  at: number,
): void {
  const { demean, detrend, scale, taperSamples } = spec.preparation;
  const { windowSamples } = spec;
  for (const [c, row] of scratch.entries()) {
    row.set((piece.rows[c] as Float32Array).subarray(from, from + windowSamples));
    if (demean) removeMean(row);
    if (detrend) detrendLinear(row);
  }
  if (scale?.scope === 'window') divide(scratch, scale);
  else if (scale) for (const row of scratch) divide([row], scale);
  for (const [c, row] of scratch.entries()) {
    if (taperSamples > 0) taper(row, { kind: 'cosine', side: 'both', samples: taperSamples });
    out.set(row, at + c * windowSamples);
  }
}

/** Removes the mean; a row that is then nothing but rounding becomes zeros. */
function removeMean(row: Float64Array): void {
  const mean = sumOf(row) / row.length;
  for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) - mean;
  if (squaresAbout(row, 0) <= row.length * (FLAT * mean) ** 2) row.fill(0);
}

function divide(rows: readonly Float64Array[], scale: WindowScale): void {
  const size = scale.by === 'peak' ? peakOf(rows) : stdOf(rows, scale.divisor);
  const divisor = size + scale.epsilon;
  if (divisor === 0) return;
  const factor = 1 / divisor;
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) * factor;
  }
}

function stdOf(rows: readonly Float64Array[], divisor: 'n' | 'n-1'): number {
  let [sum, squares, count] = [0, 0, 0];
  for (const row of rows) {
    sum += sumOf(row);
    count += row.length;
  }
  for (const row of rows) squares += squaresAbout(row, sum / count);
  return Math.sqrt(squares / (divisor === 'n' ? count : count - 1));
}

// Four running sums, so that an addition need not wait for the one before.
function sumOf(row: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < row.length; i += 4) {
    s0 += row[i] as number;
    s1 += row[i + 1] as number;
    s2 += row[i + 2] as number;
    s3 += row[i + 3] as number;
  }
  for (; i < row.length; i += 1) s0 += row[i] as number;
  return s0 + s1 + (s2 + s3);
}

function squaresAbout(row: Float64Array, mean: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < row.length; i += 4) {
    const d0 = (row[i] as number) - mean;
    const d1 = (row[i + 1] as number) - mean;
    const d2 = (row[i + 2] as number) - mean;
    const d3 = (row[i + 3] as number) - mean;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; i < row.length; i += 1) s0 += ((row[i] as number) - mean) ** 2;
  return s0 + s1 + (s2 + s3);
}

function peakOf(rows: readonly Float64Array[]): number {
  let peak = 0;
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 1) {
      peak = Math.max(peak, Math.abs(row[i] as number));
    }
  }
  return peak;
}
