// One phase at one station: a spike of displacement at the onset and a scattered tail, shaped by Brune's (1970)
// source, the attenuation of the path and the differentiation to velocity.

import type { Random } from './random.ts';

/** Where a phase's energy goes: weights on vertical, north and east of the direct wave and of its scattered tail. */
export interface PhaseShape {
  /** Onset, samples after the start of the record, fraction kept. */
  readonly onsetSample: number;
  /** Low-frequency displacement spectrum, metre seconds. */
  readonly omegaMS: number;
  readonly cornerHz: number;
  /** Path and site attenuation, seconds. */
  readonly tStarS: number;
  readonly direct: readonly [number, number, number];
  readonly scattered: readonly [number, number, number];
  /** The tail against the spike, its rise and decay in seconds. Rise 0 is impulsive. */
  readonly tailPart: number;
  readonly riseS: number;
  readonly decayS: number;
}

/** Adds the phase to the three channels, counts. */
export function addPhase(
  channels: readonly [Float64Array, Float64Array, Float64Array],
  shape: PhaseShape,
  countsPerMS: number,
  sampleRateHz: number,
  random: Random,
): void {
  const first = Math.floor(shape.onsetSample);
  const fraction = shape.onsetSample - first;
  const length = Math.ceil((shape.riseS + 7 * shape.decayS + 4 / shape.cornerHz) * sampleRateHz);
  const echoes = siteEchoes(sampleRateHz, random);
  for (const component of [0, 1, 2] as const) {
    const excitation = new Float64Array(length + 2);
    excitation[0] = FIRST_PULSE * shape.direct[component] * (1 - fraction);
    excitation[1] = FIRST_PULSE * shape.direct[component] * fraction;
    for (const [delay, height] of echoes) {
      excitation[delay] = (excitation[delay] ?? 0) + height * shape.direct[component];
    }
    const tail = shape.tailPart * shape.scattered[component];
    for (let i = 1; i < length; i++) {
      excitation[i] =
        (excitation[i] ?? 0) + tail * envelope(i / sampleRateHz, shape) * random.gauss();
    }
    shapePulse(excitation, shape, sampleRateHz);
    const out = channels[component];
    const scale = shape.omegaMS * countsPerMS;
    const end = Math.min(excitation.length, out.length - first);
    for (let i = 0; i < end; i++)
      out[first + i] = (out[first + i] ?? 0) + scale * (excitation[i] ?? 0);
  }
}

/** How much of a direct wave comes in its first pulse; the rest rings in the layers under the station. */
const FIRST_PULSE = 0.55;

/** Delays in samples and heights of the reverberations that follow a first pulse. */
function siteEchoes(sampleRateHz: number, random: Random): [number, number][] {
  return Array.from({ length: 9 }, () => {
    const delayS = 0.02 + 0.18 * (1 + random.signed());
    const height = 0.42 * random.gauss() * Math.exp(-delayS / 0.18);
    return [1 + Math.round(delayS * sampleRateHz), height];
  });
}

/** Scattered energy after the onset: rises, then decays as in coda (exponential with a slow part). */
function envelope(timeS: number, { riseS, decayS }: PhaseShape): number {
  const rise = riseS > 0 ? 1 - Math.exp(-timeS / riseS) : 1;
  const decay =
    0.75 * Math.exp(-timeS / (0.35 * decayS)) + 0.25 * Math.exp(-timeS / (1.6 * decayS));
  return rise * decay;
}

/** Spike of unit displacement area to ground velocity: Brune's double pole, two poles of attenuation, d/dt. */
function shapePulse(data: Float64Array, shape: PhaseShape, sampleRateHz: number): void {
  const source = 1 - Math.exp((-2 * Math.PI * shape.cornerHz) / sampleRateHz);
  // Two poles fall to 1/e at about 1/(π t*), as exp(−π f t*) does.
  const path = 1 - Math.exp(-2.2 / (shape.tStarS * sampleRateHz));
  let [a, b, c, d, before] = [0, 0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    a += source * ((data[i] ?? 0) * sampleRateHz - a);
    b += source * (a - b);
    c += path * (b - c);
    d += path * (c - d);
    data[i] = (d - before) * sampleRateHz;
    before = d;
  }
}
