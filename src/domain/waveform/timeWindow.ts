import { type EpochNs, maxTime, minTime, nsToSeconds } from '../../base/time.ts';

/** A span of time, start included, end excluded. */
export interface TimeWindow {
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
}

export function durationS(window: TimeWindow): number {
  return nsToSeconds(window.endNs - window.startNs);
}

export function overlaps(a: TimeWindow, b: TimeWindow): boolean {
  return a.startNs < b.endNs && b.startNs < a.endNs;
}

export function contains(window: TimeWindow, time: EpochNs): boolean {
  return window.startNs <= time && time < window.endNs;
}

/** The common part, or undefined when there is none. */
export function intersect(a: TimeWindow, b: TimeWindow): TimeWindow | undefined {
  const startNs = maxTime(a.startNs, b.startNs);
  const endNs = minTime(a.endNs, b.endNs);
  return startNs < endNs ? { startNs, endNs } : undefined;
}

/** The shortest window that holds both. */
export function hull(a: TimeWindow, b: TimeWindow): TimeWindow {
  return { startNs: minTime(a.startNs, b.startNs), endNs: maxTime(a.endNs, b.endNs) };
}
