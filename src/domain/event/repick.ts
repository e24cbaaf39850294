import type { Combination } from './ensemble.ts';
import type { PickRule } from './runSettings.ts';

/** What of a run's settings can be changed without running the model again. */
export interface PickSettings {
  /** By label, in the place of the run's own. */
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly pickRule?: PickRule;
  /**
   * For single sensors (`UW.HANS..HH`) or stations (`UW.HANS`), by label, in the place of `thresholds`; absent: the
   * run's own.
   */
  readonly sensorThresholds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of an ensemble: how its members' curves become one; absent: as in the run. */
  readonly ensemble?: Combination | undefined;
}

/** Width of a bin of `PeakHistogram`. */
export const PEAK_BIN = 0.001;

/** How many peaks there are of each height, whatever the thresholds: bin k counts from k · 0.001 on; the last one all from 1 on. */
export interface PeakHistogram {
  readonly label: string;
  readonly counts: Uint32Array;
}

/** The picks of a run with other thresholds or another rule; pick i is `…[i]` of each array. By sensor, then time. */
export interface RepickedRun {
  readonly sensorKeys: readonly string[];
  readonly labels: readonly string[];
  readonly timesNs: BigInt64Array;
  /** Places in `sensorKeys` and `labels`. */
  readonly sensors: Uint32Array;
  readonly phases: Uint8Array;
  readonly probabilities: Float32Array;
  /** Of all sensors and all time; undefined when it was not asked for. */
  readonly histograms: readonly PeakHistogram[] | undefined;
  /** By label: thresholds from here on are exact with this rule. */
  readonly lowestThresholds: Readonly<Record<string, number>>;
  /** Sensors without curves, damaged hours. */
  readonly warnings: readonly string[];
}
