import type { EpochNs } from '../../base/time.ts';

/** What every marker of Snuffler has. `kind` is its colour, drawn modulo 8. */
interface MarkerBase {
  readonly startNs: EpochNs;
  /** Equal to the start for an instant. */
  readonly endNs: EpochNs;
  readonly kind: number;
  /** Stream codes as they stand in the file: usually four parts each, wildcards allowed; none means all. */
  readonly streams: readonly (readonly string[])[];
}

export interface PlainMarker extends MarkerBase {
  readonly type: 'plain';
}

export interface PhaseMarker extends MarkerBase {
  readonly type: 'phase';
  readonly phase: string | undefined;
  readonly eventHash: string | undefined;
  readonly eventTimeNs: EpochNs | undefined;
  readonly polarity: -1 | 0 | 1 | undefined;
  readonly automatic: boolean;
}

export interface EventMarker extends MarkerBase {
  readonly type: 'event';
  /** As the file has it; it was made of the event as it was when it was saved. */
  readonly eventHash: string | undefined;
  readonly latitudeDeg: number | undefined;
  readonly longitudeDeg: number | undefined;
  readonly depthM: number | undefined;
  readonly magnitude: number | undefined;
  readonly catalog: string | undefined;
  readonly name: string | undefined;
  readonly region: string | undefined;
}

export type Marker = PlainMarker | PhaseMarker | EventMarker;
