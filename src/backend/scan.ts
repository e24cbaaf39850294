// A run of a model over what is open, as a job: a sensor's picks and curves are kept as soon as it is done,
// so that cancelling, a crash or a bad station costs only what was under way.

import { AppError, messageOf } from '../base/appError.ts';
import { assertDefined } from '../base/assert.ts';
import type { JsonObject } from '../base/canonicalJson.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Args, Reply } from '../contract/api.ts';
import type { Calibration } from '../domain/evaluation/calibration.ts';
import type { ModelRun, RunParameters, SkippedStream } from '../domain/event/modelRun.ts';
import type { PickContent } from '../domain/event/pick.ts';
import { contentJson } from '../domain/parameterSet/parameterSet.ts';
import { thresholdsAt } from '../domain/parameterSet/setChanges.ts';
import { calibrate } from '../evaluation/calibration.ts';
import type { JobControl } from '../jobs/jobQueue.ts';
import type { SealHour } from '../models/keptCurves/sensorPicker.ts';
import { keptLabels } from '../models/keptCurves/stretchPicker.ts';
import { UNCERTAINTY_METHODS } from '../models/pickRules/uncertainty.ts';
import type { RunnableModel } from '../models/registry.ts';
import type { BackendContext } from './context.ts';
import { CurveStore, type CurveWriter, type RunIdentity } from './curves/curveStore.ts';
import { tidyCurves } from './curves/tidyCurves.ts';
import { openRun } from './openRun.ts';
import { dataKeyOf, type ScanPlan } from './scanPlan.ts';
import { type ScannedPick, type SensorPlan, SensorScan } from './scanSensor.ts';
import { stretchTools } from './scanTools.ts';
import { recordContent, runContent } from './tuning/runContent.ts';

/** Sensors under way at once: while one is being picked the next keeps the cores busy. */
const SENSORS_AT_ONCE = 2;

/** What a parameter set says besides the arguments of a run. */
export interface SetRun extends Pick<RunParameters, 'stationThresholds' | 'calibration'> {
  /** The whole set, where others of its models are run too. */
  readonly content?: JsonObject;
}

/** Starts a run. Throws `bad-input` when there is nothing to run on, and what opening the model throws. */
export async function startScan(
  context: BackendContext,
  args: Args<'model.run'>,
  asked: SetRun = {},
): Promise<Reply<'model.run'>> {
  const { model, settings, plan } = await openRun(context, args);
  const dataKey = dataKeyOf(plan);
  const { content, stationThresholds, calibration } = asked;
  const parameters: RunParameters = {
    ...{ settings, streams: args.streamKeys, window: args.window, dataKey },
    ...(stationThresholds && { stationThresholds }),
    ...(calibration && { calibration }),
  };
  const { run: stored, finished: before } = beginRun(context, model, parameters);
  const runId = stored.id;
  recordContent(context.catalog, runId, content ?? contentJson(runContent(stored, plan)));
  const run = new ScanRun(
    context,
    model,
    parameters,
    withoutSensors(plan, before),
    stored,
    before.size,
  );
  const label = `Pick with ${model.spec.id}`;
  const { id: jobId, finished } = context.jobs.start(label, (job) => run.perform(job), {
    lane: 'model',
  });
  void finished.then(async () => {
    run.closeUnbegun();
    await tidyCurves(context);
  });
  return { jobId, runId };
}

/** A new run, or the one that was interrupted with the same parameters and data, and the sensors it has done. */
function beginRun(
  { catalog, programVersion, author }: BackendContext,
  { spec }: RunnableModel,
  parameters: RunParameters,
): { run: ModelRun; finished: ReadonlySet<string> } {
  const { runs } = catalog;
  const start = {
    modelId: spec.id,
    modelVersion: spec.version,
    modelSha256: spec.sha256,
    programVersion,
    parameters,
    author,
  };
  const interrupted = runs.interrupted(start);
  if (interrupted) {
    catalog.assertWritable();
    runs.resume(interrupted.id);
    return { run: interrupted, finished: new Set(runs.finishedSensors(interrupted.id)) };
  }
  const id = runs.start(start);
  return { run: assertDefined(runs.get(id), `run ${id}`), finished: new Set() };
}

function withoutSensors(plan: ScanPlan, finished: ReadonlySet<string>): ScanPlan {
  const sensors = plan.sensors.filter(({ sensor }) => !finished.has(sensor.sensorKey));
  return { ...plan, sensors };
}

class ScanRun {
  readonly #context: BackendContext;
  /** That of the project the run was started in. */
  readonly #catalog: Catalog;
  readonly #model: RunnableModel;
  readonly #parameters: RunParameters;
  readonly #plan: ScanPlan;
  readonly #run: RunIdentity;
  readonly #curves: CurveStore;
  readonly #skipped: SkippedStream[];
  readonly #notes: SkippedStream[];
  readonly #windowsDone = new Map<SensorPlan, number>();
  /** Some were done before a run that goes on was interrupted. */
  readonly #sensorsBefore: number;
  #sensorsDone: number;
  #picks: number;
  #curveTrouble = false;
  #begun = false;

  constructor(
    context: BackendContext,
    model: RunnableModel,
    parameters: RunParameters,
    plan: ScanPlan,
    run: ModelRun,
    sensorsBefore: number,
  ) {
    this.#context = context;
    this.#model = model;
    this.#parameters = parameters;
    this.#plan = plan;
    this.#run = run;
    this.#catalog = context.catalog;
    this.#curves = new CurveStore(context.cacheFolder);
    this.#skipped = [...plan.skipped];
    this.#notes = [...plan.notes];
    this.#sensorsBefore = sensorsBefore;
    this.#sensorsDone = sensorsBefore;
    this.#picks = run.pickCount;
  }

  /** A run cancelled while it waited for its turn. */
  closeUnbegun(): void {
    if (!this.#begun)
      this.#catalog.runs.finish(this.#run.id, 'cancelled', this.#skipped, this.#notes);
  }

  async perform(job: JobControl): Promise<void> {
    this.#begun = true;
    let state: 'done' | 'cancelled' | 'failed' = 'failed';
    const waiting = [...this.#plan.sensors];
    const stop = new AbortController();
    const signal = AbortSignal.any([job.signal, stop.signal]);
    const workThrough = async (): Promise<void> => {
      for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
        await this.#scanSensor(plan, job, signal);
      }
    };
    this.#context.inference.prepare(this.#model);
    try {
      this.#tell(job, this.#plan.sensors[0]?.sensor.sensorKey ?? '');
      const lanes = Array.from({ length: SENSORS_AT_ONCE }, () => workThrough());
      try {
        await Promise.all(lanes);
      } catch (error) {
        stop.abort();
        await Promise.allSettled(lanes);
        throw error;
      }
      state = 'done';
    } catch (error) {
      if (job.signal.aborted) state = 'cancelled';
      throw error;
    } finally {
      this.#catalog.runs.finish(this.#run.id, state, this.#skipped, this.#notes);
      job.update({ detail: this.#summary() });
    }
  }

  async #scanSensor(plan: SensorPlan, job: JobControl, signal: AbortSignal): Promise<void> {
    const { sensorKey } = plan.sensor;
    signal.throwIfAborted();
    const writer = await this.#openCurves(sensorKey);
    let kept: CurveWriter | undefined = writer;
    const keepHour: SealHour = async (hour, parts) => {
      try {
        await kept?.seal(hour, parts);
      } catch (error) {
        await kept?.abandon().catch(() => undefined);
        kept = undefined;
        this.#curvesLost(sensorKey, error);
      }
    };
    try {
      const settings = this.#settingsAt(sensorKey);
      const labels = keptLabels(this.#model.spec.labels, settings.pickRule);
      const run = { model: this.#model, settings, labels };
      const scan = new SensorScan(this.#tools(plan, job, keepHour), run, plan, signal);
      const { picks, skipped, notes } = await scan.run();
      signal.throwIfAborted();
      this.#store(sensorKey, picks);
      this.#skipped.push(...skipped);
      this.#notes.push(...notes);
      await this.#finishCurves(kept, sensorKey);
      kept = undefined;
    } catch (error) {
      await kept?.abandon().catch(() => undefined);
      if (signal.aborted || !isOfStation(error)) throw error;
      this.#skipped.push({ stream: sensorKey, reason: messageOf(error) });
    }
    this.#windowsDone.set(plan, plan.expectedWindows);
    this.#sensorsDone += 1;
    this.#tell(job, sensorKey);
  }

  #settingsAt(sensorKey: string): RunParameters['settings'] {
    const { settings, stationThresholds } = this.#parameters;
    return {
      ...settings,
      thresholds: thresholdsAt(settings.thresholds, stationThresholds, sensorKey),
    };
  }

  async #finishCurves(writer: CurveWriter | undefined, sensorKey: string): Promise<void> {
    try {
      await writer?.finish();
    } catch (error) {
      this.#curvesLost(sensorKey, error);
    }
  }

  #store(sensorKey: string, picks: readonly ScannedPick[]): void {
    const { spec } = this.#model;
    const made = `${spec.id} ${spec.version}`.trim();
    const contents = picks.map(({ content }) => this.#calibrated(content));
    const warnings = new Map(contents.map((content, i) => [content, picks[i]?.warnings ?? []]));
    const added = this.#catalog.runs.addPicks(
      this.#run.id,
      sensorKey,
      contents,
      {
        method: (pick) =>
          [
            made,
            UNCERTAINTY_METHODS[this.#parameters.settings.uncertainty ?? 'width'],
            ...(this.#calibrationOf(pick.phase) ? ['probability calibrated'] : []),
            ...(warnings.get(pick) ?? []),
          ].join(', '),
      },
    );
    this.#picks += added.length;
  }

  #calibrationOf(phase: string): Calibration | undefined {
    const { calibration } = this.#parameters;
    return calibration && Object.hasOwn(calibration, phase) ? calibration[phase] : undefined;
  }

  /** The kept curves stay the model's own; thresholds are of them. */
  #calibrated(content: PickContent): PickContent {
    const calibration = this.#calibrationOf(content.phase);
    const { probability } = content;
    return calibration === undefined || probability === undefined
      ? content
      : { ...content, probability: calibrate(calibration, probability) };
  }

  async #openCurves(sensorKey: string): Promise<CurveWriter | undefined> {
    try {
      return await this.#curves.begin(this.#run, sensorKey);
    } catch (error) {
      this.#curvesLost(sensorKey, error);
      return undefined;
    }
  }

  /** Curves are for looking at; a full disk costs them and not the picks. Said once a run. */
  #curvesLost(sensorKey: string, error: unknown): void {
    if (this.#curveTrouble) return;
    this.#curveTrouble = true;
    this.#context.emit('session.noticed', {
      level: 'warning',
      text: `The probability curves of ${sensorKey} could not be kept (${messageOf(error)}); the picks are not touched. Make room on the disk of the project and run the model again to see the curves.`,
      file: undefined,
    });
  }

  #tools(
    plan: SensorPlan,
    job: JobControl,
    keepHour: SealHour,
  ): ConstructorParameters<typeof SensorScan>[0] {
    return {
      ...stretchTools(this.#context),
      inference: this.#context.inference,
      keepHour,
      onWindows: (count) => {
        const done = (this.#windowsDone.get(plan) ?? 0) + count;
        // Window counts are expectations: a sensor is never more than almost done before it is.
        this.#windowsDone.set(plan, Math.min(done, plan.expectedWindows - 1));
        this.#tell(job, plan.sensor.sensorKey);
      },
    };
  }

  #tell(job: JobControl, sensorKey: string): void {
    const total = this.#plan.sensors.reduce((sum, plan) => sum + plan.expectedWindows, 0);
    const done = [...this.#windowsDone.values()].reduce((sum, windows) => sum + windows, 0);
    const sensors = this.#sensorsBefore + this.#plan.sensors.length;
    job.update({
      done,
      total,
      detail: `${sensorKey}, ${this.#sensorsDone} of ${sensors} stations`,
      cancelLabel:
        this.#sensorsDone === 0 ? 'Cancel' : `Cancel, keep ${stations(this.#sensorsDone)}`,
    });
  }

  #summary(): string {
    const skipped = this.#skipped.length;
    return `${this.#picks} picks on ${stations(this.#sensorsDone)}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  }
}

function stations(count: number): string {
  return count === 1 ? '1 station' : `${count} stations`;
}

/** What costs one station and not the run: its files, or the model ending on its data. */
function isOfStation(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.code === 'unreadable-file' || error.code === 'service' || error.code === 'not-found';
}
