import type { SampleStation } from './network.ts';
import type { Random } from './random.ts';

/** A two-pole resonance driven by white noise, unit RMS. */
function resonator(frequencyHz: number, bandwidthHz: number, sampleRateHz: number) {
  const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
  const a1 = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  const a2 = -radius * radius;
  // Variance of an AR(2) process driven by unit white noise (Box and Jenkins, eq. 3.2.28).
  const variance = (1 - a2) / ((1 + a2) * ((1 - a2) ** 2 - a1 * a1));
  return { a1, a2, gain: 1 / Math.sqrt(variance) };
}

/**
 * Ground noise of one channel, counts: microseisms at 0.2 Hz, red noise below them, and man-made noise at a few
 * hertz that swells and fades over minutes. Adds to `out`.
 */
export function addNoise(
  out: Float64Array,
  station: SampleStation,
  vertical: boolean,
  sampleRateHz: number,
  random: Random,
): void {
  const ocean = resonator(0.19, 0.09, sampleRateHz);
  const swell = resonator(0.07, 0.03, sampleRateHz);
  const town = resonator(4.5, 7, sampleRateHz);
  const microseism = station.microseismCounts * ocean.gain;
  const primary = 0.25 * station.microseismCounts * swell.gain;
  const high = 0.8 * station.highNoiseCounts * town.gain;
  const white = 0.6 * station.highNoiseCounts;
  // Horizontals tilt: their long periods are noisier.
  const tilt = (vertical ? 0.15 : 0.5) * station.microseismCounts;
  const tiltDecay = Math.exp(-1 / (40 * sampleRateHz));
  const tiltDrive = tilt * Math.sqrt(1 - tiltDecay * tiltDecay);
  let [m1, m2, s1, s2, t1, t2, red] = [0, 0, 0, 0, 0, 0, 0];
  let activity = 1;
  for (let i = 0; i < out.length; i++) {
    if (i % 1000 === 0) activity = 0.97 * activity + 0.03 + 0.12 * random.gauss();
    const drive = random.gauss();
    const m = ocean.a1 * m1 + ocean.a2 * m2 + drive;
    const s = swell.a1 * s1 + swell.a2 * s2 + drive;
    const grain = random.gauss();
    const t = town.a1 * t1 + town.a2 * t2 + grain;
    red = tiltDecay * red + tiltDrive * random.gauss();
    const manMade = Math.max(0.4, activity) * (high * t + white * random.gauss());
    out[i] = (out[i] ?? 0) + microseism * m + primary * s + red + manMade;
    m2 = m1;
    m1 = m;
    s2 = s1;
    s1 = s;
    t2 = t1;
    t1 = t;
  }
}

/**
 * Vehicles that pass a station: 5 to 15 Hz, rising and falling over half a minute, alike on all channels but not
 * the same. `perHour` of them at random times. Adds to `channels`, counts.
 */
export function addTraffic(
  channels: readonly Float64Array[],
  station: SampleStation,
  perHour: number,
  sampleRateHz: number,
  random: Random,
): void {
  const length = channels[0]?.length ?? 0;
  const passes = Math.round((perHour * length) / sampleRateHz / 3600);
  for (let pass = 0; pass < passes; pass++) {
    const centre = Math.round((0.5 + 0.5 * random.signed()) * length);
    const widthS = 4 + 3 * Math.abs(random.signed());
    const peak = station.highNoiseCounts * (3 + 3 * Math.abs(random.signed()));
    const engine = resonator(8 + 3 * random.signed(), 4, sampleRateHz);
    const reach = Math.round(3 * widthS * sampleRateHz);
    for (const channel of channels) {
      let [y1, y2] = [0, 0];
      for (let i = Math.max(0, centre - reach); i < Math.min(length, centre + reach); i++) {
        const y = engine.a1 * y1 + engine.a2 * y2 + random.gauss();
        y2 = y1;
        y1 = y;
        const t = (i - centre) / (widthS * sampleRateHz);
        channel[i] = (channel[i] ?? 0) + peak * engine.gain * y * Math.exp(-t * t);
      }
    }
  }
}
