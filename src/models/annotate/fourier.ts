// Fourier transforms of any length: radix 2, and Bluestein's chirp (1970) for lengths that are no power of two.

/** In place and unscaled: X[k] = Σ x[j] · exp(−2πi·jk/n). Both arrays have the same length n. */
export function fourierTransform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (n < 2) return;
  if ((n & (n - 1)) === 0) radix2(re, im, twiddles(n));
  else bluestein(re, im);
}

/** The inverse of `fourierTransform`, still unscaled: divide by n to come back. */
export function inverseFourierTransform(re: Float64Array, im: Float64Array): void {
  fourierTransform(im, re);
}

interface Twiddles {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

function twiddles(n: number): Twiddles {
  const cos = new Float64Array(n / 2);
  const sin = new Float64Array(n / 2);
  for (let k = 0; k < n / 2; k += 1) {
    cos[k] = Math.cos((2 * Math.PI * k) / n);
    sin[k] = -Math.sin((2 * Math.PI * k) / n);
  }
  return { cos, sin };
}

function radix2(re: Float64Array, im: Float64Array, { cos, sin }: Twiddles): void {
  const n = re.length;
  reverseBits(re, im);
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let from = 0; from < n; from += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const a = from + k;
        const b = a + half;
        const c = cos[k * stride] as number;
        const s = sin[k * stride] as number;
        const bRe = (re[b] as number) * c - (im[b] as number) * s;
        const bIm = (re[b] as number) * s + (im[b] as number) * c;
        re[b] = (re[a] as number) - bRe;
        im[b] = (im[a] as number) - bIm;
        re[a] = (re[a] as number) + bRe;
        im[a] = (im[a] as number) + bIm;
      }
    }
  }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      swap(re, i, j);
      swap(im, i, j);
    }
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const kept = values[i] as number;
  values[i] = values[j] as number;
  values[j] = kept;
}

/** A transform of any length as a convolution with the chirp exp(πi·k²/n), of a length that is a power of two. */
function bluestein(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const table = twiddles(size);
  const chirp = chirpOf(n);
  const aRe = new Float64Array(size);
  const aIm = new Float64Array(size);
  for (let k = 0; k < n; k += 1) {
    const c = chirp.cos[k] as number;
    const s = chirp.sin[k] as number;
    aRe[k] = (re[k] as number) * c + (im[k] as number) * s;
    aIm[k] = (im[k] as number) * c - (re[k] as number) * s;
  }
  const bRe = mirrored(chirp.cos, size);
  const bIm = mirrored(chirp.sin, size);
  radix2(aRe, aIm, table);
  radix2(bRe, bIm, table);
  for (let k = 0; k < size; k += 1) {
    const x = aRe[k] as number;
    const y = aIm[k] as number;
    aRe[k] = x * (bRe[k] as number) - y * (bIm[k] as number);
    aIm[k] = x * (bIm[k] as number) + y * (bRe[k] as number);
  }
  // Real and imaginary part exchanged make the same transform its own inverse.
  radix2(aIm, aRe, table);
  for (let k = 0; k < n; k += 1) {
    const c = chirp.cos[k] as number;
    const s = chirp.sin[k] as number;
    re[k] = ((aRe[k] as number) * c + (aIm[k] as number) * s) / size;
    im[k] = ((aIm[k] as number) * c - (aRe[k] as number) * s) / size;
  }
}

function chirpOf(n: number): Twiddles {
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  for (let k = 0; k < n; k += 1) {
    // k² is exact up to 9·10⁷ samples; its remainder keeps the angle small.
    const angle = (Math.PI * ((k * k) % (2 * n))) / n;
    cos[k] = Math.cos(angle);
    sin[k] = Math.sin(angle);
  }
  return { cos, sin };
}

function mirrored(values: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size);
  out.set(values);
  for (let k = 1; k < values.length; k += 1) out[size - k] = values[k] as number;
  return out;
}
