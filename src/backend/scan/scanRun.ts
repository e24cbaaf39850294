// A run under way, as a job: what is finished of a sensor is stored block by block, so that cancelling, a crash or a bad
// station costs only what was under way.

import { AppError, messageOf } from '../../base/appError.ts';
import { type EpochNs, formatIso } from '../../base/time.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SensorPart } from '../../catalog/repositories/runProgress.ts';
import type { Calibration } from '../../domain/evaluation/calibration.ts';
import type { ModelRun, RunParameters, SkippedStream } from '../../domain/event/modelRun.ts';
import type { PickContent } from '../../domain/event/pick.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { thresholdsAt } from '../../domain/parameterSet/setChanges.ts';
import { calibrate } from '../../domain/evaluation/calibration.ts';
import type { JobControl } from '../../jobs/jobQueue.ts';
import { uncertaintyWords } from '../../models/pickRules/uncertainty.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore, type RunIdentity } from '../curves/curveStore.ts';
import { compareInstruments } from '../instrumentReport.ts';
import type { ScanPlan } from './scanPlan.ts';
import type { ScannedPick, ScanTools, SensorPlan, SensorResult } from './scanSensor.ts';
import { stretchTools } from './scanTools.ts';
import { SensorRecord } from './sensorRecord.ts';

/** Sensors under way at once: while one is being picked the next keeps the cores busy. */
const SENSORS_AT_ONCE = 2;

/** What is done to each sensor of a run: a model, or several of them together. */
export interface RunWork {
  /** The first words of the method of its picks: `onset-1 1.0`. */
  readonly maker: string;
  /** False: its picks have no uncertainty that a method could be named for. */
  readonly saysUncertainty?: boolean;
  /** Starts the process and loads what is needed while the first samples are still being read. */
  prepare(): void;
  scanSensor(
    tools: ScanTools,
    plan: SensorPlan,
    settings: RunSettings,
    signal: AbortSignal,
  ): Promise<SensorResult>;
}

export class ScanRun {
  readonly #context: BackendContext;
  /** That of the project the run was started in. */
  readonly #catalog: Catalog;
  readonly #work: RunWork;
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
    work: RunWork,
    parameters: RunParameters,
    plan: ScanPlan,
    run: ModelRun,
    sensorsBefore: number,
  ) {
    this.#context = context;
    this.#work = work;
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
    this.#work.prepare();
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
      this.#compareInstruments();
      state = 'done';
    } catch (error) {
      if (job.signal.aborted) state = 'cancelled';
      throw error;
    } finally {
      this.#catalog.runs.finish(this.#run.id, state, this.#skipped, this.#notes);
      job.update({ detail: this.#summary() });
    }
  }

  /** SeisBench takes the instruments of a location together. */
  #compareInstruments(): void {
    const { policy, instruments = 'all' } = this.#parameters.settings;
    if (policy === 'seisbench') return;
    const report = compareInstruments(this.#catalog, this.#run.id, instruments);
    this.#notes.push(...report.notes);
    this.#skipped.push(...report.skipped);
    this.#picks -= report.leftOut;
  }

  async #scanSensor(plan: SensorPlan, job: JobControl, signal: AbortSignal): Promise<void> {
    const { sensorKey } = plan.sensor;
    signal.throwIfAborted();
    const record = await this.#openRecord(sensorKey);
    const { goOnFrom } = record;
    const { scanBlockS } = this.#context;
    if (goOnFrom) this.#windowsDone.set(plan, windowsBefore(plan, goOnFrom.untilNs));
    try {
      const tools = this.#tools(plan, job, record);
      const settings = this.#settingsAt(sensorKey);
      const { picks, detections, skipped, notes } = await this.#work.scanSensor(
        tools,
        { ...plan, goOnFrom, ...(scanBlockS !== undefined && { blockS: scanBlockS }) },
        settings,
        signal,
      );
      signal.throwIfAborted();
      await record.finish(picks, detections);
      this.#skipped.push(...skipped);
      this.#notes.push(...notes);
    } catch (error) {
      await record.abandon();
      const until = record.storedToNs;
      const kept = until === undefined ? '' : `picked until ${formatIso(until, 0)}, then: `;
      const ofStation = !signal.aborted && isOfStation(error);
      const reason = signal.aborted ? 'the run was ended' : messageOf(error);
      if (ofStation || until !== undefined) {
        this.#skipped.push({ stream: sensorKey, reason: `${kept}${reason}`, failed: true });
      }
      if (!ofStation) throw error;
    }
    this.#windowsDone.set(plan, plan.expectedWindows);
    this.#sensorsDone += 1;
    this.#tell(job, sensorKey);
  }

  #openRecord(sensorKey: string): Promise<SensorRecord> {
    const tools = {
      catalog: this.#catalog,
      curves: this.#curves,
      run: this.#run,
      store: (picks: readonly ScannedPick[], part: SensorPart) =>
        this.#store(sensorKey, picks, part),
      curvesLost: (error: unknown) => this.#curvesLost(sensorKey, error),
    };
    return SensorRecord.open(tools, sensorKey);
  }

  #settingsAt(sensorKey: string): RunParameters['settings'] {
    const { settings, stationThresholds } = this.#parameters;
    return {
      ...settings,
      thresholds: thresholdsAt(settings.thresholds, stationThresholds, sensorKey),
    };
  }

  #store(sensorKey: string, picks: readonly ScannedPick[], part: SensorPart): void {
    const { maker, saysUncertainty = true } = this.#work;
    const contents = picks.map(({ content }) => this.#calibrated(content));
    const warnings = new Map(contents.map((content, i) => [content, picks[i]?.warnings ?? []]));
    const fits = new Map(contents.map((content, i) => [content, picks[i]?.fit]));
    const { uncertainty = 'width' } = this.#parameters.settings;
    const scatter = new Map(contents.map((content, i) => [content, picks[i]?.scatter]));
    const method = (pick: PickContent): string =>
      [
        maker,
        ...(saysUncertainty ? [uncertaintyWords(uncertainty, fits.get(pick))] : []),
        ...(this.#calibrationOf(pick.phase) ? ['probability calibrated'] : []),
        ...(warnings.get(pick) ?? []),
      ].join(', ');
    const made = { method, scatter: (pick: PickContent) => scatter.get(pick) };
    const added = this.#catalog.runs.addPicks(this.#run.id, sensorKey, contents, made, part);
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
    { keepHour, keepMembers, keepBlock }: SensorRecord,
  ): ScanTools {
    return {
      ...stretchTools(this.#context),
      inference: this.#context.inference,
      ...{ keepHour, keepMembers, keepBlock },
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

/** Of the windows expected, about those before a time. */
function windowsBefore({ window, expectedWindows }: SensorPlan, untilNs: EpochNs): number {
  const part = Number(untilNs - window.startNs) / Number(window.endNs - window.startNs);
  return Math.min(expectedWindows - 1, Math.round(part * expectedWindows));
}
