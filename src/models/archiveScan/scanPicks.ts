// From restored scores to picks, as jamm1985/seismo-performer `utils/scan_tools.py` (`get_positives`) with
// scipy's `find_peaks`.

import { assertDefined } from '../../base/assert.ts';
import { type EpochNs, addSeconds } from '../../base/time.ts';
import type { ScanPhase, ScanThresholds } from '../../domain/event/archiveScan.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import { isDominant } from '../pickRules/dominance.ts';
import { findPeaksUpToOne } from '../pickRules/pickCurves.ts';
import { denseCurve, type SparseCurves } from '../pickRules/sparseCurve.ts';
import { SCAN_LABELS, SCAN_PHASES, SCAN_RATE_HZ, SCAN_WINDOW_SAMPLES } from './scanOptions.ts';

/** Samples between two picks of one phase in a chunk, the higher one kept: 100 s. */
const PEAK_DISTANCE_SAMPLES = 10_000;
/** Samples about a peak over which its class has to have the highest mean. */
const DOMINANCE_WINDOW_SAMPLES = 200;

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
  const byLabel: SparseCurves = Object.fromEntries(
    SCAN_LABELS.map((label, k) => [
      label,
      denseCurve(assertDefined(curves[k], 'curve of a label')),
    ]),
  );
  return SCAN_PHASES.flatMap((phase) => {
    const curve = assertDefined(byLabel[phase], 'curve of a phase');
    const peaks = findPeaksUpToOne(curve, thresholds[phase], PEAK_DISTANCE_SAMPLES);
    return Array.from(peaks.samples, (sample, k) => ({
      phase,
      sample,
      value: peaks.heights[k] as number,
      timeNs: addSeconds(
        sampleTime(chunkStartNs, sample, SCAN_RATE_HZ),
        SCAN_WINDOW_SAMPLES / 2 / SCAN_RATE_HZ,
      ),
      dominant: isDominant(byLabel, phase, sample, DOMINANCE_WINDOW_SAMPLES),
    }));
  });
}
