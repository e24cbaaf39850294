// Probability curves of what is open as a file, without a run in the catalog: to be set beside other programs'.

import { messageOf } from '../../base/appError.ts';
import type { AnnotateReport } from '../../contract/messages/models.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { JobControl } from '../../jobs/jobQueue.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { DETECTION_LABEL } from '../../models/spec.ts';
import type { BackendContext } from '../context.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';
import { SensorScan } from '../scan/scanSensor.ts';
import { stretchTools } from '../scan/scanTools.ts';
import {
  classNameOf,
  type CurveFile,
  type CurveFormat,
  type CurvePick,
  jsonCurves,
  miniseedCurves,
} from './curveFiles.ts';
import { CurveJoin } from './curveJoin.ts';
import { WholeFile } from './wholeFile.ts';

export interface AnnotateWork {
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  readonly plan: ScanPlan;
  readonly path: string;
  readonly format: CurveFormat;
}

/** Runs all sensors one after the other and writes what they give; whole or not at all. */
export async function annotateToFile(
  context: BackendContext,
  work: AnnotateWork,
  job: JobControl,
): Promise<AnnotateReport> {
  context.inference.prepare(work.model);
  const whole = await WholeFile.create(work.path);
  try {
    const streamIds = work.plan.sensors.map(({ sensor }) => streamIdOf(sensor.sensorKey));
    const file =
      work.format === 'json'
        ? jsonCurves(whole)
        : miniseedCurves(whole, classNameOf(work.model.spec), streamIds);
    return await new AnnotateRun(context, work, job, file).run();
  } catch (error) {
    await whole.abandon();
    throw error;
  }
}

/** Keys of locations end in a point. */
function streamIdOf(sensorKey: string): string {
  return sensorKey.replace(/\.$/, '');
}

class AnnotateRun {
  readonly #context: BackendContext;
  readonly #work: AnnotateWork;
  readonly #job: JobControl;
  readonly #file: CurveFile;
  readonly #picks: CurvePick[] = [];
  readonly #detections: CurvePick[] = [];
  readonly #skipped: SkippedStream[];
  readonly #notes: SkippedStream[];
  #curves = 0;
  #windows = 0;

  constructor(context: BackendContext, work: AnnotateWork, job: JobControl, file: CurveFile) {
    this.#context = context;
    this.#work = work;
    this.#job = job;
    this.#file = file;
    this.#skipped = [...work.plan.skipped];
    this.#notes = [...work.plan.notes];
  }

  async run(): Promise<AnnotateReport> {
    const { sensors } = this.#work.plan;
    const total = sensors.reduce((sum, { expectedWindows }) => sum + expectedWindows, 0);
    for (const plan of sensors) {
      const { sensorKey } = plan.sensor;
      this.#job.signal.throwIfAborted();
      this.#job.update({ done: this.#windows, total, detail: sensorKey });
      await this.#annotateSensor(plan, total);
    }
    await this.#file.finish(this.#picks.sort(inOrder), this.#detections.sort(inOrder));
    const curves = this.#curves;
    this.#job.update({
      done: total,
      total,
      detail: `${curves} curves, ${this.#picks.length} picks`,
    });
    const told = { skipped: this.#skipped, notes: this.#notes };
    return { curves, picks: this.#picks.length, ...told };
  }

  async #annotateSensor(plan: ScanPlan['sensors'][number], total: number): Promise<void> {
    const { model, settings } = this.#work;
    const streamId = streamIdOf(plan.sensor.sensorKey);
    const join = new CurveJoin(streamId, model.spec.labels);
    const labels = model.spec.labels.map((phase, row) => ({ phase, row }));
    const tools = {
      ...stretchTools(this.#context),
      inference: this.#context.inference,
      keepHour: () => Promise.resolve(),
      takeCurves: join.take.bind(join),
      onWindows: (count: number) => {
        this.#windows += count;
        this.#job.update({ done: Math.min(this.#windows, total - 1), total });
      },
    };
    const scan = new SensorScan(tools, { model, settings, labels }, plan, this.#job.signal);
    try {
      const { picks, detections, skipped, notes } = await scan.run();
      this.#skipped.push(...skipped);
      this.#notes.push(...notes);
      for (const { content, startNs, endNs } of picks) {
        const { phase, time, probability = 0 } = content;
        this.#picks.push({
          ...{ stream: streamId, phase, startNs, peakNs: time, endNs },
          value: probability,
        });
      }
      for (const { startNs, peakNs, endNs, probability } of detections) {
        this.#detections.push({
          ...{ stream: streamId, phase: DETECTION_LABEL, startNs, peakNs, endNs },
          value: probability,
        });
      }
    } catch (error) {
      if (this.#job.signal.aborted) throw error;
      this.#skipped.push({
        ...{ stream: plan.sensor.sensorKey, reason: messageOf(error) },
        failed: true,
      });
      return;
    }
    const curves = join.end();
    this.#curves += curves.length;
    await this.#file.add(curves);
  }
}

function inOrder(a: CurvePick, b: CurvePick): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  if (a.endNs !== b.endNs) return a.endNs < b.endNs ? -1 : 1;
  return a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0;
}
