// Digital filter design by analog prototype, band transform and bilinear transform with pre-warped corners, as second-
// order sections (Oppenheim & Schafer, "Discrete-Time Signal Processing", ch. 7). The same filters as scipy.signal's
// butter and cheby2.

import { AppError } from '../../base/appError.ts';
import { type Complex, add, complex, divide, multiply, product, scale } from './complex.ts';
import { squareRoot, subtract } from './complex.ts';
import { type Sos, toSections } from './sections.ts';

export type BandKind = 'lowpass' | 'highpass' | 'bandpass' | 'bandstop';

/** Zeros, poles and gain. */
export interface Zpk {
  readonly zeros: readonly Complex[];
  readonly poles: readonly Complex[];
  readonly gain: number;
}

/**
 * Butterworth filter of `order` corners (band filters: `order` on each side).
 * `cornersHz`: one for low- and high-pass, two for band filters, each above 0 and below Nyquist.
 * Throws `bad-input` otherwise.
 */
export function designButterworth(
  kind: BandKind,
  cornersHz: readonly number[],
  order: number,
  sampleRateHz: number,
): Sos {
  return toSections(butterworthZpk(kind, cornersHz, order, sampleRateHz));
}

export function butterworthZpk(
  kind: BandKind,
  cornersHz: readonly number[],
  order: number,
  sampleRateHz: number,
): Zpk {
  checkCorners(kind, cornersHz, order, sampleRateHz);
  const poles = Array.from({ length: order }, (_, k) => {
    const angle = (Math.PI * (2 * k + 1 + order)) / (2 * order);
    return complex(Math.cos(angle), Math.sin(angle));
  });
  const warped = cornersHz.map((hz) => Math.tan((Math.PI * hz) / sampleRateHz));
  return bilinear(transformBand({ zeros: [], poles, gain: 1 }, kind, warped));
}

/**
 * The low-pass ObsPy puts before decimation: Chebyshev type II, 96 dB down from `stopHz` on, 1 dB at the pass corner,
 * which moves down by 1 % until `maxOrder` suffices (obspy.signal.filter.lowpass_cheby_2).
 */
export function designDecimationLowpass(stopHz: number, sampleRateHz: number, maxOrder = 12): Sos {
  checkCorners('lowpass', [stopHz], maxOrder, sampleRateHz);
  const [passDb, stopDb] = [1, 96];
  const stop = Math.tan((Math.PI * stopHz) / sampleRateHz);
  const discrimination = Math.acosh(
    Math.sqrt((10 ** (0.1 * stopDb) - 1) / (10 ** (0.1 * passDb) - 1)),
  );
  let order = Infinity;
  let passHz = stopHz;
  let pass = stop;
  while (order > maxOrder) {
    passHz *= 0.99;
    pass = Math.tan((Math.PI * passHz) / sampleRateHz);
    order = Math.ceil(discrimination / Math.acosh(stop / pass));
  }
  const corner = pass * Math.cosh(discrimination / order);
  return toSections(bilinear(transformBand(chebyshev2(order, stopDb), 'lowpass', [corner])));
}

function chebyshev2(order: number, stopDb: number): Zpk {
  const ripple = 1 / Math.sqrt(10 ** (0.1 * stopDb) - 1);
  const mu = Math.asinh(1 / ripple) / order;
  const zeros: Complex[] = [];
  const poles: Complex[] = [];
  for (let m = -order + 1; m < order; m += 2) {
    const angle = (m * Math.PI) / (2 * order);
    if (m !== 0) zeros.push(complex(0, 1 / Math.sin(angle)));
    const unit = complex(-Math.cos(angle), -Math.sin(angle));
    poles.push(divide(complex(1), complex(Math.sinh(mu) * unit.re, Math.cosh(mu) * unit.im)));
  }
  const minus = (values: readonly Complex[]): Complex => product(values.map((v) => scale(v, -1)));
  return { zeros, poles, gain: divide(minus(poles), minus(zeros)).re };
}

function checkCorners(
  kind: BandKind,
  cornersHz: readonly number[],
  order: number,
  sampleRateHz: number,
): void {
  const nyquistHz = sampleRateHz / 2;
  const wanted = kind === 'lowpass' || kind === 'highpass' ? 1 : 2;
  const refuse = (why: string): never => {
    throw new AppError('bad-input', `This ${kind} filter cannot be made: ${why}`);
  };
  if (cornersHz.length !== wanted) refuse(`it needs ${wanted} corner frequencies`);
  if (!Number.isInteger(order) || order < 1 || order > 20) refuse('corners must be 1 to 20');
  for (const hz of cornersHz) {
    if (!(hz > 0)) refuse(`a corner of ${hz} Hz is not above 0`);
    if (!(hz < nyquistHz)) {
      refuse(`a corner of ${hz} Hz is not below ${nyquistHz} Hz, half the sampling rate`);
    }
  }
  const [low = 0, high = Infinity] = cornersHz;
  if (low >= high) refuse(`the low corner ${low} Hz is not below the high corner ${high} Hz`);
}

/** Low-pass prototype with corner 1 → the wanted analog filter; corners are pre-warped tangents. */
function transformBand(prototype: Zpk, kind: BandKind, warped: readonly number[]): Zpk {
  const [first = 1, second = 1] = warped;
  if (kind === 'lowpass') return toLowpass(prototype, first);
  if (kind === 'highpass') return toHighpass(prototype, first);
  const centre = Math.sqrt(first * second);
  const width = second - first;
  return kind === 'bandpass'
    ? toBandpass(prototype, centre, width)
    : toBandstop(prototype, centre, width);
}

function toLowpass({ zeros, poles, gain }: Zpk, corner: number): Zpk {
  return {
    zeros: zeros.map((z) => scale(z, corner)),
    poles: poles.map((p) => scale(p, corner)),
    gain: gain * corner ** (poles.length - zeros.length),
  };
}

function gainAtInfinity({ zeros, poles }: Zpk): number {
  const minus = (values: readonly Complex[]): Complex => product(values.map((v) => scale(v, -1)));
  return divide(minus(zeros), minus(poles)).re;
}

function toHighpass(prototype: Zpk, corner: number): Zpk {
  const invert = (v: Complex): Complex => divide(complex(corner), v);
  const { zeros, poles, gain } = prototype;
  const atOrigin = Array.from({ length: poles.length - zeros.length }, () => complex(0));
  return {
    zeros: [...zeros.map(invert), ...atOrigin],
    poles: poles.map(invert),
    gain: gain * gainAtInfinity(prototype),
  };
}

/** Each root v of the prototype becomes the two roots v ± √(v² − centre²). */
function split(values: readonly Complex[], centre: number): Complex[] {
  return values.flatMap((v) => {
    const root = squareRoot(subtract(multiply(v, v), complex(centre * centre)));
    return [add(v, root), subtract(v, root)];
  });
}

function toBandpass({ zeros, poles, gain }: Zpk, centre: number, width: number): Zpk {
  const degree = poles.length - zeros.length;
  const half = (v: Complex): Complex => scale(v, width / 2);
  return {
    zeros: [...split(zeros.map(half), centre), ...Array.from({ length: degree }, () => complex(0))],
    poles: split(poles.map(half), centre),
    gain: gain * width ** degree,
  };
}

function toBandstop(prototype: Zpk, centre: number, width: number): Zpk {
  const { zeros, poles, gain } = prototype;
  const invert = (v: Complex): Complex => divide(complex(width / 2), v);
  const notches = Array.from({ length: poles.length - zeros.length }, () => [
    complex(0, centre),
    complex(0, -centre),
  ]).flat();
  return {
    zeros: [...split(zeros.map(invert), centre), ...notches],
    poles: split(poles.map(invert), centre),
    gain: gain * gainAtInfinity(prototype),
  };
}

/** s = (z − 1)/(z + 1); zeros at infinity come to z = −1. */
function bilinear({ zeros, poles, gain }: Zpk): Zpk {
  const one = complex(1);
  const map = (v: Complex): Complex => divide(add(one, v), subtract(one, v));
  const factor = (values: readonly Complex[]): Complex =>
    product(values.map((v) => subtract(one, v)));
  const atNyquist = Array.from({ length: poles.length - zeros.length }, () => complex(-1));
  return {
    zeros: [...zeros.map(map), ...atNyquist],
    poles: poles.map(map),
    gain: gain * divide(factor(zeros), factor(poles)).re,
  };
}
