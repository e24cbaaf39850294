// Where the windows of a gap-free stretch lie and how many of them cover each sample.

/** Successive windows over a stretch: one each `hopSamples`, the last one flush with the end. */
export interface Windowing {
  readonly stretchSamples: number;
  readonly windowSamples: number;
  readonly hopSamples: number;
  /** Samples not used at the start and end of a window; kept at the two ends of the stretch. */
  readonly blindingSamples: readonly [number, number];
}

/** How many windows there are; 0 when the stretch is shorter than one. */
export function windowCount({ stretchSamples, windowSamples, hopSamples }: Windowing): number {
  if (stretchSamples < windowSamples) return 0;
  return Math.ceil((stretchSamples - windowSamples) / hopSamples) + 1;
}

/** First sample of window `index`. */
export function windowStart(windowing: Windowing, index: number): number {
  const last = windowing.stretchSamples - windowing.windowSamples;
  return Math.min(index * windowing.hopSamples, last);
}

/** The samples `[from, to)` of the stretch to which window `index` contributes: all but its blinded ends. */
export function windowCover(windowing: Windowing, index: number): { from: number; to: number } {
  const start = windowStart(windowing, index);
  const end = start + windowing.windowSamples;
  const [before, after] = windowing.blindingSamples;
  return {
    from: start === 0 ? 0 : start + before,
    to: end === windowing.stretchSamples ? end : end - after,
  };
}

/** A run of successive windows that is sent through the network together. */
export interface WindowChunk {
  readonly firstWindow: number;
  readonly windows: number;
  /** The samples `[from, to)` its windows span, blinded ends included. */
  readonly from: number;
  readonly to: number;
}

/** Cuts the windows of a stretch into chunks of at most `windowsPerChunk`. */
export function windowChunks(windowing: Windowing, windowsPerChunk: number): WindowChunk[] {
  const count = windowCount(windowing);
  const chunks: WindowChunk[] = [];
  for (let first = 0; first < count; first += windowsPerChunk) {
    const windows = Math.min(windowsPerChunk, count - first);
    const from = windowStart(windowing, first);
    const to = windowStart(windowing, first + windows - 1) + windowing.windowSamples;
    chunks.push({ firstWindow: first, windows, from, to });
  }
  return chunks;
}

/**
 * 1 / (number of windows that cover a sample) for the samples of a chunk, windows of neighbouring
 * chunks counted too; 0 where a large blinding leaves a sample uncovered.
 */
export function inverseCover(windowing: Windowing, chunk: WindowChunk): Float32Array {
  const counts = new Float32Array(chunk.to - chunk.from);
  const count = windowCount(windowing);
  const reach = Math.ceil(windowing.windowSamples / windowing.hopSamples) + 1;
  const first = Math.max(0, chunk.firstWindow - reach);
  const last = Math.min(count, chunk.firstWindow + chunk.windows + reach);
  for (let index = first; index < last; index += 1) {
    const cover = windowCover(windowing, index);
    const from = Math.max(cover.from, chunk.from) - chunk.from;
    const to = Math.min(cover.to, chunk.to) - chunk.from;
    for (let i = from; i < to; i += 1) counts[i] = (counts[i] ?? 0) + 1;
  }
  for (let i = 0; i < counts.length; i += 1) {
    const value = counts[i] ?? 0;
    counts[i] = value === 0 ? 0 : 1 / value;
  }
  return counts;
}
