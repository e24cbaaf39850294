// The phase picker of Baer and Kradolfer (1987), BSSA 77, 1437–1445, with the numbers of ObsPy's pk_baer:
// single precision throughout, and the first sample of the record is not looked at.

const f32 = Math.fround;

export interface BaerParameters {
  readonly sampleRateHz: number;
  /** Samples the function may stay below the threshold before a trigger is judged. */
  readonly longestDipSamples: number;
  /** Samples a trigger has to last. */
  readonly shortestEventSamples: number;
  readonly triggerLevel: number;
  /** Above this the noise is not updated. */
  readonly noiseLevel: number;
  /** Samples the noise is estimated from at the start; twice as many pass before a trigger can be. */
  readonly presetSamples: number;
  /** Samples after the trigger in which its largest amplitude is taken. */
  readonly amplitudeSamples: number;
}

export interface BaerPick {
  /** Undefined when there is none. */
  readonly sample: number | undefined;
  /** `IPU0`: onset I or E, P, first motion U or D, quality 0 best to 4; empty without a pick. */
  readonly description: string;
  /** One value a sample from the second on. */
  readonly curve: Float32Array;
}

/** Onset of the first phase of `samples`. */
export function baerKradolferPick(
  samples: ArrayLike<number>,
  parameters: BaerParameters,
): BaerPick {
  const record = Float32Array.from(samples).subarray(1);
  const curve = new BaerCurve(record, parameters);
  const trigger = new BaerTrigger(parameters, amplitudesOf(record));
  for (let i = 1; i <= record.length; i += 1) {
    const { value, rising } = curve.next(i);
    if (trigger.take(i, value, rising)) return curve.finish(trigger);
  }
  trigger.endOfRecord(record.length + 1);
  return curve.finish(trigger);
}

/** Whole-number amplitudes on a scale where the largest is 256. */
function amplitudesOf(record: Float32Array): Int32Array {
  let lowest = record[0] ?? 0;
  let highest = lowest;
  for (const value of record) {
    if (value > highest) highest = value;
    if (value < lowest) lowest = value;
  }
  const scale = Math.max(Math.abs(highest), Math.abs(lowest));
  return Int32Array.from(record, (value) => Math.abs(Math.trunc((256 * value) / scale + 0.5)));
}

/** The squared envelope function in standard deviations of the noise before it. */
class BaerCurve {
  readonly #record: Float32Array;
  readonly #parameters: BaerParameters;
  readonly #curve: Float32Array;
  #values = 0;
  #old: number;
  #amplitudes = 0;
  #slopes = 0;
  #deviation = 1;
  #weight: number;
  #mean = 0;
  #count = 0;
  #sum = 0;
  #squares = 0;
  #last = 0;

  constructor(record: Float32Array, parameters: BaerParameters) {
    this.#record = record;
    this.#parameters = parameters;
    this.#curve = new Float32Array(record.length);
    this.#old = record[0] ?? 0;
    this.#preset();
    this.#weight = f32(this.#amplitudes / this.#slopes);
  }

  /** First estimates from the start of the record. */
  #preset(): void {
    const { presetSamples: n, sampleRateHz } = this.#parameters;
    let old = this.#old;
    let sum = old;
    for (let i = 1; i < n; i += 1) {
      const value = this.#record[i] ?? 0;
      const slope = f32(f32(value - old) * sampleRateHz);
      old = value;
      sum = f32(sum + value);
      this.#amplitudes = f32(this.#amplitudes + f32(value * value));
      this.#slopes = f32(this.#slopes + f32(slope * slope));
    }
    const spread = f32(f32(n * this.#amplitudes) - f32(sum * sum));
    this.#deviation = f32(spread / (n * n)) > 0 ? f32(Math.sqrt(spread) / (n * n)) : 1;
  }

  next(i: number): { value: number; rising: number } {
    const { sampleRateHz, noiseLevel, presetSamples } = this.#parameters;
    const sample = this.#record[i - 1] as number;
    const slope = f32(f32(sample - this.#old) * sampleRateHz);
    this.#old = sample;
    const energy = f32(sample * sample);
    const change = f32(slope * slope);
    this.#amplitudes = f32(this.#amplitudes + energy);
    this.#slopes = f32(this.#slopes + change);
    const envelope = f32(energy + f32(this.#weight * change));
    const value = f32(envelope * envelope);
    this.#weight = f32(this.#amplitudes / this.#slopes);
    if (this.#deviation > 0) {
      this.#last = f32(f32(value - this.#mean) / this.#deviation);
      this.#curve[this.#values] = this.#last;
      this.#values += 1;
    }
    if (this.#last < noiseLevel || i <= 2 * presetSamples) this.#updateNoise(value);
    return { value: this.#last, rising: slope };
  }

  #updateNoise(value: number): void {
    this.#sum = f32(this.#sum + value);
    this.#squares = f32(this.#squares + f32(value * value));
    this.#count += 1;
    const n = this.#count;
    const spread = f32(f32(f32(n * this.#squares) - f32(this.#sum * this.#sum)) / f32(n * n));
    this.#deviation = spread >= 0 ? f32(Math.sqrt(spread)) : 1;
    this.#mean = f32(this.#sum / n);
  }

  finish(trigger: BaerTrigger): BaerPick {
    return { ...trigger.pick(), curve: this.#curve };
  }
}

/** Decides which rise of the function is a phase. Samples count from 1, as the first one was left out. */
class BaerTrigger {
  readonly #parameters: BaerParameters;
  readonly #amplitudes: Int32Array;
  #largest = 0;
  #on = false;
  #start = 0;
  #dip = 0;
  #amplitudeEnd = 0;
  #noise = 0;
  #phaseAmplitude = 0;
  #motion = '';
  #found: { sample: number; description: string } | undefined;

  constructor(parameters: BaerParameters, amplitudes: Int32Array) {
    this.#parameters = parameters;
    this.#amplitudes = amplitudes;
  }

  /** Takes a value of the function; true once a phase is found. */
  take(i: number, value: number, rising: number): boolean {
    const { triggerLevel, presetSamples } = this.#parameters;
    this.#largest = Math.max(this.#largest, this.#amplitudes[i - 1] as number);
    if (i <= this.#amplitudeEnd) this.#phaseAmplitude = this.#largest;
    if (value > triggerLevel && i > 2 * presetSamples) {
      if (!this.#on) this.#begin(i, rising);
      this.#dip = 0;
    } else if (this.#on) {
      this.#dip += 1;
      if (this.#dip > this.#parameters.longestDipSamples) this.#judge(i);
    }
    return this.#found !== undefined;
  }

  endOfRecord(end: number): void {
    if (this.#start !== 0) this.#judge(end);
  }

  pick(): { sample: number | undefined; description: string } {
    return this.#found ?? { sample: undefined, description: '' };
  }

  #begin(i: number, rising: number): void {
    this.#start = i;
    this.#on = true;
    this.#amplitudeEnd = i + this.#parameters.amplitudeSamples;
    if (this.#noise === 0) this.#noise = this.#largest;
    // The sign convention of the original: a digitiser that inverts.
    if (rising < 0) this.#motion = 'D';
    if (rising > 0) this.#motion = 'U';
  }

  #judge(i: number): void {
    const lasted = i - this.#start - this.#dip + 1;
    if (lasted >= this.#parameters.shortestEventSamples) {
      // ObsPy counts one sample more, for the one left out at the start.
      this.#found = { sample: this.#start + 1, description: this.#describe() };
    } else this.#start = 0;
    this.#on = false;
  }

  #describe(): string {
    const ratio = this.#phaseAmplitude / this.#noise;
    const quality = ratio > 8 ? 0 : ratio > 6 ? 1 : ratio > 4 ? 2 : ratio > 1.5 ? 3 : 4;
    return `${quality <= 1 ? 'I' : 'E'}P${this.#motion}${quality}`;
  }
}
