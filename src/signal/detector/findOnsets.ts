// The onset inside a trigger: from the trace around it, by one of the pickers.

import type { DetectorSettings, OnsetMethod } from '../../domain/event/detectorSettings.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';
import { designBandFilter } from '../filter/bandFilter.ts';
import { filterCausal } from '../filter/filterSamples.ts';
import { type Sos, settleSamples } from '../filter/sections.ts';
import { aicOnset } from '../trigger/aic.ts';
import { arPick } from '../trigger/arPicker.ts';
import { baerKradolferPick } from '../trigger/baerKradolfer.ts';
import { kurtosisCurve } from '../trigger/kurtosis.ts';

export type OnsetSeeker = OnsetMethod | 'baer-kradolfer' | 'ar-both';

/** How a detector's onsets are sought. */
export function seekerOf({
  kind,
  refinement,
}: Pick<DetectorSettings, 'kind' | 'refinement'>): OnsetSeeker {
  if (kind === 'baer-kradolfer') return kind;
  return kind === 'ar' ? 'ar-both' : refinement.method;
}

/** Whether the trace is looked at besides the function, and the horizontals besides the trace. */
export function needsTrace(seeker: OnsetSeeker): boolean {
  return seeker !== 'none';
}
export function needsHorizontals(seeker: OnsetSeeker): boolean {
  return seeker === 'ar-both' || seeker === 'ar';
}

/** Samples of a stream around a trigger, the first `settle` of them only for the filter. */
export interface OnsetWindow {
  readonly sampleRateHz: number;
  readonly trace: Samples;
  /** The other components over the same samples, where there are two. */
  readonly horizontals: readonly [Samples, Samples] | undefined;
  readonly settle: number;
  /** The sample at which the trigger came on. */
  readonly on: number;
}

/** `sample` of the window; whole for all but the AR picker. */
export interface Onset {
  readonly phase: 'first' | 'S';
  readonly sample: number;
}

/** Samples before the window that the filter needs to have settled. */
export function settleBefore(settings: DetectorSettings, sampleRateHz: number): number {
  try {
    const sos = settings.band && designBandFilter(settings.band, sampleRateHz);
    return sos ? settleSamples(sos, 1e-4) : 0;
  } catch {
    return 0;
  }
}

/** Onsets of a trigger, none when the picker finds none. */
export function findOnsets(settings: DetectorSettings, window: OnsetWindow): Onset[] {
  const seeker = seekerOf(settings);
  const { settle, sampleRateHz } = window;
  if (seeker === 'none') return [{ phase: 'first', sample: window.on }];
  if (seeker === 'ar' || seeker === 'ar-both') {
    return arOnsets(settings, window, seeker === 'ar-both');
  }
  const sos = settings.band && designBandFilter(settings.band, sampleRateHz);
  const trace = filtered(window.trace, sos).subarray(settle);
  const sample = firstOnset(seeker, trace, sampleRateHz, window.on - settle);
  return sample === undefined ? [] : [{ phase: 'first', sample: sample + settle }];
}

function firstOnset(
  seeker: 'aic' | 'kurtosis' | 'baer-kradolfer',
  trace: Float64Array,
  sampleRateHz: number,
  on: number,
): number | undefined {
  if (seeker === 'aic') return aicOnset(trace);
  if (seeker === 'kurtosis') return steepestRise(trace, Math.max(2, on >> 1));
  return baerOnset(trace, sampleRateHz, on);
}

/** Where the kurtosis rises most (Saragiotis et al. 2002). */
function steepestRise(trace: Float64Array, window: number): number | undefined {
  if (trace.length <= window) return undefined;
  const curve = kurtosisCurve(trace, window);
  let at: number | undefined;
  let most = 0;
  for (let i = window; i < curve.length; i += 1) {
    const rise = (curve[i] as number) - (curve[i - 1] as number);
    if (rise > most) [most, at] = [rise, i];
  }
  return at;
}

/** ObsPy's usual numbers: dips of 0.2 s, 0.6 s of signal; the noise is that before half of the time before the trigger. */
function baerOnset(trace: Float64Array, sampleRateHz: number, on: number): number | undefined {
  const { sample } = baerKradolferPick(trace, {
    sampleRateHz,
    longestDipSamples: Math.round(0.2 * sampleRateHz),
    shortestEventSamples: Math.round(0.6 * sampleRateHz),
    triggerLevel: 7,
    noiseLevel: 12,
    presetSamples: Math.max(2, on >> 2),
    amplitudeSamples: Math.round(sampleRateHz),
  });
  return sample;
}

/** The AR picker has a band of its own, which the detector's corners are given to, and its usual windows. */
function arOnsets(
  { band }: DetectorSettings,
  { trace, horizontals, settle, sampleRateHz }: OnsetWindow,
  both: boolean,
): Onset[] {
  const vertical = filtered(trace).subarray(settle);
  const others = horizontals?.map((samples) => filtered(samples).subarray(settle));
  const [a = vertical, b = vertical] = others ?? [];
  const highHz = Math.min(band?.highHz ?? 20, 0.45 * sampleRateHz);
  const lowHz = Math.min(band?.lowHz ?? 1, 0.5 * highHz);
  const { pS, sS } = arPick(vertical, [a, b], {
    ...{ sampleRateHz, lowHz, highHz },
    ...{ ltaPS: 1, staPS: 0.1, ltaSS: 4, staSS: 1, orderP: 2, orderS: 8 },
    ...{ windowPS: 0.1, windowSS: 0.2 },
  });
  const end = vertical.length / sampleRateHz;
  const onsets: Onset[] = [];
  const add = (phase: Onset['phase'], atS: number | undefined): void => {
    if (atS === undefined || !(atS > 0 && atS < end)) return;
    onsets.push({ phase, sample: settle + atS * sampleRateHz });
  };
  add('first', pS);
  if (both && others && sS !== undefined && pS !== undefined && sS > pS) add('S', sS);
  return onsets;
}

/** Less its first sample, bridged where it is not finite, and through a filter. */
export function filtered(samples: Samples, sos?: Sos): Float64Array {
  const out = new Float64Array(samples.length);
  const level = samples.find((value) => value - value === 0) ?? 0;
  let last = level;
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i] as number;
    if (value - value === 0) last = value;
    out[i] = last - level;
  }
  if (sos) filterCausal(sos, out);
  return out;
}
