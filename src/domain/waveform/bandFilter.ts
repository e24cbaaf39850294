/**
 * A Butterworth filter as an analyst sets it: both corners band-pass, one corner high- or low-pass.
 * `zeroPhase` runs it forward and backward, which doubles the effective order.
 */
export interface BandFilter {
  readonly lowHz: number | undefined;
  readonly highHz: number | undefined;
  readonly corners: number;
  readonly zeroPhase: boolean;
}

/** The filter in words, as it stands next to a trace: `1–20 Hz causal`, `> 2 Hz zero-phase`, `raw`. */
export function describeFilter(filter: BandFilter | undefined): string {
  if (!filter || (filter.lowHz === undefined && filter.highHz === undefined)) return 'raw';
  const { lowHz, highHz } = filter;
  const band =
    lowHz === undefined
      ? `< ${highHz} Hz`
      : highHz === undefined
        ? `> ${lowHz} Hz`
        : `${lowHz}–${highHz} Hz`;
  return `${band} ${filter.zeroPhase ? 'zero-phase' : 'causal'}`;
}
