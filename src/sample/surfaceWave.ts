// Rg, the short-period Rayleigh wave of shallow sources: retrograde, dispersed, gone from deep ones.

const LOWEST_HZ = 0.4;
const HIGHEST_HZ = 2.2;
const STEP_HZ = 0.06;

/** Group velocity, km/s: long waves see faster rock. */
function groupVelocity(frequencyHz: number): number {
  return 1.9 + 1.0 / (1 + frequencyHz * frequencyHz);
}

/** Adds Rg to vertical and radial motion (north, east weights given), counts. */
export function addRg(
  channels: readonly [Float64Array, Float64Array, Float64Array],
  originSample: number,
  distanceKm: number,
  peakCounts: number,
  radial: readonly [number, number],
  sampleRateHz: number,
): void {
  const [vertical, north, east] = channels;
  for (let f = LOWEST_HZ; f <= HIGHEST_HZ; f += STEP_HZ) {
    const arrivalS = distanceKm / groupVelocity(f);
    const widthS = 1.4 / f + 0.02 * distanceKm;
    const strength = peakCounts * 0.12 * Math.exp(-((f - 0.9) ** 2) / 0.5 - 0.012 * f * distanceKm);
    const from = Math.max(0, Math.floor(originSample + (arrivalS - 3 * widthS) * sampleRateHz));
    const to = Math.min(vertical.length, originSample + (arrivalS + 3 * widthS) * sampleRateHz);
    for (let i = from; i < to; i++) {
      const t = (i - originSample) / sampleRateHz;
      const packet = strength * Math.exp(-(((t - arrivalS) / widthS) ** 2));
      const phase = 2 * Math.PI * f * (t - 1.08 * arrivalS);
      vertical[i] = (vertical[i] ?? 0) + packet * Math.cos(phase);
      const along = -0.7 * packet * Math.sin(phase);
      north[i] = (north[i] ?? 0) + along * radial[0];
      east[i] = (east[i] ?? 0) + along * radial[1];
    }
  }
}
