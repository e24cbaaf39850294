import { transferable, type TaskReply } from '../../jobs/task.ts';
import { interpolateLinear, resampleTo } from '../../signal/resample/resample.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';

/** Samples at another rate (see signal/resample). */
export function resampleTask(args: {
  samples: Samples;
  fromHz: number;
  toHz: number;
  method?: 'linear' | undefined;
}): TaskReply<Float64Array> {
  const resample = args.method === 'linear' ? interpolateLinear : resampleTo;
  const value = resample(args.samples, args.fromHz, args.toHz);
  return { value, transfer: transferable([value]) };
}
