// Characteristic functions that take a record part by part: what they need of the samples before is carried along, so
// that the seams of the parts are nowhere in the values. Classic, recursive, energy ratio and kurtosis are, operation by
// operation, those of `signal/trigger`.

import { assertUnreachable } from '../../base/assert.ts';
import { curveKind, type DetectorSettings } from '../../domain/event/detectorSettings.ts';
import { excess, STEPS_BETWEEN_SUMS } from '../trigger/kurtosis.ts';

/** Plain data, so that it can go from one worker to another. */
export interface CurveState {
  /** Samples taken. */
  taken: number;
  /** Sums and means of the function. */
  readonly sums: Float64Array;
  /** The samples before, as many as a window looks back; for the energy ratio sums of energy. */
  tail: Float64Array;
}

export interface CurveMaker {
  readonly start: () => CurveState;
  /** Samples a value looks ahead: the function is so much shorter than what was taken. */
  readonly aheadSamples: number;
  /** Values that have become known, in order. */
  readonly next: (state: CurveState, samples: Float64Array) => Float64Array;
}

/** Windows in samples. */
export interface Windows {
  readonly short: number;
  readonly long: number;
}

export function windowsInSamples(
  { shortS, longS }: Pick<DetectorSettings, 'shortS' | 'longS'>,
  sampleRateHz: number,
): Windows {
  const short = Math.max(1, Math.round(shortS * sampleRateHz));
  return { short, long: Math.max(short + 1, Math.round(longS * sampleRateHz)) };
}

export function curveMaker(settings: DetectorSettings, sampleRateHz: number): CurveMaker {
  const { short, long } = windowsInSamples(settings, sampleRateHz);
  const kind = curveKind(settings.kind);
  switch (kind) {
    case 'classic':
      return overTail(long, 2, classic(short, long));
    case 'recursive':
      return overTail(0, 2, recursive(short, long));
    case 'delayed':
      return overTail(short + long, 2, delayed(short, long));
    case 'z-detect':
      return overTail(short, 3, zDetector(short, long));
    case 'energy-ratio':
      return energyRatioMaker(short);
    case 'kurtosis':
      return kurtosisMaker(Math.max(2, Math.round(settings.longS * sampleRateHz)));
    default:
      return assertUnreachable(kind);
  }
}

/** The value at sample `at` of the record, which is `x[k]`; samples before it as far as the tail goes. */
type Step = (x: Float64Array, k: number, at: number, sums: Float64Array) => number;

function overTail(tailSamples: number, sumCount: number, step: Step): CurveMaker {
  return {
    aheadSamples: 0,
    start: () => ({ taken: 0, sums: new Float64Array(sumCount), tail: new Float64Array(0) }),
    next: (state, samples) => {
      const x = joined(state.tail, samples);
      const before = state.tail.length;
      const curve = new Float64Array(samples.length);
      for (let i = 0; i < samples.length; i += 1) {
        curve[i] = finite(step(x, before + i, state.taken + i, state.sums));
      }
      state.taken += samples.length;
      state.tail = x.slice(Math.max(0, x.length - tailSamples));
      return curve;
    },
  };
}

function classic(sta: number, lta: number): Step {
  return (x, k, at, sums) => {
    const energy = (x[k] as number) ** 2;
    sums[0] = (sums[0] as number) + (at < sta ? energy : energy - (x[k - sta] as number) ** 2);
    sums[1] = (sums[1] as number) + (at < lta ? energy : energy - (x[k - lta] as number) ** 2);
    return at >= lta - 1 ? (((sums[0] as number) / (sums[1] as number)) * lta) / sta : 0;
  };
}

function recursive(sta: number, lta: number): Step {
  return (x, k, at, sums) => {
    if (at === 0) {
      // Not zero, so that a dead channel answers 0 instead of nothing.
      sums[1] = 1e-99;
      return 0;
    }
    const energy = (x[k] as number) ** 2;
    const short = (sums[0] as number) + (energy - (sums[0] as number)) / sta;
    const long = (sums[1] as number) + (energy - (sums[1] as number)) / lta;
    sums[0] = short;
    sums[1] = long;
    return at >= lta ? short / long : 0;
  };
}

/** Sliding means; the long window ends where the short one begins (Withers et al. 1998). */
function delayed(sta: number, lta: number): Step {
  return (x, k, at, sums) => {
    const leaving = at >= sta ? (x[k - sta] as number) ** 2 : 0;
    sums[0] = (sums[0] as number) + ((x[k] as number) ** 2 - leaving);
    const old = at >= sta + lta ? (x[k - sta - lta] as number) ** 2 : 0;
    sums[1] = (sums[1] as number) + (leaving - old);
    return at >= sta + lta - 1 ? (((sums[0] as number) / (sums[1] as number)) * lta) / sta : 0;
  };
}

/**
 * Mean energy of the short window in deviations from its own exponential mean (Swindell and Snell 1977 with the means of
 * Withers et al. 1998, which need no record to be ended).
 */
function zDetector(sta: number, lta: number): Step {
  return (x, k, at, sums) => {
    const leaving = at >= sta ? (x[k - sta] as number) ** 2 : 0;
    sums[0] = (sums[0] as number) + ((x[k] as number) ** 2 - leaving);
    if (at < sta - 1) return 0;
    const value = (sums[0] as number) / sta;
    if (at === sta - 1) sums[1] = value;
    const away = value - (sums[1] as number);
    const score = away / Math.sqrt(sums[2] as number);
    sums[1] = (sums[1] as number) + away / lta;
    sums[2] = (1 - 1 / lta) * ((sums[2] as number) + (away * away) / lta);
    return at >= sta + lta ? score : 0;
  };
}

/** The tail holds the energy before each of the last samples, summed from the start of the record. */
function energyRatioMaker(window: number): CurveMaker {
  return {
    aheadSamples: window - 1,
    start: () => ({ taken: 0, sums: new Float64Array(0), tail: new Float64Array(1) }),
    next: (state, samples) => {
      const sums = joined(state.tail, samples);
      const before = state.tail.length;
      for (let i = 0; i < samples.length; i += 1) {
        sums[before + i] = (sums[before + i - 1] as number) + (samples[i] as number) ** 2;
      }
      // sums[j] is the energy before sample `origin + j`.
      const origin = state.taken + 1 - before;
      const known = (taken: number): number => Math.max(0, taken - window + 1);
      const from = known(state.taken);
      state.taken += samples.length;
      const curve = new Float64Array(known(state.taken) - from);
      const at = (index: number): number => sums[index - origin] as number;
      for (let i = Math.max(window, from); i < from + curve.length; i += 1) {
        const past = at(i) - at(i - window);
        if (past !== 0) curve[i - from] = finite((at(i + window) - at(i)) / past);
      }
      state.tail = sums.slice(Math.max(0, sums.length - 2 * window - 1));
      return curve;
    },
  };
}

/** Sums of powers about `sums[4]`, begun anew so often that rounding does not pile up. */
function kurtosisMaker(window: number): CurveMaker {
  return overTail(window, 5, (x, k, at, sums) => {
    const first = at - window + 1;
    if (first < 0) return 0;
    if (first % STEPS_BETWEEN_SUMS === 0) {
      sums.fill(0);
      for (let i = k - window + 1; i <= k; i += 1) {
        sums[4] = (sums[4] as number) + (x[i] as number) / window;
      }
      for (let i = k - window + 1; i <= k; i += 1) addPowers(sums, x[i] as number, 1);
    } else {
      addPowers(sums, x[k] as number, 1);
      addPowers(sums, x[k - window] as number, -1);
    }
    const [s1 = 0, s2 = 0, s3 = 0, s4 = 0] = sums;
    return excess([s1, s2, s3, s4], window);
  });
}

function addPowers(sums: Float64Array, value: number, sign: 1 | -1): void {
  const x = value - (sums[4] as number);
  sums[0] = (sums[0] as number) + sign * x;
  sums[1] = (sums[1] as number) + sign * x * x;
  sums[2] = (sums[2] as number) + sign * x * x * x;
  sums[3] = (sums[3] as number) + sign * x * x * x * x;
}

function joined(tail: Float64Array, samples: Float64Array): Float64Array {
  const all = new Float64Array(tail.length + samples.length);
  all.set(tail);
  all.set(samples, tail.length);
  return all;
}

/** Dead channels divide by nothing. */
function finite(value: number): number {
  return value - value === 0 ? value : 0;
}
