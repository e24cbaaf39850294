// An onset near a place an analyst points at, and how sure it is.

import { epochNs } from '../../base/time.ts';
import type { ProposalMethod } from '../../domain/event/onsetProposal.ts';
import { DEFAULT_DETECTOR } from '../../domain/event/detectorSettings.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { signalToNoise } from '../../domain/waveform/signalToNoise.ts';
import { type Samples, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { designBandFilter } from '../filter/bandFilter.ts';
import { aicCurve } from '../trigger/aic.ts';
import { filtered, findOnsets } from './findOnsets.ts';

export interface ProposalWindow {
  readonly trace: Samples;
  readonly sampleRateHz: number;
  /** Looked through causally; undefined: the trace as it is. */
  readonly band: BandFilter | undefined;
  /** The onset is sought in samples `[from, to)`; those before are for the filter and the noise. */
  readonly from: number;
  readonly to: number;
}

export interface FoundOnset {
  /** A sample of the trace, whole for all but AR. */
  readonly sample: number;
  /** One standard deviation. */
  readonly lowerS: number;
  readonly upperS: number;
  /** As `signalToNoise` has it, of the trace as it was looked at. */
  readonly snr: number | undefined;
}

/**
 * The onset by one method; undefined where it finds none or only the edge of the window. How sure it is comes from
 * Akaike's criterion whatever the method: the likeliest onset beside it and those within one standard deviation of that, where
 * samples within half a dominant period count as one. Throws `bad-input` for a band the rate cannot have.
 */
export function proposeOnset(
  method: ProposalMethod,
  { trace, sampleRateHz, band, from, to }: ProposalWindow,
): FoundOnset | undefined {
  const causal = band && { ...band, zeroPhase: false };
  const sos = causal && designBandFilter(causal, sampleRateHz);
  const looked = filtered(trace, sos);
  const settings = {
    ...DEFAULT_DETECTOR,
    band: causal,
    refinement: { ...DEFAULT_DETECTOR.refinement, method },
  };
  const on = from + Math.floor((to - from) / 2);
  const window = { sampleRateHz, trace: trace.subarray(0, to), horizontals: undefined, settle: from, on }; // prettier-ignore
  const found = findOnsets(settings, window)[0];
  if (found === undefined) return undefined;
  const within = looked.subarray(from, to);
  const at = Math.round(found.sample) - from;
  // A criterion that falls to the very edge has seen no onset.
  if (at < 2 || at > within.length - 3) return undefined;
  const likely = likelySpan(within, at, halfPeriodSamples(within, at, sampleRateHz));
  return {
    sample: found.sample,
    lowerS: Math.max(0.5, at - likely.from) / sampleRateHz,
    upperS: Math.max(0.5, likely.to - at) / sampleRateHz,
    snr: ratioAt(looked, found.sample, sampleRateHz),
  };
}

function ratioAt(looked: Float64Array, sample: number, sampleRateHz: number): number | undefined {
  const startNs = epochNs(0n);
  const values = Float32Array.from(looked);
  const part = { kind: 'samples', startNs, stepS: 1 / sampleRateHz, offset: 0, values } as const;
  return signalToNoise([part], sampleTime(startNs, sample, sampleRateHz), sampleRateHz);
}

/** From `at` to the most likely onset beside it, and the samples no less likely than that by more than `allowance`. */
function likelySpan(
  samples: Float64Array,
  at: number,
  allowance: number,
): { from: number; to: number } {
  const curve = aicCurve(samples);
  const below = spanBelow(curve, at, curve[at] as number);
  let best = at;
  for (let i = below.from; i <= below.to; i += 1) {
    if ((curve[i] as number) < (curve[best] as number)) best = i;
  }
  const likely = spanBelow(curve, best, (curve[best] as number) + allowance);
  return { from: Math.min(at, likely.from), to: Math.max(at, likely.to) };
}

function spanBelow(curve: Float64Array, at: number, limit: number): { from: number; to: number } {
  let [from, to] = [at, at];
  while (from > 1 && (curve[from - 1] as number) <= limit) from -= 1;
  while (to < curve.length - 2 && (curve[to + 1] as number) <= limit) to += 1;
  return { from, to };
}

/** Of the first second after the onset, from its zero crossings; one sample at least. */
function halfPeriodSamples(samples: Float64Array, at: number, sampleRateHz: number): number {
  const signal = samples.subarray(at, at + Math.max(8, Math.round(sampleRateHz)));
  let mean = 0;
  for (const value of signal) mean += value / signal.length;
  let crossings = 0;
  for (let i = 1; i < signal.length; i += 1) {
    const [a, b] = [(signal[i - 1] as number) - mean, (signal[i] as number) - mean];
    if (a < 0 !== b < 0) crossings += 1;
  }
  return Math.max(1, signal.length / Math.max(1, crossings));
}
