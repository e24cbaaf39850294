import { describe, expect, test } from 'vitest';
import { addShare, addWindow, scaleByCover } from './stacking.ts';
import {
  inverseCover,
  type Windowing,
  windowChunks,
  windowCount,
  windowCover,
  windowStart,
} from './windowing.ts';

const windowing = (stretchSamples: number, hop = 1500, blinding = 250): Windowing => ({
  stretchSamples,
  windowSamples: 3001,
  hopSamples: hop,
  blindingSamples: [blinding, blinding],
});

const starts = (w: Windowing): number[] =>
  Array.from({ length: windowCount(w) }, (_, i) => windowStart(w, i));

describe('windows', () => {
  test('the last one lies flush with the end, none when the stretch is too short', () => {
    expect(starts(windowing(3000))).toEqual([]);
    expect(starts(windowing(3001))).toEqual([0]);
    expect(starts(windowing(3002))).toEqual([0, 1]);
    expect(starts(windowing(9001))).toEqual([0, 1500, 3000, 4500, 6000]);
    expect(starts(windowing(9002))).toEqual([0, 1500, 3000, 4500, 6000, 6001]);
  });

  test('blinding spares the two ends of the stretch', () => {
    const w = windowing(9001);
    expect([0, 1, 4].map((i) => windowCover(w, i))).toEqual([
      { from: 0, to: 2751 },
      { from: 1750, to: 4251 },
      { from: 6250, to: 9001 },
    ]);
  });
});

/** Every window's own curve: any numbers will do, they only have to differ. */
function probability(window: number, sample: number): number {
  return ((window * 7919 + sample * 104_729) % 1000) / 1000;
}

/** The definition, sample by sample. */
function bruteForce(w: Windowing): Float64Array {
  const average = new Float64Array(w.stretchSamples);
  for (let i = 0; i < w.stretchSamples; i += 1) {
    let sum = 0;
    let count = 0;
    starts(w).forEach((start, k) => {
      const inside = i - start;
      const atStart = start === 0;
      const atEnd = start + w.windowSamples === w.stretchSamples;
      const from = atStart ? 0 : w.blindingSamples[0];
      const to = atEnd ? w.windowSamples : w.windowSamples - w.blindingSamples[1];
      if (inside < from || inside >= to) return;
      sum += probability(k, inside);
      count += 1;
    });
    average[i] = count === 0 ? 0 : sum / count;
  }
  return average;
}

function stacked(w: Windowing, windowsPerChunk: number): Float32Array {
  const curve = new Float32Array(w.stretchSamples);
  const chunks = windowChunks(w, windowsPerChunk);
  const shares = chunks.map((chunk) => {
    const sum = new Float32Array(chunk.to - chunk.from);
    for (let k = chunk.firstWindow; k < chunk.firstWindow + chunk.windows; k += 1) {
      const output = Float32Array.from({ length: w.windowSamples }, (_, i) => probability(k, i));
      addWindow(w, chunk, k, output, 0, sum);
    }
    scaleByCover(sum, inverseCover(w, chunk));
    return sum;
  });
  // Shares come back in any order.
  for (const i of chunks.keys().toArray().reverse()) {
    const chunk = chunks[i]!;
    addShare(
      curve,
      shares[i]!,
      chunk,
      chunks[i - 1]?.to ?? chunk.from,
      chunks[i + 1]?.from ?? chunk.to,
    );
  }
  return curve;
}

describe('stacking in chunks equals the average over all windows', () => {
  test.each([
    ['card’s overlap', windowing(20_011), 4],
    ['one chunk', windowing(9001), 64],
    ['a last chunk of one window', windowing(3001 + 1500 * 4 + 17), 4],
    ['more than two windows deep', windowing(12_000, 400), 8],
    ['chunks shorter than the overlap', windowing(8000, 100, 40), 3],
    ['no overlap, blinding leaves holes', windowing(15_005, 3001), 2],
    ['no blinding', windowing(10_000, 1500, 0), 2],
  ])('%s', (_, w, windowsPerChunk) => {
    const expected = bruteForce(w);
    const curve = stacked(w, windowsPerChunk);
    let worst = 0;
    for (let i = 0; i < expected.length; i += 1) {
      worst = Math.max(worst, Math.abs(curve[i]! - expected[i]!));
    }
    expect(worst).toBeLessThan(1e-6);
  });
});
