/** Reproducible random numbers: the same seed gives the same sample on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 0 || 1;
  }

  /** 32 random bits (xorshift, Marsaglia 2003). */
  #bits(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }

  /** Even over −1 to 1. */
  signed(): number {
    return this.#bits() / 2 ** 31;
  }

  /** Normal, mean 0 and deviation 1, to the accuracy of a sum of four even numbers (no tails past 3.5). */
  gauss(): number {
    const a = this.#bits();
    const b = this.#bits();
    const sum = (a >> 16) + ((a << 16) >> 16) + (b >> 16) + ((b << 16) >> 16);
    return (sum + 2) * (Math.sqrt(3 / 4) / 32_768);
  }
}
