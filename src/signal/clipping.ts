/** Samples `[from, to)` of a record that a digitiser or amplifier cut off. */
export interface ClippedSpan {
  readonly from: number;
  readonly to: number;
}

/** Equal extreme samples in a row that no signal makes by itself. */
const LEAST_SAMPLES = 4;

/** So many samples are looked at together, of which most are then done with. */
const PART_SAMPLES = 4096;

/**
 * Flat tops: at least four samples in a row at the record's highest or lowest value, as recorded (a filter rounds
 * them), where it is not flat as a whole. Spans in order of time.
 */
export function clippedSpans(samples: ArrayLike<number>): ClippedSpan[] {
  // A span holds at least one of every four samples: most records are done after one look at these.
  const parts = partExtremes(samples);
  const [lowest, highest] = parts.reduce(wider, NOTHING);
  if (!(highest > lowest)) return [];
  const found: ClippedSpan[] = [];
  parts.forEach(([low, high], part) => {
    if (low === lowest || high === highest) addSpans(found, samples, part, lowest, highest);
  });
  if (found.length === 0) return [];
  const whole = extremes(samples, 1, 0, samples.length);
  return found.filter(({ from }) => whole.includes(samples[from] as number));
}

type Extremes = readonly [lowest: number, highest: number];
const NOTHING: Extremes = [Infinity, -Infinity];

function wider(a: Extremes, b: Extremes): Extremes {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** Of every fourth sample, part by part. */
function partExtremes(samples: ArrayLike<number>): Extremes[] {
  const parts: Extremes[] = [];
  for (let from = 0; from < samples.length; from += PART_SAMPLES) {
    const to = Math.min(from + PART_SAMPLES, samples.length);
    parts.push(
      samples instanceof Int32Array && to - from >= LEAST_SAMPLES
        ? wholeExtremes(samples, from, to)
        : extremes(samples, LEAST_SAMPLES, from, to),
    );
  }
  return parts;
}

/** Of every so manieth sample; not-a-number counts for nothing. */
function extremes(samples: ArrayLike<number>, every: number, from: number, to: number): Extremes {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = from + every - 1; i < to; i += every) {
    const value = samples[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

/** As `extremes` of every fourth, of four samples or more; three times as fast for whole numbers alone. */
function wholeExtremes(samples: Int32Array, from: number, to: number): Extremes {
  let lowest = samples[from + LEAST_SAMPLES - 1] as number;
  let highest = lowest;
  for (let i = from + LEAST_SAMPLES - 1; i < to; i += LEAST_SAMPLES) {
    const value = samples[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

/** Spans at these values that hold one of every fourth sample of the part. */
function addSpans(
  found: ClippedSpan[],
  samples: ArrayLike<number>,
  part: number,
  lowest: number,
  highest: number,
): void {
  const end = Math.min((part + 1) * PART_SAMPLES, samples.length);
  for (let i = part * PART_SAMPLES + LEAST_SAMPLES - 1; i < end; i += LEAST_SAMPLES) {
    const value = samples[i] as number;
    if (value !== highest && value !== lowest) continue;
    if (i < (found.at(-1)?.to ?? 0)) continue;
    const span = runAbout(samples, i);
    if (span.to - span.from >= LEAST_SAMPLES) found.push(span);
  }
}

function runAbout(samples: ArrayLike<number>, index: number): ClippedSpan {
  const value = samples[index] as number;
  let from = index;
  while (from > 0 && samples[from - 1] === value) from -= 1;
  let to = index + 1;
  while (to < samples.length && samples[to] === value) to += 1;
  return { from, to };
}
