/** What the generator knows and an analyst would like to: written beside the sample as JSON, times as ns in text. */
export interface SampleTruth {
  readonly startNs: string;
  readonly endNs: string;
  readonly stations: readonly {
    readonly network: string;
    readonly station: string;
    readonly latitudeDeg: number;
    readonly longitudeDeg: number;
  }[];
  readonly events: readonly TrueEvent[];
  readonly onsets: readonly TrueOnset[];
  readonly disturbances: readonly TrueDisturbance[];
}

export interface TrueEvent {
  readonly id: string;
  readonly kind: 'local earthquake' | 'quarry blast' | 'regional earthquake';
  readonly timeNs: string;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly depthKm: number;
  readonly magnitude: number;
}

export interface TrueOnset {
  readonly station: string;
  readonly phase: string;
  readonly timeNs: string;
  readonly eventId: string;
  /** RMS of the phase in its first 1.5 s over RMS of all else in the 4 s before, both above 1 Hz. */
  readonly snr: number;
  /** SNR of at least 4: an analyst would pick it without filtering. */
  readonly clear: boolean;
}

export interface TrueDisturbance {
  readonly kind: 'glitch' | 'gap' | 'dead channel';
  readonly streams: readonly string[];
  readonly startNs: string;
  readonly endNs: string;
}
