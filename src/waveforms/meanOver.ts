import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { SUM_BLOCK } from '../signal/pyramid.ts';
import type { Run, Slice } from './arrange.ts';

/** Windows longer than this are averaged over whole blocks of the pyramid's sums. */
const EXACT_SAMPLES = 16 * SUM_BLOCK;

/** Mean of the finite samples of the runs inside the window; to a block's edges for long windows. 0 without any. */
export function meanOver(runs: readonly Run[], window: TimeWindow): number {
  const total = { sum: 0, count: 0 };
  for (const run of runs) for (const slice of run.slices) addSlice(total, slice, window);
  return total.count > 0 ? total.sum / total.count : 0;
}

function addSlice(total: { sum: number; count: number }, slice: Slice, window: TimeWindow): void {
  const { startNs, sampleRateHz, samples, pyramid, firstSample } = slice.segment;
  const index = (ns: bigint): number => Math.round((Number(ns - startNs) * sampleRateHz) / 1e9);
  const from = Math.max(slice.from, index(window.startNs));
  const to = Math.min(slice.to, index(window.endNs));
  if (to <= from) return;
  if (samples && (!pyramid || to - from <= EXACT_SAMPLES)) {
    for (let i = from; i < to; i++) {
      const value = samples[i] as number;
      if (value - value !== 0) continue;
      total.sum += value;
      total.count++;
    }
  } else if (pyramid) {
    const firstBlock = Math.floor(firstSample / SUM_BLOCK);
    const lastBlock = Math.floor((firstSample + to - 1) / SUM_BLOCK) - firstBlock;
    for (let b = Math.floor((firstSample + from) / SUM_BLOCK) - firstBlock; b <= lastBlock; b++) {
      total.sum += pyramid.sums[2 * b] ?? 0;
      total.count += pyramid.sums[2 * b + 1] ?? 0;
    }
  }
}
