// From restored scores to picks, as jamm1985/seismo-performer `utils/scan_tools.py` (`get_positives`) with
// scipy's `find_peaks`.

import { assertDefined } from '../../base/assert.ts';
import { type EpochNs, addSeconds } from '../../base/time.ts';
import type { ScanPhase, ScanThresholds } from '../../domain/event/archiveScan.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import { SCAN_LABELS, SCAN_PHASES, SCAN_RATE_HZ, SCAN_WINDOW_SAMPLES } from './scanOptions.ts';

/** Samples between two picks of one phase in a chunk, the higher one kept: 100 s. */
const PEAK_DISTANCE_SAMPLES = 10_000;
/** Samples either side of a peak over which its class has to have the highest mean. */
const DOMINANCE_REACH_SAMPLES = 100;

/** A peak of a chunk's scores. */
export interface ScanPick {
  readonly phase: ScanPhase;
  /** First sample of the window it belongs to, in the chunk. */
  readonly sample: number;
  readonly value: number;
  /** The middle of that window. */
  readonly timeNs: EpochNs;
  /** Whether its class has the highest mean about it; a peak without that is dropped. */
  readonly dominant: boolean;
}

/** All peaks of a chunk at or above the thresholds, P before S, in order of time. */
export function scanPicks(
  curves: readonly Float64Array[],
  chunkStartNs: EpochNs,
  thresholds: ScanThresholds,
): ScanPick[] {
  return SCAN_PHASES.flatMap((phase) => {
    const label = SCAN_LABELS.indexOf(phase);
    const curve = assertDefined(curves[label], 'curve of a phase');
    return scorePeaks(curve, thresholds[phase], PEAK_DISTANCE_SAMPLES).map((sample) => ({
      phase,
      sample,
      value: curve[sample] as number,
      timeNs: addSeconds(
        sampleTime(chunkStartNs, sample, SCAN_RATE_HZ),
        SCAN_WINDOW_SAMPLES / 2 / SCAN_RATE_HZ,
      ),
      dominant: isDominant(curves, label, sample),
    }));
  });
}

/**
 * Local maxima from `threshold` up to 1, a level top at its middle; then the highest first and none nearer than
 * `distance`. Of equal ones the later goes first, as scipy's stable order has it.
 */
export function scorePeaks(curve: Float64Array, threshold: number, distance: number): number[] {
  const peaks: number[] = [];
  for (let i = 1; i < curve.length - 1; i += 1) {
    const value = curve[i] as number;
    if (!((curve[i - 1] as number) < value)) continue;
    let right = i;
    while (right + 1 < curve.length && curve[right + 1] === value) right += 1;
    const falls = right + 1 < curve.length && (curve[right + 1] as number) < value;
    if (falls && value >= threshold && value <= 1) peaks.push((i + right) >> 1);
    i = right;
  }
  const height = (k: number): number => curve[peaks[k] as number] as number;
  const order = peaks.map((_, k) => k).sort((a, b) => height(b) - height(a) || b - a);
  const kept: number[] = [];
  for (const k of order) {
    const at = peaks[k] as number;
    if (kept.every((other) => Math.abs(other - at) >= distance)) kept.push(at);
  }
  return kept.sort((a, b) => a - b);
}

/** Near the ends the window moves inwards, as in the program (its last sample never counts). */
function isDominant(curves: readonly Float64Array[], label: number, sample: number): boolean {
  const own = assertDefined(curves[label], 'curve of a phase');
  let from = Math.max(0, sample - DOMINANCE_REACH_SAMPLES);
  let to = from + 2 * DOMINANCE_REACH_SAMPLES;
  if (to > own.length) {
    to = own.length - 1;
    from = Math.max(0, to - 2 * DOMINANCE_REACH_SAMPLES);
  }
  const mean = meanOf(own, from, to);
  return curves.every((curve, k) => k === label || !(meanOf(curve, from, to) > mean));
}

function meanOf(curve: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += curve[i] as number;
  return sum / (to - from);
}
