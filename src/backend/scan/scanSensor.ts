// One sensor through a model: read in blocks, cut into stretches, run, pick. A block is read while the one
// before is run, and its windows are queued before that one has ended, so that no core waits.
//
// Blocks overlap by more than a window, and by what a filter needs to settle, and keep the window grid of a
// stretch that goes on, so that the curve inside a block is the one an unblocked run gives; each block keeps only
// what lies in its own span.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { Detection } from '../../domain/event/detection.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { PickContent } from '../../domain/event/pick.ts';
import type { PickFit } from '../../domain/event/pickFit.ts';
import type { PickScatter } from '../../domain/event/pickScatter.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { Nslc } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { samplesToNs, sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { curveTiming } from '../../models/annotate/annotatedCurve.ts';
import { pickStream, type SensorGroup } from '../../models/grouping.ts';
import {
  type CurveBlock,
  type SealHour,
  type SensorPick,
  SensorPicker,
} from '../../models/keptCurves/sensorPicker.ts';
import { WindowPicker } from '../../models/keptCurves/windowPicker.ts';
import { settleTimeS } from '../../models/recordPreparation.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { hopSamples, shortestStretch, windowLength } from '../../models/settings.ts';
import { DETECTION_LABEL, type LabelRow } from '../../models/spec.ts';
import {
  curvePart,
  type RunCurve,
  wholeCurve,
  wholeCurves,
} from '../../models/pickRules/sparseCurve.ts';
import { ruleOnCurve } from '../../models/pickRules/ruleOnCurve.ts';
import { stackApart } from '../../models/stacking.ts';
import { windowingOf } from '../../models/windowing.ts';
import type { InferenceClient } from '../inference/inferenceClient.ts';
import { type Block, BLOCK_S, blocksOf, shortOnes } from './scanBlocks.ts';
import type { SensorProgress } from './scanProgress.ts';
import { onGrid } from './scanGrid.ts';
import { type PreparedStretch, StretchReader, type StretchTools } from './scanStretches.ts';

/** What scanning a sensor needs of the backend. */
export interface ScanTools extends StretchTools {
  readonly inference: InferenceClient;
  /** Takes what is kept of the curves of an hour; in order of time. */
  keepHour: SealHour;
  /** Takes the whole curves of one block's stretch; in order of time. */
  takeCurves?(block: CurveBlock): void;
  /** Takes what each block but the last has finished; picks given here are not in the result. */
  keepBlock?(block: FinishedBlock): Promise<void>;
  /** The same of the curves of the members of an ensemble, under `memberLabel`. */
  keepMembers?: SealHour;
  onWindows(count: number): void;
}

export interface SensorPlan {
  readonly sensor: SensorGroup;
  readonly window: TimeWindow;
  /** How many windows to expect, for the progress. */
  readonly expectedWindows: number;
  /** Length of the blocks in which it is read; `BLOCK_S` unless a test says otherwise. */
  readonly blockS?: number;
  /** It is read in one block: what is made of its records depends on all of them. */
  readonly whole?: boolean;
  /** Where an earlier scan of the same plan was; its `keepBlock` was given it. */
  readonly goOnFrom?: SensorProgress | undefined;
}

/** Picks that have become final since the block before, and where the scan is. */
export interface FinishedBlock {
  readonly picks: readonly ScannedPick[];
  readonly detections?: readonly Detection[];
  readonly progress: SensorProgress;
}

/** A pick, and the span of its curve that gave it. */
export interface ScannedPick {
  readonly content: PickContent;
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  /** What makes it less sure: `N and E absent`, `resampled from 40 Hz`. */
  readonly warnings: readonly string[];
  /** The normal curve its uncertainties are sigma of, where one was fitted. */
  readonly fit?: PickFit;
  /** Where several looked. */
  readonly scatter?: PickScatter | undefined;
}

export interface ScannedDetection extends Detection {
  /** Where its curve is highest. */
  readonly peakNs: EpochNs;
}

export interface SensorResult {
  readonly picks: readonly ScannedPick[];
  /** Spans of the label `Detection`; those given to `keepBlock` are not among them. */
  readonly detections: readonly ScannedDetection[];
  readonly skipped: readonly SkippedStream[];
  readonly notes: readonly SkippedStream[];
}

/** How a sensor is run and what of its curves is wanted. */
export interface SensorRun {
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  /** Samples at the model's rate by which the first window of each stretch begins later; 0 when absent. */
  readonly offsetSamples?: number;
  /** Labels whose curves are made. */
  readonly labels: readonly LabelRow[];
  /** The lowest threshold the run can be picked again with; `DEFAULT_FLOOR` when absent, 0 keeps everything. */
  readonly keptFrom?: number;
}

/** Resampling and joints at the ends of a block. */
const SPARE_SAMPLES = 100;

/** What is known of a sensor once a block has been prepared. */
type Prepared = Pick<SensorProgress, 'gridStartNs' | 'shortS' | 'reader'>;

export class SensorScan {
  readonly #tools: ScanTools;
  readonly #run: SensorRun;
  readonly #plan: SensorPlan;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #reader: StretchReader;
  readonly #picker: SensorPicker;
  readonly #picks: ScannedPick[] = [];
  readonly #detections: ScannedDetection[] = [];
  /** Where windows are picked by themselves. */
  readonly #windowPicker: WindowPicker | undefined;
  readonly #short: { durationS: number }[] = [];
  /** Where the window grid of a stretch that crosses the last block's end begins. */
  #gridStartNs: EpochNs | undefined;

  constructor(tools: ScanTools, run: SensorRun, plan: SensorPlan, signal: AbortSignal) {
    this.#tools = tools;
    this.#run = run;
    this.#plan = plan;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    const { model, settings } = run;
    const rule = ruleOnCurve(settings.pickRule, settings.strideSamples);
    const { thresholds, uncertainty = 'width' } = settings;
    const picking = { rule, thresholds, uncertainty };
    this.#picker = new SensorPicker(picking, tools.keepHour, turn, run.keptFrom);
    this.#windowPicker =
      rule.kind === 'detection-gated' && rule.perWindow === true
        ? new WindowPicker(picking, settings.preparation)
        : undefined;
    this.#reader = new StretchReader(tools, model.spec, settings, plan.sensor, this.#signal);
    if (plan.goOnFrom !== undefined) this.#goOn(plan.goOnFrom);
  }

  #goOn({ gridStartNs, shortS, reader, picker, windows }: SensorProgress): void {
    if (windows) this.#windowPicker?.goOn(windows);
    this.#gridStartNs = gridStartNs;
    this.#short.push(...shortS.map((durationS) => ({ durationS })));
    this.#reader.goOn(reader);
    this.#picker.goOn(picker);
  }

  /** Throws what reading or running throws; what could not be run for want of length is in `skipped`. */
  async run(): Promise<SensorResult> {
    try {
      return await this.#runBlocks();
    } catch (error) {
      // What else of this sensor is being read or run is no longer wanted.
      this.#stop.abort();
      throw error;
    }
  }

  async #runBlocks(): Promise<SensorResult> {
    const { window, goOnFrom, whole } = this.#plan;
    const blockS = whole ? undefined : (this.#plan.blockS ?? BLOCK_S);
    const blocks = blocksOf(window, blockS, this.#marginS()).filter(
      ({ core }) => goOnFrom === undefined || core.startNs >= goOnFrom.untilNs,
    );
    let reading = this.#read(blocks[0]);
    let finishing: Promise<void> = Promise.resolve();
    for (const [k, block] of blocks.entries()) {
      const segments = await reading;
      reading = this.#read(blocks[k + 1]);
      const isLast = k === blocks.length - 1;
      const prepared = await this.#prepare(segments, block, isLast);
      const state = isLast ? undefined : this.#prepared();
      const curves = prepared.map((stretch) => this.#infer(stretch));
      // A rejection is met below or by the next round; unhandled it must not end the backend.
      for (const curve of curves) curve.catch(() => undefined);
      reading.catch(() => undefined);
      await finishing;
      finishing = this.#finish(prepared, curves, block.core).then(async () => {
        this.#reader.letGo(segments, prepared);
        if (state) await this.#keep(block.core.endNs, state);
      });
      finishing.catch(() => undefined);
    }
    await finishing;
    const last = await this.#picker.end();
    if (this.#windowPicker === undefined) this.#addPicks(last);
    this.#picks.sort(inOrder);
    return {
      picks: this.#picks,
      detections: this.#detections,
      skipped: this.#skipped(),
      notes: this.#reader.notes(),
    };
  }

  /** The next block is prepared before this one is finished. */
  #prepared(): Prepared {
    const shortS = this.#short.map(({ durationS }) => durationS);
    return { gridStartNs: this.#gridStartNs, shortS, reader: this.#reader.state };
  }

  async #keep(untilNs: EpochNs, prepared: Prepared): Promise<void> {
    if (this.#tools.keepBlock === undefined) return;
    const picks = this.#picks.splice(0).sort(inOrder);
    const detections = this.#detections.splice(0);
    const windows = this.#windowPicker && { windows: this.#windowPicker.state };
    const progress = { ...prepared, untilNs, picker: this.#picker.state, ...windows };
    await this.#tools.keepBlock({ picks, detections, progress });
  }

  #marginS(): number {
    const { model, settings } = this.#run;
    const { samplingRateHz } = model.spec;
    const scaleSamples = settings.runningScale?.windowSamples ?? 0;
    const windows =
      windowLength(model.spec, settings) + hopSamples(model.spec, settings) + scaleSamples;
    const marginS =
      (windows + SPARE_SAMPLES) / samplingRateHz + settleTimeS(settings, samplingRateHz);
    // Each block takes its running scale at the same samples as the whole record would.
    const stepS = (settings.runningScale?.stepSamples ?? 0) / samplingRateHz;
    return stepS > 0 ? stepS * Math.ceil(marginS / stepS) : marginS;
  }

  async #read(block: Block | undefined): Promise<ReadonlyMap<string, readonly TraceSegment[]>> {
    return block === undefined ? new Map() : this.#reader.read(block.read);
  }

  async #prepare(
    segments: ReadonlyMap<string, readonly TraceSegment[]>,
    { core, read }: Block,
    isLast: boolean,
  ): Promise<PreparedStretch[]> {
    const { model, settings, offsetSamples = 0 } = this.#run;
    const shortest = shortestStretch(model.spec, settings);
    const prepared: PreparedStretch[] = [];
    const gridStartNs = this.#gridStartNs;
    this.#gridStartNs = undefined;
    for (const stretch of await this.#reader.prepare({ segments, core, read })) {
      const endNs = stretch.startNs + samplesToNs(stretch.length, stretch.rateHz);
      const hop = hopSamples(model.spec, settings);
      const ready = onGrid(stretch, { read, gridStartNs, hop, offsetSamples });
      if (ready.length < shortest) {
        if (stretch.startNs >= core.startNs) {
          this.#short.push({ durationS: stretch.length / stretch.rateHz });
        }
        continue;
      }
      if (!isLast && endNs > core.endNs) this.#gridStartNs = ready.startNs;
      prepared.push(ready);
    }
    return prepared;
  }

  #infer({ inputs, length }: PreparedStretch): Promise<readonly RunCurve[]> {
    const { model, settings, labels } = this.#run;
    const rows = labels.map(({ row }) => row);
    const onWindows = (count: number): void => this.#tools.onWindows(count);
    const apart = this.#windowPicker && (true as const);
    const stretch = { model, settings, rows, apart, samples: length, inputs, onWindows };
    const { keptFrom } = this.#picker;
    const { inference, takeCurves } = this.#tools;
    return takeCurves === undefined && apart === undefined && keptFrom !== undefined
      ? inference.runWanted(stretch, keptFrom, this.#signal)
      : inference.run(stretch, this.#signal);
  }

  async #finish(
    stretches: readonly PreparedStretch[],
    running: readonly Promise<readonly RunCurve[]>[],
    core: TimeWindow,
  ): Promise<void> {
    for (const [i, stretch] of stretches.entries()) {
      const values = (await running[i]) ?? [];
      const together = this.#windowPicker
        ? this.#pickWindows(stretch, values.map(wholeCurve), core)
        : values;
      await this.#finishStretch(stretch, together, core);
    }
  }

  /** Answers the curves, which are kept to be looked at. */
  #pickWindows(
    stretch: PreparedStretch,
    values: readonly Float32Array[],
    core: TimeWindow,
  ): readonly Float32Array[] {
    const { model, settings, labels } = this.#run;
    const windowing = windowingOf(model.spec, settings, stretch.length);
    const answers = Object.fromEntries(
      labels.map(({ phase }, k) => [phase, values[k] ?? new Float32Array(0)]),
    );
    this.#addPicks(this.#windowPicker?.take({ ...stretch, windowing, answers }, core) ?? []);
    return values.map((each) => stackApart({ ...windowing, apart: true }, each));
  }

  async #finishStretch(
    stretch: PreparedStretch,
    values: readonly RunCurve[],
    core: TimeWindow,
  ): Promise<void> {
    const { model, settings, labels } = this.#run;
    const { sampleRateHz, delayNs } = curveTiming(model.spec, settings, stretch.rateHz);
    const startNs = epochNs(stretch.startNs + delayNs);
    const length = values[0]?.length ?? 0;
    const indexFrom = (time: EpochNs): number => {
      const index = Math.ceil((Number(time - startNs) * sampleRateHz) / 1e9 - 1e-6);
      return Math.min(length, Math.max(0, index));
    };
    const [from, to] = [indexFrom(core.startNs), indexFrom(core.endNs)];
    if (from >= to) return;
    const nothing = new Float32Array(0);
    const curves = Object.fromEntries(
      labels.map(({ phase }, k) => [phase, curvePart(values[k] ?? nothing, from, to)]),
    );
    const { warnings } = stretch;
    const block = { startNs: sampleTime(startNs, from, sampleRateHz), sampleRateHz, warnings };
    this.#tools.takeCurves?.({ ...block, curves: wholeCurves(curves) });
    const picks = await this.#picker.take({ ...block, curves });
    if (this.#windowPicker === undefined) this.#addPicks(picks);
  }

  #addPicks(picks: readonly SensorPick[]): void {
    for (const pick of picks) {
      if (pick.label === DETECTION_LABEL) this.#detections.push(detectionOf(pick));
      else this.#picks.push(this.#pickOf(pick));
    }
  }

  #pickOf({ startNs, endNs, warnings, ...pick }: SensorPick): ScannedPick {
    const content: PickContent = {
      stream: this.#streamOf(pick.label),
      time: pick.time,
      lowerUncertaintyS: pick.lowerUncertaintyS,
      upperUncertaintyS: pick.upperUncertaintyS,
      phase: pick.label,
      polarity: undefined,
      onset: undefined,
      weight: undefined,
      probability: pick.probability,
      filter: undefined,
    };
    const { fit } = pick;
    const all = [...warnings, ...this.#reader.warningsAt(pick.time)];
    return { content, startNs, endNs, warnings: all, ...(fit && { fit }) };
  }

  #streamOf(phase: string): Nslc {
    const stream = pickStream(this.#plan.sensor.channels, phase);
    if (stream === undefined) throw new AppError('bug', 'a sensor without channels was scanned');
    return stream;
  }

  #skipped(): SkippedStream[] {
    const stream = this.#plan.sensor.sensorKey;
    const unread = this.#reader
      .unread()
      .map((reason) => ({ stream, reason, failed: true }) as const);
    const { model, settings } = this.#run;
    const shortestS = shortestStretch(model.spec, settings) / model.spec.samplingRateHz;
    const durationsS = this.#short.map(({ durationS }) => durationS);
    return [...unread, ...shortOnes(stream, durationsS, shortestS)];
  }
}

function detectionOf({ startNs, endNs, time, probability, ...rest }: SensorPick): ScannedDetection {
  return { startNs, endNs, peakNs: time, probability, arrivals: rest.arrivalTimes ?? {} };
}

function inOrder(a: ScannedPick, b: ScannedPick): number {
  return Number(a.content.time - b.content.time);
}

/** Other work of the backend gets its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
