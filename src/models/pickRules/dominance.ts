import { type SparseCurve, type SparseCurves, valuesBetween } from './sparseCurve.ts';

/**
 * Whether no other label has a higher mean over `windowSamples` about a sample, as Seismo-Performer's `get_positives`:
 * near the ends the window moves inwards, and at the end its last sample never counts.
 */
export function isDominant(
  curves: SparseCurves,
  label: string,
  sample: number,
  windowSamples: number,
): boolean {
  const own = curves[label] as SparseCurve;
  let from = Math.max(0, sample - (windowSamples >> 1));
  let to = from + windowSamples;
  if (to > own.length) {
    to = own.length - 1;
    from = Math.max(0, to - windowSamples);
  }
  const mean = meanBetween(own, from, to);
  return Object.entries(curves).every(
    ([other, curve]) => other === label || !(meanBetween(curve, from, to) > mean),
  );
}

function meanBetween(curve: SparseCurve, from: number, to: number): number {
  const values = valuesBetween(curve, from, to);
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number;
  return sum / (to - from);
}
