import type { StationCoincidence } from '../../domain/event/detectorSettings.ts';
import { coincidences } from '../trigger/coincidence.ts';

/** A trigger at a station (`UW.HANS`), in seconds from a common origin. */
export interface StationTrigger {
  readonly station: string;
  readonly onS: number;
  readonly offS: number;
  readonly peak: number;
}

/** Stations with triggers at one time. */
export interface NetworkTrigger {
  readonly onS: number;
  readonly offS: number;
  readonly stations: readonly string[];
  /** Of their weights. */
  readonly sum: number;
}

/** Coincidences of stations, each of which counts once however many of its channels trigger, in order of time. */
export function networkTriggers(
  triggers: readonly StationTrigger[],
  rule: StationCoincidence,
): NetworkTrigger[] {
  const traces = triggers.map(({ station, onS, offS, peak }) => {
    return { trace: station, station, onS, offS, peak, deviation: 0 };
  });
  return coincidences(traces, rule).map(({ onS, durationS, triggers: members, sum }) => ({
    ...{ onS, offS: onS + durationS, sum },
    stations: members.map(({ station }) => station),
  }));
}

/** Those triggers that begin inside a coincidence, at any of its stations. */
export function coincident<T extends StationTrigger>(
  triggers: readonly T[],
  rule: StationCoincidence | undefined,
): { kept: T[]; network: NetworkTrigger[] } {
  if (rule === undefined) return { kept: [...triggers], network: [] };
  const network = networkTriggers(triggers, rule);
  const kept = triggers.filter(({ onS, station }) =>
    network.some((each) => onS >= each.onS && onS <= each.offS && each.stations.includes(station)),
  );
  return { kept, network };
}
