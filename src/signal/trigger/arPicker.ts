// P and S onsets by autoregressive prediction (Leonard and Kennett 1999; Akazawa 2004), with the numbers of
// obspy.signal.trigger.ar_pick: a rough onset by short over long averages, made exact where forward and backward
// prediction errors together say that the signal changes. Cubed samples sharpen the onset.

import { designButterworth } from '../filter/design.ts';
import { filterZeroPhase } from '../filter/filterSamples.ts';
import { burgCoefficients, predictionErrors } from './autoregression.ts';

const f32 = Math.fround;

export interface ArPickParameters {
  readonly sampleRateHz: number;
  /** Corners of the zero-phase band-pass for the rough onsets. */
  readonly lowHz: number;
  readonly highHz: number;
  readonly ltaPS: number;
  readonly staPS: number;
  readonly ltaSS: number;
  readonly staSS: number;
  /** Number of coefficients for P and for S. */
  readonly orderP: number;
  readonly orderS: number;
  /** Length of the window whose variance is predicted, for P and for S. */
  readonly windowPS: number;
  readonly windowSS: number;
}

/** Onsets in seconds after the first sample; undefined where there is none. */
export interface ArPicks {
  readonly pS: number | undefined;
  readonly sS: number | undefined;
}

/** P on the vertical, S on the horizontal with the largest amplitude; records of equal length. */
export function arPick(
  vertical: Float64Array,
  horizontals: readonly [Float64Array, Float64Array],
  parameters: ArPickParameters,
): ArPicks {
  const { sampleRateHz } = parameters;
  const wideBand = Float32Array.from(vertical);
  const bandPassed = bandPass(vertical, parameters);
  const order = parameters.orderP;
  const window = Math.trunc(f32(parameters.windowPS) * sampleRateHz);
  let end = roughP(bandPassed, parameters);
  if (end + window + order > bandPassed.length) end -= window + order;
  end += order + window;
  // What is left of the record before the rough onset, in its band, then as it was recorded.
  const first = cubed(bandPassed, 0, end + window);
  const rough = changePoint(first, end, order, window, end + window) ?? 0;
  const span = Math.trunc(Math.min((end - rough) * 2 + order + window + 0.5, wideBand.length));
  const from = Math.max(0, end - span);
  const second = cubed(wideBand, from, span);
  const exact = changePoint(second, span, order, window, span);
  const onset = exact === undefined ? 0 : exact + from;
  const pS = onset > 0 ? f32((onset - window) / sampleRateHz) : undefined;
  return { pS, sS: sOnset(horizontals, onset, parameters) };
}

function bandPass(
  samples: Float64Array,
  { lowHz, highHz, sampleRateHz }: ArPickParameters,
): Float32Array {
  const sos = designButterworth('bandpass', [lowHz, highHz], 4, sampleRateHz);
  const filtered = Float64Array.from(samples);
  filterZeroPhase(sos, filtered);
  return Float32Array.from(filtered);
}

function cubed(samples: Float32Array, from: number, count: number): Float32Array {
  const cubes = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    const value = samples[from + i] ?? 0;
    cubes[i] = f32(f32(value * value) * value);
  }
  return cubes;
}

/** The largest ratio of averages of the cumulative envelope, before its maximum. */
function roughP(samples: Float32Array, { ltaPS, staPS, sampleRateHz }: ArPickParameters): number {
  const largest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const envelope = samples.map((value) => {
    const part = Math.abs(value) / largest;
    return part - part * part;
  });
  const held = envelope.map((value, i) => Math.max(value, envelope[i - 1] ?? value));
  let peak = 0;
  for (let i = 0; i < held.length; i += 1) {
    if ((held[i] as number) > (held[peak] as number)) peak = i;
  }
  const sta = Math.trunc(f32(staPS) * sampleRateHz);
  const lta = Math.trunc(f32(ltaPS) * sampleRateHz);
  const sums = cumulative(held);
  let at = 0;
  let best = 0;
  for (let i = lta; i < peak; i += 1) {
    const ratio = meanOf(sums, i - sta, i) / meanOf(sums, i - lta, i);
    if (ratio > best) {
      best = ratio;
      at = i;
    }
  }
  return at;
}

function sOnset(
  horizontals: readonly [Float64Array, Float64Array],
  pOnset: number,
  parameters: ArPickParameters,
): number | undefined {
  const { sampleRateHz, orderS: order } = parameters;
  const [a, b] = horizontals.map((samples) => bandPass(samples, parameters)) as [
    Float32Array,
    Float32Array,
  ];
  const peakOf = (samples: Float32Array): number =>
    samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const samples = peakOf(b) > peakOf(a) ? b : a;
  const window = Math.trunc(f32(parameters.windowSS) * sampleRateHz);
  const sums = cumulative(samples.map(Math.abs));
  const end = roughS(sums, samples.length, pOnset, parameters);
  const until = Math.min(end + order + window, samples.length);
  const from = startOfS(sums, samples.length, pOnset, until, parameters);
  if (from <= 0) return undefined;
  const span = until - from;
  const onset = changePoint(cubed(samples, from, span), span, order, window, span);
  return onset === undefined ? undefined : f32((onset + from - window) / sampleRateHz);
}

/** Where the short average exceeds the long one before it by most, after P. */
function roughS(
  sums: Float64Array,
  length: number,
  pOnset: number,
  { ltaSS, staSS, sampleRateHz }: ArPickParameters,
): number {
  const sta = Math.trunc(f32(staSS) * sampleRateHz);
  const lta = Math.trunc(f32(ltaSS) * sampleRateHz);
  let at = 0;
  let most = 0;
  for (let i = pOnset; i < length - lta; i += 1) {
    const end = i + lta;
    const excess = meanOf(sums, end - sta, end) - meanOf(sums, i, end);
    if (excess > most) {
      most = excess;
      at = end;
    }
  }
  return at;
}

/** Backwards from the rough S: where the short average falls below the long one after it by most. */
function startOfS(
  sums: Float64Array,
  length: number,
  pOnset: number,
  until: number,
  { ltaSS, staSS, sampleRateHz }: ArPickParameters,
): number {
  const sta = Math.trunc(f32(staSS) * sampleRateHz);
  const lta = Math.trunc(f32(ltaSS) * sampleRateHz);
  let at = 0;
  let least = 0;
  for (let i = until - 1; i >= pOnset; i -= 1) {
    const from = i - lta;
    // Averages exist from one long window after the start to one before the end.
    if (from <= lta || from >= length - lta) continue;
    const excess = meanOf(sums, from, from + sta) - meanOf(sums, from, from + lta);
    if (excess < least) {
      least = excess;
      at = from;
    }
  }
  return at;
}

/**
 * Where the errors of predicting forwards and, from the flipped record, backwards are together smallest in
 * Akaike's sense; sample of the record, or undefined.
 */
function changePoint(
  record: Float32Array,
  count: number,
  order: number,
  window: number,
  flipped: number,
): number | undefined {
  const backwards = record.slice(0, flipped).reverse();
  const forwardErrors = predictionErrors(record, burgCoefficients(record, window, order), {
    count,
    window,
  });
  const backwardErrors = predictionErrors(backwards, burgCoefficients(backwards, window, order), {
    count,
    window,
  });
  let at: number | undefined;
  let least = 0;
  const last = count - 1 - order - window;
  for (let i = order + window, j = last; i <= last; i += 1, j -= 1) {
    const forward = forwardErrors[i] as number;
    const backward = backwardErrors[j] as number;
    if (!(forward > 0 && backward > 0)) continue;
    const criterion = f32(-Math.log(forward * forward) - Math.log(backward * backward));
    if (criterion < least) {
      least = criterion;
      at = i;
    }
  }
  return at;
}

function cumulative(values: Float32Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1)
    sums[i + 1] = (sums[i] as number) + (values[i] as number);
  return sums;
}

function meanOf(sums: Float64Array, from: number, to: number): number {
  return ((sums[to] as number) - (sums[from] as number)) / (to - from);
}
