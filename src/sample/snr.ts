/** Above 1 Hz, twice one pole, started from the first sample so that an offset does not ring. */
function highPassed(samples: Float64Array, sampleRateHz: number): Float64Array {
  const keep = Math.exp((-2 * Math.PI) / sampleRateHz);
  let data = samples;
  for (let pass = 0; pass < 2; pass++) {
    const out = new Float64Array(data.length);
    let y = 0;
    for (let i = 1; i < data.length; i++) {
      y = keep * (y + (data[i] ?? 0) - (data[i - 1] ?? 0));
      out[i] = y;
    }
    data = out;
  }
  return data;
}

function rms(samples: Float64Array): number {
  let sum = 0;
  for (const x of samples) sum += x * x;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/**
 * How much a phase stands out: RMS of the phase alone (`after` − `before`) in the last 1.5 s over that of what
 * was there in the 4 s before. Both slices end 1.5 s after the onset.
 */
export function onsetSnr(before: Float64Array, after: Float64Array, sampleRateHz: number): number {
  const onset = before.length - 1.5 * sampleRateHz;
  const phase = highPassed(after, sampleRateHz);
  const noise = highPassed(before, sampleRateHz);
  const difference = phase.map((x, i) => x - (noise[i] ?? 0)).subarray(onset);
  return rms(difference) / rms(noise.subarray(onset - 4 * sampleRateHz, onset));
}
