import { secondsToNs } from '../../src/base/time.ts';

/** How far an arrow key moves a pick: `steps` times the larger of one sample and one pixel. */
export function nudgeNs(steps: number, sampleNs: bigint, pixelS: number): bigint {
  const pixelNs = secondsToNs(pixelS);
  return BigInt(steps) * (pixelNs > sampleNs ? pixelNs : sampleNs);
}
