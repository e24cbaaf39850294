// From probability curves to picks by the trigger rule of SeisBench's `classify`.

import { type EpochNs, epochNs } from '../../base/time.ts';
import { samplesToNs } from '../../domain/waveform/traceSegment.ts';
import type { AnnotatedCurve } from './annotatedCurve.ts';
import { runsOf } from '../pickRules/runs.ts';
import { DETECTION_LABEL, NOISE_LABEL } from '../spec.ts';

export interface TriggerPick {
  /** NET.STA.LOC */
  readonly streamId: string;
  readonly phase: string;
  readonly startNs: EpochNs;
  /** The pick's time. */
  readonly peakNs: EpochNs;
  readonly endNs: EpochNs;
  /** Highest probability. */
  readonly value: number;
}

export type TriggerDetection = Omit<TriggerPick, 'phase' | 'peakNs'>;

export interface Classification {
  readonly picks: readonly TriggerPick[];
  readonly detections: readonly TriggerDetection[];
}

/**
 * Picks and detections of curves, in the order of start, end and stream. Noise is never picked; neither is a
 * label without a threshold.
 */
export function classify(
  curves: readonly AnnotatedCurve[],
  thresholds: Readonly<Record<string, number>>,
): Classification {
  const picks: TriggerPick[] = [];
  const detections: TriggerDetection[] = [];
  for (const { streamId, label, startNs, sampleRateHz, values } of curves) {
    const on = thresholds[label];
    if (on === undefined || label === NOISE_LABEL) continue;
    const timeOf = (index: number): EpochNs => epochNs(startNs + samplesToNs(index, sampleRateHz));
    for (const { first, peak, last } of runsOf(values, on, on / 2)) {
      const value = values[peak] as number;
      const span = { streamId, startNs: timeOf(first), endNs: timeOf(last), value };
      if (label === DETECTION_LABEL) detections.push(span);
      else picks.push({ ...span, phase: label, peakNs: timeOf(peak) });
    }
  }
  return { picks: picks.sort(inOrder), detections: detections.sort(inOrder) };
}

function inOrder(a: TriggerDetection, b: TriggerDetection): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  if (a.endNs !== b.endNs) return a.endNs < b.endNs ? -1 : 1;
  return a.streamId < b.streamId ? -1 : a.streamId > b.streamId ? 1 : 0;
}
