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
  const triggers: Trigger[] = [];
  let on = -1;
  for (let i = 0; i <= curve.length; i += 1) {
    const value = i < curve.length ? (curve[i] as number) : NaN;
    if (on < 0) {
      if (value > onThreshold) on = i;
    } else if (!(value > offThreshold)) {
      triggers.push({ on, off: i - 1 });
      on = -1;
    }
  }
  return triggers;
}

/** The highest sample of a trigger, the first of equals. */
export function triggerPeak(curve: Curve, { on, off }: Trigger): number {
  let peak = on;
  for (let i = on + 1; i <= off; i += 1) {
    if ((curve[i] as number) > (curve[peak] as number)) peak = i;
  }
  return peak;
}
