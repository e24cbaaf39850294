import type { Samples } from '../domain/waveform/traceSegment.ts';
import type { Normalisation } from './spec.ts';

/**
 * Writes one window of one component as the model wants it: mean removed, divided by (std + epsilon),
 * in float64, then float32. A flat row becomes zeros.
 * `samples[from … from + length)` are raw counts; `out[at … at + length)` is written.
 * Source: `preprocessing` of the model card.
 */
export function normaliseWindow(
  samples: Samples,
  from: number,
  length: number,
  { epsilon, flatRatio }: Normalisation,
  out: Float32Array,
  at: number,
): void {
  let sum = 0;
  let largest = 0;
  for (let i = from; i < from + length; i += 1) {
    const value = samples[i] as number;
    sum += value;
    const size = value < 0 ? -value : value;
    if (size > largest) largest = size;
  }
  const mean = sum / length;
  let squares = 0;
  for (let i = from; i < from + length; i += 1) {
    const deviation = (samples[i] as number) - mean;
    squares += deviation * deviation;
  }
  const std = Math.sqrt(squares / length);
  // Written so that a row with NaN counts as flat: a network would spread it over the whole window.
  if (!(std > flatRatio * largest)) {
    out.fill(0, at, at + length);
    return;
  }
  const divisor = std + epsilon;
  for (let i = 0; i < length; i += 1) {
    out[at + i] = ((samples[from + i] as number) - mean) / divisor;
  }
}
