// Samples counted since 1970 at a rate: one grid for all channels, whatever their records begin with.

import { type EpochNs, epochNs } from '../base/time.ts';

// Rates in millionths of a hertz keep the grid exact in whole numbers.
const MICRO = 1_000_000n;
const NS_PER_S = 1_000_000_000n;

function microHz(rateHz: number): bigint {
  return BigInt(Math.round(rateHz * 1e6));
}

/** The sample of the grid nearest to a time. */
export function gridSample(time: bigint, rateHz: number): number {
  return Number(roundedQuotient(time * microHz(rateHz), NS_PER_S * MICRO));
}

/** The time of a sample of the grid, to the nanosecond. */
export function gridTime(sample: number, rateHz: number): EpochNs {
  return epochNs(roundedQuotient(BigInt(sample) * NS_PER_S * MICRO, microHz(rateHz)));
}

/** The whole number nearest to a quotient; halves go up. */
export function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  return doubled < 0n && doubled % (2n * divisor) !== 0n ? quotient - 1n : quotient;
}
