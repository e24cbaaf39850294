import type { Peaks } from './peaks.ts';
import { pieceFrom, pieceValues, type SparseCurve } from './sparseCurve.ts';
import { runAbout } from './uncertainty.ts';

/** A pick before its uncertainty is measured; `piece` is that of its label's curve. */
export interface Found {
  readonly label: string;
  readonly piece: number;
  readonly sample: number;
  readonly startSample: number;
  readonly endSample: number;
  readonly probability: number;
  /** Of a detection: the samples of the picks that belong to it, by label. */
  readonly arrivals?: Readonly<Record<string, number>>;
}

/** Peaks with the runs at or above the threshold they stand in. */
export function foundPeaks(
  label: string,
  peaks: Peaks,
  curve: SparseCurve,
  threshold: number,
): Found[] {
  return Array.from(peaks.samples, (sample, k) => {
    const piece = peaks.pieces[k] as number;
    const from = pieceFrom(curve, piece);
    const { first, last } = runAbout(pieceValues(curve, piece), sample - from, threshold);
    return {
      label,
      piece,
      sample,
      startSample: from + first,
      endSample: from + last,
      probability: peaks.heights[k] as number,
    };
  });
}
