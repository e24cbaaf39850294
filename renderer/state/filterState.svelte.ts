import type { BandFilter } from '../../src/domain/waveform/bandFilter.ts';

/** Presets cycled by `,` and `.`; the first is what a short-period analyst starts with. */
export const FILTER_PRESETS: readonly BandFilter[] = [
  { lowHz: 1, highHz: 20, corners: 4, zeroPhase: false },
  { lowHz: 2, highHz: 8, corners: 4, zeroPhase: false },
  { lowHz: 4, highHz: 16, corners: 4, zeroPhase: false },
  { lowHz: 0.5, highHz: 4, corners: 4, zeroPhase: false },
  { lowHz: 0.05, highHz: 0.5, corners: 2, zeroPhase: false },
  { lowHz: 1, highHz: undefined, corners: 4, zeroPhase: false },
];

/** The filter in force on every trace. */
export class FilterState {
  band = $state.raw<BandFilter>(FILTER_PRESETS[0] as BandFilter);
  on = $state(true);
  demean = $state(true);
  /** What the backend is asked for; undefined = raw. */
  readonly inForce = $derived(this.on ? this.band : undefined);

  cyclePreset(step: 1 | -1): void {
    const at = FILTER_PRESETS.findIndex(
      (p) => p.lowHz === this.band.lowHz && p.highHz === this.band.highHz,
    );
    const next = FILTER_PRESETS[(at + step + FILTER_PRESETS.length) % FILTER_PRESETS.length];
    if (next) this.band = { ...next, zeroPhase: this.band.zeroPhase };
    this.on = true;
  }
}
