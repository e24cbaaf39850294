// Characteristic functions of short over long averages, with the numbers of ObsPy 1.5 (obspy.signal.trigger).
// Windows are counts of samples. Where a window is not yet full the value is 0, which never triggers.

import { AppError } from '../../base/appError.ts';

/** Mean square of the last `sta` samples over that of the last `lta`; 0 before sample `lta` − 1. */
export function classicStaLta(samples: Float64Array, sta: number, lta: number): Float64Array {
  checkWindows(sta, lta);
  const curve = new Float64Array(samples.length);
  const energyAt = (i: number): number => (samples[i] as number) ** 2;
  let shortSum = 0;
  let longSum = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const energy = energyAt(i);
    shortSum += i < sta ? energy : energy - energyAt(i - sta);
    longSum += i < lta ? energy : energy - energyAt(i - lta);
    if (i >= lta - 1) curve[i] = ((shortSum / longSum) * lta) / sta;
  }
  return curve;
}

/** Exponential averages with time constants `sta` and `lta` (Withers et al. 1998); 0 before sample `lta`. */
export function recursiveStaLta(samples: Float64Array, sta: number, lta: number): Float64Array {
  checkWindows(sta, lta);
  const curve = new Float64Array(samples.length);
  let short = 0;
  // Not zero, so that a dead channel answers 0 instead of nothing.
  let long = 1e-99;
  for (let i = 1; i < samples.length; i += 1) {
    const energy = (samples[i] as number) ** 2;
    short += (energy - short) / sta;
    long += (energy - long) / lta;
    if (i >= lta) curve[i] = short / long;
  }
  return curve;
}

/**
 * The long window lies before the short one (Withers et al. 1998). As in ObsPy, energy enters both sums at
 * either end of the window and indices before the first sample count from the end of the record.
 */
export function delayedStaLta(samples: Float64Array, sta: number, lta: number): Float64Array {
  checkWindows(sta, lta);
  const n = samples.length;
  const curve = new Float64Array(n);
  const energyAt = (i: number): number => (samples[i < 0 ? i + n : i] as number) ** 2;
  const start = sta + lta + 50;
  if (start >= n) return curve;
  let short = 0;
  let long = 0;
  for (let i = 0; i < n; i += 1) {
    short += (energyAt(i) + energyAt(i - sta)) / sta;
    long += (energyAt(i - sta - 1) + energyAt(i - sta - lta - 1)) / lta;
    if (i >= start) curve[i] = short / long;
  }
  return curve;
}

/** Energy of the last `sta` samples, less its mean over the record, in standard deviations (Swindell and Snell 1977). */
export function zDetect(samples: Float64Array, sta: number): Float64Array {
  checkWindow('sta', sta);
  const n = samples.length;
  const curve = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i += 1) {
    // The window that ends one sample before, but for the first full one.
    if (i < sta) sum += (samples[i] as number) ** 2;
    if (i < sta) continue;
    if (i > sta) sum += (samples[i - 1] as number) ** 2 - (samples[i - 1 - sta] as number) ** 2;
    curve[i] = sum;
  }
  const mean = curve.reduce((total, value) => total + value, 0) / n;
  const variance = curve.reduce((total, value) => total + (value - mean) ** 2, 0) / n;
  const deviation = Math.sqrt(variance);
  return curve.map((value) => (value - mean) / deviation);
}

/** Energy of the next `window` samples over that of the last ones (Han et al. 2009). */
export function energyRatio(samples: Float64Array, window: number): Float64Array {
  checkWindow('window', window);
  const n = samples.length;
  if (2 * window > n) {
    throw new AppError(
      'bad-input',
      `a window of ${window} samples is longer than half of the ${n} samples; shorten it`,
    );
  }
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i += 1) sums[i + 1] = (sums[i] as number) + (samples[i] as number) ** 2;
  const energy = (from: number): number => (sums[from + window] as number) - (sums[from] as number);
  const curve = new Float64Array(n);
  for (let i = window; i + window <= n; i += 1) {
    const before = energy(i - window);
    if (before !== 0) curve[i] = energy(i) / before;
  }
  return curve;
}

/** The energy ratio times the absolute sample, to a power (Wong et al. 2009). */
export function modifiedEnergyRatio(
  samples: Float64Array,
  window: number,
  power = 3,
): Float64Array {
  const ratio = energyRatio(samples, window);
  return ratio.map((value, i) => (value * Math.abs(samples[i] as number)) ** power);
}

/**
 * The trigger of M. Carl: how much the short deviation from the long mean exceeds `ratio` times the long one,
 * less the difference of the means and `quiet`. −1 before sample `lta`.
 */
export function carlStaTrigger(
  samples: Float64Array,
  { sta, lta, ratio, quiet }: { sta: number; lta: number; ratio: number; quiet: number },
): Float64Array {
  checkWindows(sta, lta);
  const short = meanBefore(samples, sta);
  const long = delayOne(meanBefore(short, lta));
  const deviation = samples.map((value, i) => Math.abs(value - (long[i] as number)));
  const shortDeviation = meanBefore(deviation, sta);
  const longDeviation = meanBefore(shortDeviation, lta);
  return samples.map((_, i) => {
    if (i < lta) return -1;
    const exceeds = (shortDeviation[i] as number) - ratio * (longDeviation[i] as number);
    return exceeds - Math.abs((short[i] as number) - (long[i] as number)) - quiet;
  });
}

/** The mean of the `window` values before each; 0 where there are fewer. */
function meanBefore(values: Float64Array, window: number): Float64Array {
  const means = new Float64Array(values.length);
  let sum = 0;
  for (let i = 1; i < values.length; i += 1) {
    sum += values[i - 1] as number;
    if (i > window) sum -= values[i - 1 - window] as number;
    if (i >= window) means[i] = sum / window;
  }
  return means;
}

function delayOne(values: Float64Array): Float64Array {
  const delayed = new Float64Array(values.length);
  delayed.set(values.subarray(0, -1), 1);
  return delayed;
}

function checkWindows(sta: number, lta: number): void {
  checkWindow('sta', sta);
  checkWindow('lta', lta);
  if (sta >= lta) {
    throw new AppError(
      'bad-input',
      `the short window (${sta} samples) has to be shorter than the long one (${lta} samples)`,
    );
  }
}

function checkWindow(name: string, samples: number): void {
  if (Number.isInteger(samples) && samples >= 1) return;
  throw new AppError('bad-input', `${name} is ${samples} samples; give a whole number from 1`);
}
