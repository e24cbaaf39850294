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
  const mean = meanOf(samples, from, from + length);
  const std = Math.sqrt(squaresAbout(samples, from, from + length, mean) / length);
  // No value is larger than |mean| + std·√n: only near that bound is the largest one looked for.
  const bound = Math.abs(mean) + std * Math.sqrt(length);
  const flat =
    std <= flatRatio * bound && std <= flatRatio * largestOf(samples, from, from + length);
  // A row with NaN counts as flat too: the network would spread it over the whole window.
  if (flat || !(std > 0)) {
    out.fill(0, at, at + length);
    return;
  }
  // A product in float64 rounds to the same float32 as the quotient, but for ties of one in 10⁸, and is faster.
  const factor = 1 / (std + epsilon);
  for (let i = 0; i < length; i += 1) {
    out[at + i] = ((samples[from + i] as number) - mean) * factor;
  }
}

// Four running sums, so that an addition need not wait for the one before.
function meanOf(samples: Samples, from: number, to: number): number {
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

function squaresAbout(samples: Samples, from: number, to: number, mean: number): number {
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
