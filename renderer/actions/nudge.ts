import { secondsToNs } from '../../src/base/time.ts';

/** How far an arrow key moves a pick: `steps` times the larger of one sample and one pixel, in whole samples. */
export function nudgeNs(steps: number, sampleNs: bigint, pixelS: number): bigint {
  const pixelNs = secondsToNs(pixelS);
  const samples = Math.max(1, Math.round(Number(pixelNs) / Number(sampleNs)));
  return BigInt(steps) * BigInt(samples) * sampleNs;
}
