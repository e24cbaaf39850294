import { type EpochNs, epochNs } from '../../base/time.ts';
import { samplesToNs } from '../../domain/waveform/traceSegment.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { hopSamples } from '../settings.ts';
import type { RunnerSpec } from '../spec.ts';
import { stepsOf } from '../windowing.ts';

/** Probabilities of one label; value i lies at `startNs` + i / `sampleRateHz`. NaN where no window answers. */
export interface AnnotatedCurve {
  /** NET.STA.LOC, or with band and instrument code, as the run's policy groups. */
  readonly streamId: string;
  readonly label: string;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly values: Float32Array;
}

/**
 * Rate of the curves of a stretch at `rateHz`, and how much later than the stretch's first sample they begin:
 * with one answer a window, at the sample it belongs to. Networks that answer in steps have a value a step under
 * the policy `seisbench`.
 */
export function curveTiming(
  spec: RunnerSpec,
  settings: RunSettings,
  rateHz: number,
): { sampleRateHz: number; delayNs: bigint } {
  const steps = stepsOf(spec, settings);
  if (steps !== undefined) {
    return { sampleRateHz: (rateHz * steps) / spec.windowSamples, delayNs: 0n };
  }
  if (spec.output.kind !== 'point') return { sampleRateHz: rateHz, delayNs: 0n };
  return {
    sampleRateHz: rateHz / hopSamples(spec, settings),
    delayNs: samplesToNs(spec.output.labelSample, rateHz),
  };
}

/** The curve without the NaN at its ends; undefined for one that is NaN throughout. */
export function trimmedCurve(curve: AnnotatedCurve): AnnotatedCurve | undefined {
  const { values, startNs, sampleRateHz } = curve;
  const first = values.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return undefined;
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  return {
    ...curve,
    startNs: epochNs(startNs + samplesToNs(first, sampleRateHz)),
    values: values.subarray(first, last + 1),
  };
}
