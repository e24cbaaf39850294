import type { EpochNs } from '../../base/time.ts';
import type { TracePart } from './traceWindow.ts';

/** Seconds from the onset on that count as signal. */
export const SIGNAL_S = 1;
/** Seconds up to the onset that count as noise. */
export const NOISE_S = 2;
/** Share of each span that has to be there. */
const LEAST_SHARE = 0.9;

/** The definition in words, for a tooltip. */
export const SNR_DEFINITION = `rms of the ${SIGNAL_S} s after the pick over rms of the ${NOISE_S} s before it, both about the mean of the noise`;

interface Sums {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/**
 * Signal-to-noise ratio of an onset: the rms of the samples from `time` to 1 s after it over the rms of the
 * samples in the 2 s before it, both about the mean of the noise, as the trace stands (filtered or raw).
 * No unit. Undefined where a tenth of either span is missing, where the parts are bins, or where the noise is
 * constant: a ratio to nothing is no number.
 */
export function signalToNoise(
  parts: readonly TracePart[],
  time: EpochNs,
  sampleRateHz: number,
): number | undefined {
  if (parts.some((part) => part.kind === 'bins')) return undefined;
  // Sums are taken about one sample so that a large offset costs no precision.
  const [first] = parts;
  const origin = first ? first.offset + (first.values[0] ?? 0) : 0;
  const noise = sumsOf(parts, time, [-NOISE_S, 0], origin);
  const signal = sumsOf(parts, time, [0, SIGNAL_S], origin);
  if (noise.count < LEAST_SHARE * NOISE_S * sampleRateHz) return undefined;
  if (signal.count < LEAST_SHARE * SIGNAL_S * sampleRateHz) return undefined;
  const mean = noise.sum / noise.count;
  const noisePower = powerAbout(noise, mean);
  return noisePower > 0 ? Math.sqrt(powerAbout(signal, mean) / noisePower) : undefined;
}

/** Samples whose time from the onset is ≥ the first and < the second of `spanS`, about `origin`. */
function sumsOf(
  parts: readonly TracePart[],
  time: EpochNs,
  [fromS, toS]: readonly [number, number],
  origin: number,
): Sums {
  let [count, sum, squares] = [0, 0, 0];
  for (const { startNs, stepS, offset, values } of parts) {
    const onsetAt = Number(time - startNs) / 1e9 / stepS;
    // A thousandth of a sample either way is rounding.
    const begin = Math.max(0, Math.ceil(onsetAt + fromS / stepS - 1e-3));
    const end = Math.min(values.length, Math.ceil(onsetAt + toS / stepS - 1e-3));
    for (let i = begin; i < end; i++) {
      const value = offset + (values[i] ?? 0) - origin;
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  return { count, sum, squares };
}

function powerAbout({ count, sum, squares }: Sums, mean: number): number {
  return Math.max(0, (squares - 2 * mean * sum) / count + mean * mean);
}
