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

/** The runs of one array; a run that never falls below `off` is one, however long; NaN ends a run. */
export function runsOf(
  values: Curve,
  on: number,
  off: number,
  convention: LevelConvention = 'reached',
): Run[] {
  const found: Run[] = [];
  const strict = convention === 'exceeded';
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!(strict ? value > on : value >= on)) continue;
    const first = i;
    let peak = i;
    while (i + 1 < values.length) {
      const next = values[i + 1] as number;
      if (!(strict ? next > off : next >= off)) break;
      i += 1;
      if (next > (values[peak] as number)) peak = i;
    }
    found.push({ first, peak, last: i });
  }
  return found;
}

/** The runs of a curve, in order of time, with the piece each lies in. */
export function findRuns(
  curve: SparseCurve,
  on: number,
  off: number,
  convention: LevelConvention = 'reached',
): (Run & { readonly piece: number })[] {
  const found: (Run & { piece: number })[] = [];
  for (let piece = 0; piece < pieceCount(curve); piece += 1) {
    if (curve.maxima !== undefined && !((curve.maxima[piece] as number) >= on)) continue;
    const from = pieceFrom(curve, piece);
    for (const { first, peak, last } of runsOf(pieceValues(curve, piece), on, off, convention)) {
      found.push({ first: from + first, peak: from + peak, last: from + last, piece });
    }
  }
  return found;
}
