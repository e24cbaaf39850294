import { transferable, type TaskReply } from '../../jobs/task.ts';
import { resampleTo } from '../../signal/resample/resample.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';

/** Samples at another rate (see signal/resample). */
export function resampleTask(args: {
  samples: Samples;
  fromHz: number;
  toHz: number;
}): TaskReply<Float64Array> {
  const value = resampleTo(args.samples, args.fromHz, args.toHz);
  return { value, transfer: transferable([value]) };
}
