import { assertDefined } from '../../base/assert.ts';
import { type Complex, add, complex, divide, multiply, scale } from './complex.ts';

/** Second-order sections: b0 b1 b2 a1 a2 of each, a0 = 1. */
export interface Sos {
  readonly count: number;
  readonly coefficients: Float64Array;
}

export const SECTION_LENGTH = 5;
const REAL_TOLERANCE = 1e-10;

interface RootPair {
  readonly first: Complex;
  /** Undefined in a first-order section. */
  readonly second: Complex | undefined;
}

/** Pairs conjugate roots into sections, sharpest last; the gain goes into the first. */
export function toSections(zpk: {
  readonly zeros: readonly Complex[];
  readonly poles: readonly Complex[];
  readonly gain: number;
}): Sos {
  const poles = pairs(zpk.poles).sort((a, b) => radius(a) - radius(b));
  const upperZeros = zpk.zeros.filter((z) => z.im > REAL_TOLERANCE);
  const realZeros = zpk.zeros.filter((z) => Math.abs(z.im) <= REAL_TOLERANCE);
  realZeros.sort((a, b) => a.re - b.re);
  const coefficients = new Float64Array(Math.max(1, poles.length) * SECTION_LENGTH);
  coefficients[0] = 1;
  // The sharpest poles choose their zeros first.
  for (let s = poles.length - 1; s >= 0; s--) {
    const pole = assertDefined(poles[s], 'pole pair');
    const zero = takeZeros(pole, upperZeros, realZeros);
    const row = coefficients.subarray(s * SECTION_LENGTH);
    row.set([...zero, ...denominator(pole)]);
  }
  for (let i = 0; i < 3; i++) coefficients[i] = (coefficients[i] ?? 0) * zpk.gain;
  return { count: coefficients.length / SECTION_LENGTH, coefficients };
}

/** Whether the sections are a band-pass as `toSections` makes it: zeros at +1 and −1 in each, a gain in the first. */
export function isBandPass({ count, coefficients }: Sos): boolean {
  for (let s = 0; s < count; s++) {
    const at = s * SECTION_LENGTH;
    const b0 = coefficients[at];
    if (coefficients[at + 1] !== 0 || coefficients[at + 2] !== -(b0 ?? NaN)) return false;
    if (s > 0 && b0 !== 1) return false;
  }
  return true;
}

/** The response at `frequencyHz`, as a complex number. */
export function responseAt(sos: Sos, frequencyHz: number, sampleRateHz: number): Complex {
  const angle = (-2 * Math.PI * frequencyHz) / sampleRateHz;
  const z1 = complex(Math.cos(angle), Math.sin(angle));
  const z2 = multiply(z1, z1);
  let response = complex(1);
  for (let s = 0; s < sos.count; s++) {
    const [b0 = 0, b1 = 0, b2 = 0, a1 = 0, a2 = 0] = sos.coefficients.subarray(s * SECTION_LENGTH);
    const top = add(complex(b0), add(scale(z1, b1), scale(z2, b2)));
    const bottom = add(complex(1), add(scale(z1, a1), scale(z2, a2)));
    response = multiply(response, divide(top, bottom));
  }
  return response;
}

/** Samples until the slowest mode of the filter has decayed to `level` of its start. */
export function settleSamples(sos: Sos, level: number): number {
  let slowest = 0;
  for (let s = 0; s < sos.count; s++) {
    const [, , , a1 = 0, a2 = 0] = sos.coefficients.subarray(s * SECTION_LENGTH);
    const discriminant = a1 * a1 - 4 * a2;
    const modulus =
      discriminant < 0
        ? Math.sqrt(a2)
        : Math.max(
            Math.abs(-a1 + Math.sqrt(discriminant)),
            Math.abs(-a1 - Math.sqrt(discriminant)),
          ) / 2;
    slowest = Math.max(slowest, modulus);
  }
  if (slowest <= 0) return sos.count * 2;
  return Math.ceil(Math.log(level) / Math.log(Math.min(slowest, 1 - 1e-9))) + sos.count * 2;
}

function pairs(roots: readonly Complex[]): RootPair[] {
  const upper = roots.filter((r) => r.im > REAL_TOLERANCE);
  const real = roots.filter((r) => Math.abs(r.im) <= REAL_TOLERANCE);
  real.sort((a, b) => a.re - b.re);
  const found: RootPair[] = upper.map((r) => ({ first: r, second: { re: r.re, im: -r.im } }));
  for (let i = 0; i < real.length; i += 2) {
    found.push({ first: assertDefined(real[i], 'real root'), second: real[i + 1] });
  }
  return found;
}

function radius(pair: RootPair): number {
  const modulus = (r: Complex | undefined): number => (r ? Math.hypot(r.re, r.im) : 0);
  return Math.max(modulus(pair.first), modulus(pair.second));
}

function denominator({ first, second }: RootPair): [number, number] {
  if (!second) return [-first.re, 0];
  return [-(first.re + second.re), multiply(first, second).re];
}

function takeZeros(pole: RootPair, upper: Complex[], real: Complex[]): [number, number, number] {
  if (pole.second && upper.length > 0) {
    const distance = (z: Complex): number => Math.hypot(z.re - pole.first.re, z.im - pole.first.im);
    let nearest = 0;
    for (let i = 1; i < upper.length; i++) {
      const [candidate, best] = [upper[i], upper[nearest]];
      if (candidate && best && distance(candidate) < distance(best)) nearest = i;
    }
    const [zero] = upper.splice(nearest, 1);
    if (zero) return [1, -2 * zero.re, zero.re * zero.re + zero.im * zero.im];
  }
  // One zero from either end: a band-pass section gets +1 and −1.
  const a = real.pop();
  const b = pole.second ? real.shift() : undefined;
  if (!a) return [1, 0, 0];
  return b ? [1, -(a.re + b.re), a.re * b.re] : [1, -a.re, 0];
}
