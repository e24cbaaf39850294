import { runsOf } from '../pickRules/runs.ts';
import type { Curve } from './members.ts';

/** Samples on … off of a curve, both included. */
export interface Trigger {
  readonly on: number;
  readonly off: number;
}

/**
 * Triggers of a curve: from the first sample above `onThreshold` to the last one in a row above `offThreshold`.
 * A NaN ends a trigger. The rule of ObsPy's `trigger_onset`, without a longest length.
 */
export function findTriggers(curve: Curve, onThreshold: number, offThreshold: number): Trigger[] {
  return runsOf(curve, onThreshold, offThreshold, 'exceeded').map(({ first, last }) => ({
    on: first,
    off: last,
  }));
}

/** The highest sample of a trigger, the first of equals. */
export function triggerPeak(curve: Curve, { on, off }: Trigger): number {
  let peak = on;
  for (let i = on + 1; i <= off; i += 1) {
    if ((curve[i] as number) > (curve[peak] as number)) peak = i;
  }
  return peak;
}
