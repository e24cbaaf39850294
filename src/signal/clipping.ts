/** Samples `[from, to)` of a record that a digitiser or amplifier cut off. */
export interface ClippedSpan {
  readonly from: number;
  readonly to: number;
}

/** Equal extreme samples in a row that no signal makes by itself. */
const LEAST_SAMPLES = 4;

/**
 * Flat tops: at least four samples in a row at the record's highest or lowest value, as recorded (a filter rounds
 * them), where it is not flat as a whole. Spans in order of time.
 */
export function clippedSpans(samples: ArrayLike<number>): ClippedSpan[] {
  // A span holds at least one of every four samples: most records are done after a look at these.
  const [lowest, highest] = extremes(samples, LEAST_SAMPLES);
  if (!(highest > lowest)) return [];
  const found: ClippedSpan[] = [];
  for (let i = LEAST_SAMPLES - 1; i < samples.length; i += LEAST_SAMPLES) {
    const value = samples[i] as number;
    if (value !== highest && value !== lowest) continue;
    const span = runAbout(samples, i);
    if (span.to - span.from >= LEAST_SAMPLES) found.push(span);
    i += Math.floor((span.to - 1 - i) / LEAST_SAMPLES) * LEAST_SAMPLES;
  }
  if (found.length === 0) return [];
  const whole = extremes(samples, 1);
  return found.filter(({ from }) => whole.includes(samples[from] as number));
}

/** Of every so manieth sample. */
function extremes(samples: ArrayLike<number>, every: number): readonly [number, number] {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = every - 1; i < samples.length; i += every) {
    const value = samples[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

function runAbout(samples: ArrayLike<number>, index: number): ClippedSpan {
  const value = samples[index] as number;
  let from = index;
  while (from > 0 && samples[from - 1] === value) from -= 1;
  let to = index + 1;
  while (to < samples.length && samples[to] === value) to += 1;
  return { from, to };
}
