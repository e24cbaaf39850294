import type { RunningScale } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';

/**
 * Each row less its running mean, divided by its running standard deviation: taken in windows of
 * `windowSamples` about every `stepSamples`-th sample of the row, which goes on mirrored beyond its ends, and
 * interpolated between them; the first and the last value are those of their neighbours. A deviation of 0 counts
 * as 1. Of rows some of which are absent or flat the others are raised, as if the sum over all stayed.
 * Source: `normalize_long` of AI4EPS/PhaseNet.
 */
export function scaleRows(
  rows: readonly (Samples | undefined)[],
  scale: RunningScale,
): (Float32Array | undefined)[] {
  const scaled = rows.map((row) => row && scaleRow(row, scale));
  const alive = scaled.filter((row) => row?.alive === true).length;
  const factor = alive === 0 || alive === rows.length ? 1 : rows.length / alive;
  return scaled.map((row) => {
    if (row === undefined || factor === 1) return row?.values;
    return row.values.map((value) => value * factor);
  });
}

function scaleRow(
  row: Samples,
  { windowSamples, stepSamples }: RunningScale,
): { values: Float32Array; alive: boolean } {
  const knots = Math.ceil(row.length / stepSamples);
  const means = new Float64Array(knots + 1);
  const deviations = new Float64Array(knots + 1);
  for (let k = 1; k < knots; k += 1) {
    const from = k * stepSamples - (windowSamples >> 1);
    [means[k], deviations[k]] = momentsOf(row, from, windowSamples);
  }
  // A row shorter than a step has no value between its ends.
  if (knots < 2) [means[0], deviations[0]] = momentsOf(row, 0, row.length);
  const inner = knots < 2 ? 0 : 1;
  means[0] = means[inner] as number;
  deviations[0] = deviations[inner] as number;
  means[knots] = means[Math.max(inner, knots - 1)] as number;
  deviations[knots] = deviations[Math.max(inner, knots - 1)] as number;
  const alive = deviations.some((deviation) => deviation > 0);
  for (const [k, deviation] of deviations.entries()) if (deviation === 0) deviations[k] = 1;
  const values = new Float32Array(row.length);
  for (let k = 0; k < knots; k += 1) {
    const from = k * stepSamples;
    // The last knot lies at the end of the row, not at a whole step.
    const to = Math.min(row.length, from + stepSamples);
    const [mean, deviation] = [means[k] as number, deviations[k] as number];
    const meanStep = ((means[k + 1] as number) - mean) / (to - from);
    const deviationStep = ((deviations[k + 1] as number) - deviation) / (to - from);
    for (let i = from; i < to; i += 1) {
      const along = i - from;
      const value = (row[i] as number) - (mean + along * meanStep);
      values[i] = value / (deviation + along * deviationStep);
    }
  }
  return { values, alive };
}

/** Mean and standard deviation of `count` samples from `from` on, of a row mirrored at its first and last sample. */
function momentsOf(row: Samples, from: number, count: number): [number, number] {
  const last = row.length - 1;
  const at = (index: number): number => {
    let i = index;
    // A row shorter than the window is met more than once.
    while (i < 0 || i > last) {
      if (last === 0) return row[0] as number;
      i = i < 0 ? -i : 2 * last - i;
    }
    return row[i] as number;
  };
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += at(from + i);
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i += 1) squares += (at(from + i) - mean) ** 2;
  return [mean, Math.sqrt(squares / count)];
}
