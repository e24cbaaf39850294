import { detrendLinear } from '../../signal/detrend.ts';
import { taper } from '../../signal/taper.ts';
import type { Piece } from './pieces.ts';
import type { RunnerSpec, WindowScale } from './runnerSpec.ts';

/** A row counts as flat when what is left without its mean is smaller than this part of the mean: rounding. */
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

function removeMean(row: Float64Array): void {
  const mean = meanOf([row]);
  let largest = 0;
  for (let i = 0; i < row.length; i += 1) {
    const value = (row[i] as number) - mean;
    row[i] = value;
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest <= FLAT * Math.abs(mean)) row.fill(0);
}

function divide(rows: readonly Float64Array[], scale: WindowScale): void {
  const divisor = (scale.by === 'peak' ? peakOf(rows) : stdOf(rows, scale.divisor)) + scale.epsilon;
  if (divisor === 0) return;
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) / divisor;
  }
}

function meanOf(rows: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 1) sum += row[i] as number;
    count += row.length;
  }
  return sum / count;
}

function stdOf(rows: readonly Float64Array[], divisor: 'n' | 'n-1'): number {
  const mean = meanOf(rows);
  let [squares, count] = [0, 0];
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 1) squares += ((row[i] as number) - mean) ** 2;
    count += row.length;
  }
  return Math.sqrt(squares / (divisor === 'n' ? count : count - 1));
}

function peakOf(rows: readonly Float64Array[]): number {
  let peak = 0;
  for (const row of rows) {
    for (let i = 0; i < row.length; i += 1) peak = Math.max(peak, Math.abs(row[i] as number));
  }
  return peak;
}
