// A network from waveform to waveform as a processing step: records in, records of the same channels out.

import { AppError, messageOf } from '../../base/appError.ts';
import type { DenoiseReport } from '../../contract/messages/models.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';
import type { JobControl } from '../../jobs/jobQueue.ts';
import type { AnnotatedCurve } from '../../models/annotate/annotatedCurve.ts';
import type { SensorGroup } from '../../models/grouping.ts';
import type { RunnableModel } from '../../models/registry.ts';
import type { BackendContext } from '../context.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';
import { SensorScan } from '../scan/scanSensor.ts';
import { stretchTools } from '../scan/scanTools.ts';
import { CurveJoin } from './curveJoin.ts';
import { WholeFile } from './wholeFile.ts';

export interface DenoiseWork {
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  readonly plan: ScanPlan;
  readonly path: string;
  /** Location code of what is written, so that it stands beside the records it was made of. */
  readonly location: string;
}

/** Throws `bad-input` for a location code miniSEED cannot hold. */
export function checkLocation(location: string): void {
  if (/^[A-Z0-9]{1,2}$/i.test(location)) return;
  const text = `a location code is one or two letters or digits, not "${location}"`;
  throw new AppError('bad-input', text);
}

/** Runs all sensors one after the other and writes their waveforms as float32 miniSEED; whole or not at all. */
export async function denoiseToFile(
  context: BackendContext,
  work: DenoiseWork,
  job: JobControl,
): Promise<DenoiseReport> {
  const { model, plan, path } = work;
  context.inference.prepare(model);
  const whole = await WholeFile.create(path);
  const skipped: SkippedStream[] = [...plan.skipped];
  const notes: SkippedStream[] = [...plan.notes];
  const total = plan.sensors.reduce((sum, { expectedWindows }) => sum + expectedWindows, 0);
  let [traces, windows] = [0, 0];
  const onWindows = (count: number): void => {
    windows += count;
    job.update({ done: Math.min(windows, total - 1), total });
  };
  try {
    for (const each of plan.sensors) {
      job.signal.throwIfAborted();
      job.update({ done: windows, total, detail: each.sensor.sensorKey });
      try {
        const told = await denoiseSensor(context, work, each, onWindows, job.signal);
        skipped.push(...told.skipped);
        notes.push(...told.notes);
        traces += told.segments.length;
        if (told.segments.length > 0) await whole.append(writeMiniseed2(told.segments));
      } catch (error) {
        if (job.signal.aborted) throw error;
        const reason = messageOf(error);
        skipped.push({ stream: each.sensor.sensorKey, reason, failed: true });
      }
    }
    if (traces === 0) {
      const [why] = skipped;
      const reason = why === undefined ? 'there is no data' : `${why.stream}: ${why.reason}`;
      throw new AppError('not-found', `there is nothing to write: ${reason}`);
    }
    await whole.finish();
  } catch (error) {
    await whole.abandon();
    throw error;
  }
  job.update({ done: total, total, detail: `${traces} stretches` });
  return { traces, skipped, notes };
}

async function denoiseSensor(
  context: BackendContext,
  { model, settings, location }: DenoiseWork,
  plan: ScanPlan['sensors'][number],
  onWindows: (count: number) => void,
  signal: AbortSignal,
) {
  const { components } = model.spec;
  const { sensor } = plan;
  const join = new CurveJoin(sensor.sensorKey, components);
  const tools = {
    ...stretchTools(context),
    inference: context.inference,
    keepHour: () => Promise.resolve(),
    takeCurves: join.take.bind(join),
    onWindows,
  };
  const labels = components.map((phase, row) => ({ phase, row }));
  const { skipped, notes } = await new SensorScan(
    tools,
    { model, settings, labels },
    plan,
    signal,
  ).run();
  const segments = join.end().flatMap((curve) => segmentOf(curve, sensor, location));
  return { segments, skipped, notes };
}

/** Nothing comes of a component that was not recorded. */
function segmentOf(
  { label, startNs, sampleRateHz, values }: AnnotatedCurve,
  { channels }: SensorGroup,
  location: string,
): TraceSegment[] {
  const channel = channels.find(({ component }) => component === label);
  if (channel === undefined) return [];
  const stream = { ...channel.stream, location: location.toUpperCase() };
  return [{ stream, startNs, sampleRateHz, samples: values }];
}
