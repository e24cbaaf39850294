import type { EpochNs } from '../../base/time.ts';
import type { DetectorSettings } from '../../domain/event/detectorSettings.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import { type OnsetWindow, settleBefore } from '../../signal/detector/findOnsets.ts';
import { cutSamples } from './runSamples.ts';

type Records = Parameters<typeof cutSamples>[0];

/** A record without gaps, as far as it is known. */
export interface KnownStretch {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  /** Samples from the start on that are known. */
  readonly length: number;
}

/** The samples around a trigger, which came on at sample `on` of its stretch, and the time of the first of them. */
export function onsetWindow(
  settings: DetectorSettings,
  stretch: KnownStretch,
  on: number,
  records: { readonly trace: Records; readonly horizontals: readonly Records[] },
): { window: OnsetWindow; startNs: EpochNs } {
  const { sampleRateHz, length } = stretch;
  const { beforeS, afterS } = settings.refinement;
  const begin = Math.max(0, on - Math.round(beforeS * sampleRateHz));
  const from = Math.max(0, begin - settleBefore(settings, sampleRateHz));
  const to = Math.min(length, on + Math.round(afterS * sampleRateHz) + 1);
  const startNs = sampleTime(stretch.startNs, from, sampleRateHz);
  const cut = (of: Records): Float64Array =>
    cutSamples(of, { startNs, count: to - from, sampleRateHz });
  const [a, b] = records.horizontals.map(cut);
  const whole = a && b && !a.some(Number.isNaN) && !b.some(Number.isNaN);
  const window = {
    ...{ sampleRateHz, trace: cut(records.trace), settle: begin - from, on: on - from },
    horizontals: whole ? ([a, b] as const) : undefined,
  };
  return { window, startNs };
}
