import { epochNs } from '../../base/time.ts';
import { PICK_STATES } from '../../domain/event/pick.ts';
import type { RepickedRun } from '../../domain/event/repick.ts';
import { type ListedPick, stationOfKey } from '../../evaluation/selectPicks.ts';

/** Picks that are stored nowhere, to be scored. */
export function repickedPicks(run: RepickedRun): ListedPick[] {
  const { sensorKeys, labels, timesNs, sensors, phases, probabilities } = run;
  const stations = sensorKeys.map(stationOfKey);
  return Array.from(timesNs, (time, i) => ({
    station: stations[sensors[i] ?? 0] ?? '',
    phase: labels[phases[i] ?? 0] ?? '',
    time: epochNs(time),
    probability: probabilities[i],
    state: PICK_STATES[0],
  }));
}
