// Samples at the model's rate as SeisBench 0.12 makes them with ObsPy's routines: conformance needs its numbers.
// For everything else the signal room's resampler has the better anti-alias filter.

import type { Samples } from '../../domain/waveform/traceSegment.ts';
import { designButterworth } from '../../signal/filter/design.ts';
import { filterCausal, filterZeroPhase } from '../../signal/filter/filterSamples.ts';
import { fourierTransform, inverseFourierTransform } from './fourier.ts';

const LOWPASS_CORNERS = 4;

/**
 * Samples at `toHz`. An integer ratio is low-passed at half of `toHz` (Butterworth, 4 corners, zero phase or
 * causal) and every n-th sample kept; any other ratio goes through the spectrum, without anti-alias filter.
 * Equal rates give the samples themselves as float64.
 */
export function toModelRate(
  samples: Samples,
  fromHz: number,
  toHz: number,
  zeroPhase: boolean,
): Float64Array {
  const own = samples instanceof Float64Array ? samples : Float64Array.from(samples);
  if (fromHz === toHz) return own;
  if (fromHz % toHz !== 0) return resampleFourier(own, fromHz, toHz);
  const factor = Math.trunc(fromHz / toHz);
  const filtered = own === samples ? own.slice() : own;
  const lowpass = designButterworth('lowpass', [toHz / 2], LOWPASS_CORNERS, fromHz);
  if (zeroPhase) filterZeroPhase(lowpass, filtered);
  else filterCausal(lowpass, filtered);
  const kept = new Float64Array(Math.ceil(filtered.length / factor));
  for (let k = 0; k < kept.length; k += 1) kept[k] = filtered[k * factor] as number;
  return kept;
}

/**
 * Resamples through the spectrum as ObsPy's `Trace.resample(window='hann', no_filter=True)`: the spectrum is
 * weighted with a Hann window, its real and imaginary parts are interpolated linearly onto the new
 * frequencies (held at the last value above the old Nyquist frequency) and transformed back.
 * The answer has floor(n · toHz / fromHz) samples; the first one stays where it was.
 */
export function resampleFourier(samples: Float64Array, fromHz: number, toHz: number): Float64Array {
  const n = samples.length;
  const length = Math.trunc(n / (fromHz / toHz));
  const re = samples.slice();
  const im = new Float64Array(n);
  fourierTransform(re, im);
  weightByHann(re, im);
  const outRe = new Float64Array(length);
  const outIm = new Float64Array(length);
  const step = (toHz / length) * (n / fromHz);
  for (let k = 0; k <= length >> 1 && k < length; k += 1) {
    outRe[k] = spectrumAt(re, k * step);
    outIm[k] = spectrumAt(im, k * step);
    if (k === 0 || 2 * k === length) outIm[k] = 0;
    else {
      outRe[length - k] = outRe[k] as number;
      outIm[length - k] = -(outIm[k] as number);
    }
  }
  inverseFourierTransform(outRe, outIm);
  for (let k = 0; k < length; k += 1) outRe[k] = (outRe[k] as number) / n;
  return outRe;
}

/** The periodic Hann window turned so that its top lies at frequency 0; only the lower half is used. */
function weightByHann(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const half = n >> 1;
  for (let k = 0; k <= half && k < n; k += 1) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * ((k + half) % n)) / n);
    re[k] = (re[k] as number) * weight;
    im[k] = (im[k] as number) * weight;
  }
}

function spectrumAt(values: Float64Array, position: number): number {
  const last = values.length >> 1;
  if (position >= last) return values[last] as number;
  const below = Math.floor(position);
  const fraction = position - below;
  return (values[below] as number) * (1 - fraction) + (values[below + 1] as number) * fraction;
}
