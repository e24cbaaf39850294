import { AppError } from '../../base/appError.ts';

/** A trigger in samples; `off` is the last sample at or above the off threshold. */
export interface TriggerSpan {
  readonly on: number;
  readonly off: number;
}

/** What to do with a trigger longer than `samples`: end it there, so that a new one may follow, or drop it. */
export interface LongestTrigger {
  readonly samples: number;
  readonly drop: boolean;
}

/**
 * Spans of a characteristic function: on at the first value ≥ `onLevel`, off at the last one ≥ `offLevel`
 * (obspy.signal.trigger.trigger_onset). A span still on at the end goes to the last sample above `offLevel`.
 * Throws `bad-input` when the off level is above the on level.
 */
export function triggerSpans(
  curve: ArrayLike<number>,
  onLevel: number,
  offLevel: number,
  longest?: LongestTrigger,
): TriggerSpan[] {
  if (offLevel > onLevel) {
    throw new AppError(
      'bad-input',
      `the trigger's off level ${offLevel} is above its on level ${onLevel}; lower it`,
    );
  }
  const spans: TriggerSpan[] = [];
  let i = 0;
  while (i < curve.length) {
    if (!((curve[i] as number) >= onLevel)) {
      i += 1;
      continue;
    }
    const on = i;
    let off = i;
    while (off + 1 < curve.length && (curve[off + 1] as number) >= offLevel) off += 1;
    i = off + 1;
    if (longest && off - on > longest.samples) {
      if (longest.drop) continue;
      off = on + longest.samples;
      i = nextRise(curve, onLevel, off + 1);
    }
    spans.push({ on, off });
  }
  return spans;
}

/** A cut trigger is followed by another only where the curve rises through the on level again. */
function nextRise(curve: ArrayLike<number>, onLevel: number, from: number): number {
  let i = from;
  while (i < curve.length && (curve[i - 1] as number) >= onLevel) i += 1;
  return i;
}
