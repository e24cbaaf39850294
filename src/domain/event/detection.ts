import type { EpochNs } from '../../base/time.ts';

/** A pick that belongs to a detection. */
export interface DetectionArrival {
  readonly time: EpochNs;
  /** Of the samples after the pick to those before it, in decibels; undefined where it was not measured. */
  readonly snrDb: number | undefined;
}

/** A span in which a model sees an earthquake, and what it picked there. */
export interface Detection {
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  readonly probability: number;
  /** By phase; empty where the pick rule does not look at detections. */
  readonly arrivals: Readonly<Record<string, DetectionArrival>>;
}

/** A detection in the catalog. */
export interface RunDetection extends Detection {
  /** NET.STA.LOC plus band and instrument code. */
  readonly sensorKey: string;
}
