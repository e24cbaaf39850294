// Rational and arbitrary resampling by a windowed sinc, zero phase, with the anti-alias cut-off built into the kernel
// (Smith & Gossett 1984, "A flexible sampling-rate conversion method"). Kaiser window, β 10: stop band below −95 dB.

const ZEROS = 24;
const KAISER_BETA = 10;
/** Where the pass band ends, as a part of the lower of the two Nyquist frequencies. */
const CUTOFF = 0.92;
/** Rates whose ratio has no smaller denominator are resampled with a kernel computed for each sample. */
const MAX_PHASES = 4096;

type Input = Int32Array | Float32Array | Float64Array;

/** Samples in the answer of `resampleTo`: the last one lies at or before the last input sample. */
export function resampledLength(length: number, fromHz: number, toHz: number): number {
  if (length === 0) return 0;
  return Math.floor(((length - 1) * toHz) / fromHz + 1e-9) + 1;
}

/**
 * Samples at `toHz` of the signal given at `fromHz`; output sample k lies at k / toHz after input sample 0.
 * Whatever lies above 92 % of the lower Nyquist frequency is removed first (zero phase, no delay).
 * At the ends the signal is continued by its first and last value. Equal rates give a copy.
 */
export function resampleTo(samples: Input, fromHz: number, toHz: number): Float64Array {
  if (!(fromHz > 0) || !(toHz > 0)) {
    throw new RangeError(`cannot resample from ${fromHz} Hz to ${toHz} Hz`);
  }
  if (Math.abs(fromHz - toHz) < 1e-9 * fromHz) return Float64Array.from(samples);
  const length = resampledLength(samples.length, fromHz, toHz);
  const ratio = rationalOf(toHz / fromHz);
  const cutoff = CUTOFF * Math.min(1, toHz / fromHz);
  const half = Math.ceil(ZEROS / cutoff);
  const padded = pad(samples, half);
  return ratio && ratio.up <= MAX_PHASES
    ? polyphase(padded, length, ratio, kernelTable(ratio.up, half, cutoff), half)
    : direct(padded, length, fromHz / toHz, half, cutoff);
}

/**
 * The same by straight lines between samples and without a filter: what lies above the lower Nyquist frequency comes back
 * as lower ones. As ObsPy's `interpolate(method='linear')`.
 */
export function interpolateLinear(samples: Input, fromHz: number, toHz: number): Float64Array {
  const values = new Float64Array(resampledLength(samples.length, fromHz, toHz));
  for (let k = 0; k < values.length; k += 1) {
    const place = (k * fromHz) / toHz;
    const i = Math.floor(place);
    const value = samples[i] ?? (samples.at(-1) as number);
    const next = samples[i + 1] ?? value;
    values[k] = value + (next - value) * (place - i);
  }
  return values;
}

function pad(samples: Input, half: number): Float64Array {
  const n = samples.length;
  const padded = new Float64Array(n + 2 * half + 2);
  padded.fill(samples[0] ?? 0, 0, half);
  padded.set(samples, half);
  padded.fill(samples[n - 1] ?? 0, half + n);
  return padded;
}

interface Ratio {
  readonly up: number;
  readonly down: number;
}

/** The fraction up/down equal to `value` within 1e-9, by continued fractions. */
function rationalOf(value: number): Ratio | undefined {
  let [up0, down0, up1, down1] = [0, 1, 1, 0];
  let rest = value;
  for (let i = 0; i < 24; i++) {
    const whole = Math.floor(rest);
    [up0, up1] = [up1, whole * up1 + up0];
    [down0, down1] = [down1, whole * down1 + down0];
    if (Math.abs(up1 / down1 - value) <= 1e-9 * value) return { up: up1, down: down1 };
    if (rest === whole || up1 > 1e6 || down1 > 1e6) return undefined;
    rest = 1 / (rest - whole);
  }
  return undefined;
}

/** One row of 2·half+1 taps per phase; each row sums to 1, so that a constant stays constant. */
function kernelTable(phases: number, half: number, cutoff: number): Float64Array {
  const taps = 2 * half + 1;
  const table = new Float64Array(phases * taps);
  for (let p = 0; p < phases; p++) kernel(p / phases, half, cutoff, table.subarray(p * taps));
  return table;
}

function kernel(fraction: number, half: number, cutoff: number, out: Float64Array): void {
  const taps = 2 * half + 1;
  let sum = 0;
  for (let i = 0; i < taps; i++) {
    const t = i - half - fraction;
    const edge = t / (half + 1);
    const x = Math.PI * cutoff * t;
    const sinc = Math.abs(x) < 1e-12 ? 1 : Math.sin(x) / x;
    const value = sinc * bessel0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - edge * edge)));
    out[i] = value;
    sum += value;
  }
  for (let i = 0; i < taps; i++) out[i] = (out[i] as number) / sum;
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 60 && term > 1e-17 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function polyphase(
  padded: Float64Array,
  length: number,
  ratio: Ratio,
  table: Float64Array,
  half: number,
): Float64Array {
  const taps = 2 * half + 1;
  const out = new Float64Array(length);
  const stepWhole = Math.floor(ratio.down / ratio.up);
  const stepPhase = ratio.down - stepWhole * ratio.up;
  let at = 0;
  let phase = 0;
  if (ratio.up === 1) {
    for (let k = 0; k < length; k++) out[k] = symmetricDot(padded, k * ratio.down, table, half);
    return out;
  }
  for (let k = 0; k < length; k++) {
    out[k] = dot(padded, at, table, phase * taps, taps);
    at += stepWhole;
    phase += stepPhase;
    if (phase >= ratio.up) {
      phase -= ratio.up;
      at++;
    }
  }
  return out;
}

/** Without a fraction the kernel is even: samples at equal distance from its middle share a product. */
function symmetricDot(a: Float64Array, from: number, row: Float64Array, half: number): number {
  const last = from + 2 * half;
  let s0 = (a[from + half] as number) * (row[half] as number);
  let s1 = 0;
  let i = 0;
  for (; i + 1 < half; i += 2) {
    s0 += ((a[from + i] as number) + (a[last - i] as number)) * (row[i] as number);
    s1 += ((a[from + i + 1] as number) + (a[last - i - 1] as number)) * (row[i + 1] as number);
  }
  if (i < half) s0 += ((a[from + i] as number) + (a[last - i] as number)) * (row[i] as number);
  return s0 + s1;
}

// Four running sums, so that an addition need not wait for the one before.
function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, taps: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const fours = taps - (taps % 4);
  let i = 0;
  for (; i < fours; i += 4) {
    s0 += (a[fromA + i] as number) * (b[fromB + i] as number);
    s1 += (a[fromA + i + 1] as number) * (b[fromB + i + 1] as number);
    s2 += (a[fromA + i + 2] as number) * (b[fromB + i + 2] as number);
    s3 += (a[fromA + i + 3] as number) * (b[fromB + i + 3] as number);
  }
  for (; i < taps; i++) s0 += (a[fromA + i] as number) * (b[fromB + i] as number);
  return s0 + s1 + s2 + s3;
}

function direct(
  padded: Float64Array,
  length: number,
  stepIn: number,
  half: number,
  cutoff: number,
): Float64Array {
  const taps = 2 * half + 1;
  const row = new Float64Array(taps);
  const out = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    const position = k * stepIn;
    const whole = Math.floor(position);
    kernel(position - whole, half, cutoff, row);
    out[k] = dot(padded, whole, row, 0, taps);
  }
  return out;
}
