// Fourier transforms of any length: mixed radix (Cooley & Tukey 1965), depth first so that parts stay in the cache;
// lengths with a large prime factor go by Bluestein's chirp (1970).

/** Prime factors up to this one are computed directly. */
const LARGEST_RADIX = 31;

/** In place and unscaled: X[k] = Σ x[j] · exp(−2πi·jk/n). Both arrays have the same length n. */
export function fourierTransform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (n < 2) return;
  const radices = radicesOf(n);
  if (radices) mixedRadix(re, im, new Plan(n, radices));
  else bluestein(re, im);
}

/** The inverse of `fourierTransform`, still unscaled: divide by n to come back. */
export function inverseFourierTransform(re: Float64Array, im: Float64Array): void {
  // Real and imaginary part exchanged make the same transform its own inverse.
  fourierTransform(im, re);
}

/** Factors of n, fours first; undefined when one is too large. */
function radicesOf(n: number): number[] | undefined {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [4, 2]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  for (let radix = 3; radix <= LARGEST_RADIX; radix += 2) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  return rest === 1 ? radices : undefined;
}

/** Twiddle factors exp(−2πi·k/n) and the order of work for one length. */
class Plan {
  readonly n: number;
  readonly radices: readonly number[];
  readonly cos: Float64Array;
  readonly sin: Float64Array;

  constructor(n: number, radices: readonly number[]) {
    this.n = n;
    this.radices = radices;
    this.cos = new Float64Array(n);
    this.sin = new Float64Array(n);
    for (let k = 0; k < n; k += 1) {
      this.cos[k] = Math.cos((2 * Math.PI * k) / n);
      this.sin[k] = -Math.sin((2 * Math.PI * k) / n);
    }
  }
}

interface Complexes {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function mixedRadix(re: Float64Array, im: Float64Array, plan: Plan): void {
  const input = { re: re.slice(), im: im.slice() };
  part(plan, input, { re, im }, { from: 0, stride: 1, at: 0, length: plan.n, level: 0 });
}

interface Place {
  /** First value and step in the input. */
  readonly from: number;
  readonly stride: number;
  /** First value in the output. */
  readonly at: number;
  readonly length: number;
  readonly level: number;
}

function part(plan: Plan, input: Complexes, out: Complexes, place: Place): void {
  const { from, stride, at, length, level } = place;
  const radix = plan.radices[level] as number;
  const m = length / radix;
  for (let k = 0; k < radix; k += 1) {
    if (m === 1) {
      out.re[at + k] = input.re[from + k * stride] as number;
      out.im[at + k] = input.im[from + k * stride] as number;
    } else {
      part(plan, input, out, {
        from: from + k * stride,
        stride: stride * radix,
        at: at + k * m,
        length: m,
        level: level + 1,
      });
    }
  }
  if (radix === 4) combineFour(plan, out, at, m, stride);
  else if (radix === 2) combineTwo(plan, out, at, m, stride);
  else combineOdd(plan, out, place, m, radix);
}

function combineTwo(plan: Plan, out: Complexes, at: number, m: number, stride: number): void {
  const { re, im } = out;
  for (let j = 0; j < m; j += 1) {
    const a = at + j;
    const b = a + m;
    const c = plan.cos[j * stride] as number;
    const s = plan.sin[j * stride] as number;
    const bRe = (re[b] as number) * c - (im[b] as number) * s;
    const bIm = (re[b] as number) * s + (im[b] as number) * c;
    re[b] = (re[a] as number) - bRe;
    im[b] = (im[a] as number) - bIm;
    re[a] = (re[a] as number) + bRe;
    im[a] = (im[a] as number) + bIm;
  }
}

function combineFour(plan: Plan, out: Complexes, at: number, m: number, stride: number): void {
  const { re, im } = out;
  const { cos, sin } = plan;
  for (let j = 0; j < m; j += 1) {
    const a = at + j;
    const b = a + m;
    const c = b + m;
    const d = c + m;
    const w = j * stride;
    const bRe = (re[b] as number) * (cos[w] as number) - (im[b] as number) * (sin[w] as number);
    const bIm = (re[b] as number) * (sin[w] as number) + (im[b] as number) * (cos[w] as number);
    const w2 = 2 * w;
    const cRe = (re[c] as number) * (cos[w2] as number) - (im[c] as number) * (sin[w2] as number);
    const cIm = (re[c] as number) * (sin[w2] as number) + (im[c] as number) * (cos[w2] as number);
    const w3 = 3 * w;
    const dRe = (re[d] as number) * (cos[w3] as number) - (im[d] as number) * (sin[w3] as number);
    const dIm = (re[d] as number) * (sin[w3] as number) + (im[d] as number) * (cos[w3] as number);
    const evenRe = (re[a] as number) + cRe;
    const evenIm = (im[a] as number) + cIm;
    const oddRe = (re[a] as number) - cRe;
    const oddIm = (im[a] as number) - cIm;
    re[a] = evenRe + bRe + dRe;
    im[a] = evenIm + bIm + dIm;
    re[b] = oddRe + bIm - dIm;
    im[b] = oddIm - bRe + dRe;
    re[c] = evenRe - bRe - dRe;
    im[c] = evenIm - bIm - dIm;
    re[d] = oddRe - bIm + dIm;
    im[d] = oddIm + bRe - dRe;
  }
}

// Sums and differences of the terms k and radix − k, which share a cosine and a sine.
const plusRe = new Float64Array(LARGEST_RADIX);
const plusIm = new Float64Array(LARGEST_RADIX);
const minusRe = new Float64Array(LARGEST_RADIX);
const minusIm = new Float64Array(LARGEST_RADIX);

/** For an odd radix. */
function combineOdd(plan: Plan, out: Complexes, place: Place, m: number, radix: number): void {
  const { re, im } = out;
  const { at, stride } = place;
  for (let j = 0; j < m; j += 1) {
    const first = at + j;
    foldTerms(plan, out, first, m, radix, j * stride);
    const zeroRe = re[first] as number;
    const zeroIm = im[first] as number;
    for (let q = 1; 2 * q < radix; q += 1) {
      let evenRe = zeroRe;
      let evenIm = zeroIm;
      let oddRe = 0;
      let oddIm = 0;
      for (let k = 1; 2 * k < radix; k += 1) {
        const w = ((k * q) % radix) * (plan.n / radix);
        const c = plan.cos[w] as number;
        const s = plan.sin[w] as number;
        evenRe += c * (plusRe[k] as number);
        evenIm += c * (plusIm[k] as number);
        oddRe += s * (minusRe[k] as number);
        oddIm += s * (minusIm[k] as number);
      }
      re[first + q * m] = evenRe - oddIm;
      im[first + q * m] = evenIm + oddRe;
      re[first + (radix - q) * m] = evenRe + oddIm;
      im[first + (radix - q) * m] = evenIm - oddRe;
    }
    for (let k = 1; 2 * k < radix; k += 1) {
      re[first] = (re[first] as number) + (plusRe[k] as number);
      im[first] = (im[first] as number) + (plusIm[k] as number);
    }
  }
}

/** Turns the terms by their twiddle factors and folds them into sums and differences. */
function foldTerms(
  { cos, sin }: Plan,
  { re, im }: Complexes,
  first: number,
  m: number,
  radix: number,
  step: number,
): void {
  for (let k = 1; 2 * k < radix; k += 1) {
    const a = first + k * m;
    const b = first + (radix - k) * m;
    const u = k * step;
    const v = (radix - k) * step;
    const aRe = (re[a] as number) * (cos[u] as number) - (im[a] as number) * (sin[u] as number);
    const aIm = (re[a] as number) * (sin[u] as number) + (im[a] as number) * (cos[u] as number);
    const bRe = (re[b] as number) * (cos[v] as number) - (im[b] as number) * (sin[v] as number);
    const bIm = (re[b] as number) * (sin[v] as number) + (im[b] as number) * (cos[v] as number);
    plusRe[k] = aRe + bRe;
    plusIm[k] = aIm + bIm;
    minusRe[k] = aRe - bRe;
    minusIm[k] = aIm - bIm;
  }
}

/** A transform of any length as a convolution with the chirp exp(πi·k²/n). */
function bluestein(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const size = smoothSize(2 * n - 1);
  const plan = new Plan(size, radicesOf(size) ?? []);
  const chirp = chirpOf(n);
  const a = { re: new Float64Array(size), im: new Float64Array(size) };
  timesConjugate(re, im, chirp, 1, a);
  const b = { re: mirrored(chirp.re, size), im: mirrored(chirp.im, size) };
  mixedRadix(a.re, a.im, plan);
  mixedRadix(b.re, b.im, plan);
  for (let k = 0; k < size; k += 1) {
    const x = a.re[k] as number;
    const y = a.im[k] as number;
    a.re[k] = x * (b.re[k] as number) - y * (b.im[k] as number);
    a.im[k] = x * (b.im[k] as number) + y * (b.re[k] as number);
  }
  mixedRadix(a.im, a.re, plan);
  timesConjugate(a.re.subarray(0, n), a.im.subarray(0, n), chirp, 1 / size, { re, im });
}

/** The smallest of 2^k, 9/8, 5/4 and 3/2 of it that is at least `least`. */
function smoothSize(least: number): number {
  const power = 2 ** Math.max(3, Math.floor(Math.log2(least)));
  const sizes = [1, 9 / 8, 5 / 4, 3 / 2, 2].map((factor) => factor * power);
  return sizes.find((size) => size >= least) ?? 2 * power;
}

function chirpOf(n: number): Complexes {
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let k = 0; k < n; k += 1) {
    // k² is exact up to 9·10⁷ samples; its remainder keeps the angle small.
    const angle = (Math.PI * ((k * k) % (2 * n))) / n;
    re[k] = Math.cos(angle);
    im[k] = Math.sin(angle);
  }
  return { re, im };
}

function timesConjugate(
  re: Float64Array,
  im: Float64Array,
  chirp: Complexes,
  factor: number,
  out: Complexes,
): void {
  for (let k = 0; k < re.length; k += 1) {
    const x = re[k] as number;
    const y = im[k] as number;
    const c = chirp.re[k] as number;
    const s = chirp.im[k] as number;
    out.re[k] = (x * c + y * s) * factor;
    out.im[k] = (y * c - x * s) * factor;
  }
}

function mirrored(values: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size);
  out.set(values);
  for (let k = 1; k < values.length; k += 1) out[size - k] = values[k] as number;
  return out;
}
