// Stretches of a curve between an on and an off level.

import { type Curve, pieceCount, pieceFrom, pieceValues, type SparseCurve } from './sparseCurve.ts';

/** A run of samples in a curve; `last` is included. */
export interface Run {
  readonly first: number;
  /** The highest sample, the first of equals. */
  readonly peak: number;
  readonly last: number;
}

/**
 * `reached`: from the first sample at the on level to the last one at the off level, as SeisBench has it. `exceeded`:
 * samples have to lie above the levels, as ObsPy's `trigger_onset` has it.
 */
export type LevelConvention = 'reached' | 'exceeded';

/** Takes a run: its first sample, its highest (the first of equals), its last, and the piece it lies in. */
export type TakeRun = (first: number, peak: number, last: number, piece: number) => void;

/** The runs of one array; a run that never falls below `off` is one, however long; NaN ends a run. */
export function runsOf(
  values: Curve,
  on: number,
  off: number,
  convention: LevelConvention = 'reached',
): Run[] {
  const found: Run[] = [];
  const take: TakeRun = (first, peak, last) => found.push({ first, peak, last });
  if (convention === 'exceeded') runsAbove(values, on, off, 0, 0, take);
  else runsFrom(values, on, off, 0, 0, take);
  return found;
}

/** Gives `take` the runs of a curve, in order of time. */
export function eachRun(
  curve: SparseCurve,
  on: number,
  off: number,
  convention: LevelConvention,
  take: TakeRun,
): void {
  for (let piece = 0; piece < pieceCount(curve); piece += 1) {
    if (curve.maxima !== undefined && !((curve.maxima[piece] as number) >= on)) continue;
    const from = pieceFrom(curve, piece);
    const values = pieceValues(curve, piece);
    if (convention === 'exceeded') runsAbove(values, on, off, from, piece, take);
    else runsFrom(values, on, off, from, piece, take);
  }
}

/** The runs of a curve, in order of time, with the piece each lies in. */
export function findRuns(
  curve: SparseCurve,
  on: number,
  off: number,
  convention: LevelConvention = 'reached',
): (Run & { readonly piece: number })[] {
  const found: (Run & { piece: number })[] = [];
  eachRun(curve, on, off, convention, (first, peak, last, piece) => {
    found.push({ first, peak, last, piece });
  });
  return found;
}

// Two loops that differ in a comparison: one loop that asks which at every sample takes twice as long.

function runsFrom(
  values: Curve,
  on: number,
  off: number,
  from: number,
  piece: number,
  take: TakeRun,
): void {
  for (let i = 0; i < values.length; i += 1) {
    if (!((values[i] as number) >= on)) continue;
    const first = i;
    let peak = i;
    while (i + 1 < values.length && (values[i + 1] as number) >= off) {
      i += 1;
      if ((values[i] as number) > (values[peak] as number)) peak = i;
    }
    take(from + first, from + peak, from + i, piece);
  }
}

function runsAbove(
  values: Curve,
  on: number,
  off: number,
  from: number,
  piece: number,
  take: TakeRun,
): void {
  for (let i = 0; i < values.length; i += 1) {
    if (!((values[i] as number) > on)) continue;
    const first = i;
    let peak = i;
    while (i + 1 < values.length && (values[i + 1] as number) > off) {
      i += 1;
      if ((values[i] as number) > (values[peak] as number)) peak = i;
    }
    take(from + first, from + peak, from + i, piece);
  }
}
