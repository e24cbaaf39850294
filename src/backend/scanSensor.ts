// One sensor through a model: read in blocks, cut into stretches, run, pick. A block is read while the one
// before is run, and its windows are queued before that one has ended, so that no core waits.
//
// Blocks overlap by more than a window and keep the window grid of a stretch that goes on, so that the curve
// inside a block is the one an unblocked run gives; each block keeps only what lies in its own span.

import { AppError } from '../base/appError.ts';
import { addSeconds, type EpochNs, maxTime, minTime, nsToSeconds } from '../base/time.ts';
import type { RunParameters, SkippedStream } from '../domain/event/modelRun.ts';
import type { PickContent } from '../domain/event/pick.ts';
import { formatNslc, type Nslc } from '../domain/waveform/nslc.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { type Samples, sampleTime, type TraceSegment } from '../domain/waveform/traceSegment.ts';
import type { SensorGroup } from '../models/grouping.ts';
import type { RunnableModel } from '../models/registry.ts';
import { phaseLabels } from '../models/spec.ts';
import {
  type ComponentStretch,
  curveRateHz,
  cutStretches,
  stretchDurationS,
} from '../models/stretches.ts';
import type { CurvePart } from './curveCache.ts';
import { finishCurve } from './finishCurve.ts';
import type { InferenceClient } from './inferenceClient.ts';

/** What scanning a sensor needs of the backend. */
export interface ScanTools {
  readonly inference: InferenceClient;
  /** Gap-free segments of the streams in a window, by stream key. */
  readSegments(
    streamKeys: readonly string[],
    window: TimeWindow,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly TraceSegment[]>>;
  resample(samples: Samples, fromHz: number, toHz: number, signal: AbortSignal): Promise<Samples>;
  /** Takes the curves of one block's stretch; in order of time. */
  keepCurve(part: CurvePart): Promise<void>;
  onWindows(count: number): void;
}

export interface SensorPlan {
  readonly sensor: SensorGroup;
  readonly window: TimeWindow;
  /** How many windows to expect, for the progress. */
  readonly expectedWindows: number;
  /** Length of the blocks in which it is read; `BLOCK_S` unless a test says otherwise. */
  readonly blockS?: number;
}

export interface SensorResult {
  readonly picks: readonly PickContent[];
  readonly skipped: readonly SkippedStream[];
}

/** Half a day at 100 Hz: few reads of a day's file, and three components of two sensors fit in memory. */
const BLOCK_S = 12 * 3600;

interface Block {
  readonly core: TimeWindow;
  readonly read: TimeWindow;
}

interface PreparedStretch {
  readonly startNs: EpochNs;
  readonly rateHz: number;
  readonly length: number;
  readonly inputs: readonly (Samples | undefined)[];
}

export class SensorScan {
  readonly #tools: ScanTools;
  readonly #model: RunnableModel;
  readonly #parameters: RunParameters;
  readonly #plan: SensorPlan;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #picks: PickContent[] = [];
  readonly #unread = new Set<string>();
  readonly #short: { startNs: EpochNs; durationS: number }[] = [];
  /** Where the window grid of a stretch that crosses the last block's end begins. */
  #gridStartNs: EpochNs | undefined;

  constructor(
    tools: ScanTools,
    model: RunnableModel,
    parameters: RunParameters,
    plan: SensorPlan,
    signal: AbortSignal,
  ) {
    this.#tools = tools;
    this.#model = model;
    this.#parameters = parameters;
    this.#plan = plan;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
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
    const { window, blockS = BLOCK_S } = this.#plan;
    const blocks = blocksOf(window, blockS, this.#marginS());
    let reading = this.#read(blocks[0]);
    let finishing: Promise<void> = Promise.resolve();
    for (const [k, block] of blocks.entries()) {
      const stretches = await reading;
      reading = this.#read(blocks[k + 1]);
      const prepared = await this.#prepare(stretches, block, k === blocks.length - 1);
      const curves = prepared.map((stretch) => this.#infer(stretch));
      // A rejection is met below or by the next round; unhandled it must not end the backend.
      for (const curve of curves) curve.catch(() => undefined);
      reading.catch(() => undefined);
      await finishing;
      finishing = this.#finish(prepared, curves, block.core);
      finishing.catch(() => undefined);
    }
    await finishing;
    this.#picks.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    return { picks: this.#picks, skipped: this.#skipped() };
  }

  #hopSamples(): number {
    return this.#model.spec.windowSamples - this.#parameters.overlapSamples;
  }

  #marginS(): number {
    const { windowSamples, samplingRateHz } = this.#model.spec;
    return (windowSamples + this.#hopSamples() + 100) / samplingRateHz;
  }

  async #read(block: Block | undefined): Promise<ComponentStretch[]> {
    if (block === undefined) return [];
    const { channels } = this.#plan.sensor;
    const keys = channels.map(({ stream }) => formatNslc(stream));
    const segments = await this.#tools
      .readSegments(keys, block.read, this.#signal)
      .catch((error: unknown) => this.#unreadable(error));
    return cutStretches(
      channels.map(({ component, stream }) => ({
        component,
        segments: segments.get(formatNslc(stream)) ?? [],
      })),
    );
  }

  async #prepare(
    stretches: readonly ComponentStretch[],
    { core, read }: Block,
    isLast: boolean,
  ): Promise<PreparedStretch[]> {
    const prepared: PreparedStretch[] = [];
    const gridStartNs = this.#gridStartNs;
    this.#gridStartNs = undefined;
    for (const stretch of stretches) {
      if (stretch.endNs <= core.startNs || stretch.startNs >= core.endNs) continue;
      const whole = this.#onGrid(stretch, read, gridStartNs);
      const ready = await this.#atModelRate(whole);
      if (ready.length < this.#model.spec.windowSamples) {
        if (stretch.startNs >= core.startNs) this.#tooShort(stretch);
        continue;
      }
      if (!isLast && stretch.endNs > core.endNs) this.#gridStartNs = whole.startNs;
      prepared.push(ready);
    }
    return prepared;
  }

  /** A stretch that goes on from the block before, its first samples left out so that the windows fall as there. */
  #onGrid(
    stretch: ComponentStretch,
    read: TimeWindow,
    gridStartNs: EpochNs | undefined,
  ): ComponentStretch {
    const rate = stretch.inputs[0]?.sampleRateHz ?? 0;
    const cutOff = nsToSeconds(stretch.startNs - read.startNs) * rate <= 1;
    if (gridStartNs === undefined || !cutOff) return stretch;
    const hopS = this.#hopSamples() / curveRateHz(stretch, this.#model.spec.samplingRateHz);
    const intoHopS = nsToSeconds(stretch.startNs - gridStartNs) % hopS;
    const trimS = (hopS - intoHopS) % hopS;
    const inputs = stretch.inputs.map((input) => ({
      ...input,
      samples: input.samples.subarray(Math.round(trimS * input.sampleRateHz)),
    }));
    const startNs = sampleTime(stretch.startNs, Math.round(trimS * rate), rate);
    return { ...stretch, startNs, inputs };
  }

  async #atModelRate(stretch: ComponentStretch): Promise<PreparedStretch> {
    const { components, samplingRateHz } = this.#model.spec;
    const rateHz = curveRateHz(stretch, samplingRateHz);
    const durationS = stretchDurationS(stretch);
    const rows = components.map(async (component) => {
      const input = stretch.inputs.find((each) => each.component === component);
      if (input === undefined) return undefined;
      const driftSamples = Math.abs(input.sampleRateHz - rateHz) * durationS;
      if (driftSamples < 0.5) return input.samples;
      return this.#tools.resample(input.samples, input.sampleRateHz, rateHz, this.#signal);
    });
    const ready = await Promise.all(rows);
    const lengths = ready.flatMap((samples) => (samples === undefined ? [] : [samples.length]));
    const length = Math.min(...lengths);
    const inputs = ready.map((samples) => samples?.subarray(0, length));
    return { startNs: stretch.startNs, rateHz, length, inputs };
  }

  #infer(stretch: PreparedStretch): Promise<Float32Array[]> {
    const windowing = {
      stretchSamples: stretch.length,
      windowSamples: this.#model.spec.windowSamples,
      hopSamples: this.#hopSamples(),
      blindingSamples: this.#parameters.blindingSamples,
    };
    const { inputs } = stretch;
    const onWindows = (count: number): void => this.#tools.onWindows(count);
    return this.#tools.inference.run(
      { model: this.#model, windowing, inputs, onWindows },
      this.#signal,
    );
  }

  async #finish(
    stretches: readonly PreparedStretch[],
    running: readonly Promise<Float32Array[]>[],
    core: TimeWindow,
  ): Promise<void> {
    for (const [i, stretch] of stretches.entries()) {
      const curves = (await running[i]) ?? [];
      for (const [k, { phase }] of phaseLabels(this.#model.spec).entries()) {
        const curve = curves[k];
        if (curve !== undefined) await this.#finishPhase(stretch, phase, curve, core);
      }
    }
  }

  async #finishPhase(
    stretch: PreparedStretch,
    phase: string,
    curve: Float32Array,
    core: TimeWindow,
  ): Promise<void> {
    const { startNs, rateHz } = stretch;
    const indexFrom = (time: EpochNs): number =>
      Math.min(
        curve.length,
        Math.max(0, Math.ceil((Number(time - startNs) * rateHz) / 1e9 - 1e-6)),
      );
    const from = indexFrom(core.startNs);
    const to = indexFrom(core.endNs);
    const rule = {
      threshold: this.#parameters.thresholds[phase] ?? 1,
      minimumPeakDistanceSamples: this.#parameters.minimumPeakDistanceSamples,
    };
    const { picks, bins } = await finishCurve(curve, from, to, rateHz, rule);
    const stream = this.#streamOf(phase);
    for (const pick of picks) {
      this.#picks.push({
        stream,
        time: sampleTime(startNs, pick.sample, rateHz),
        lowerUncertaintyS: pick.lowerUncertaintyS,
        upperUncertaintyS: pick.upperUncertaintyS,
        phase,
        polarity: undefined,
        onset: undefined,
        weight: undefined,
        probability: pick.probability,
        filter: undefined,
      });
    }
    await this.#tools.keepCurve({
      phase,
      startNs: sampleTime(startNs, from, rateHz),
      sampleRateHz: rateHz,
      curve: curve.subarray(from, to),
      bins,
    });
  }

  /** P belongs to the vertical, S to the first horizontal; to what there is when that is missing. */
  #streamOf(phase: string): Nslc {
    const { channels } = this.#plan.sensor;
    const onVertical = !phase.startsWith('S');
    const fitting = channels.find(({ component }) => (component === 'Z') === onVertical);
    const channel = fitting ?? channels[0];
    if (channel === undefined) throw new AppError('bug', 'a sensor without channels was scanned');
    return channel.stream;
  }

  /** A file that cannot be read costs its block, not the station. */
  #unreadable(error: unknown): ReadonlyMap<string, readonly TraceSegment[]> {
    const ofFile =
      error instanceof AppError && ['unreadable-file', 'not-found'].includes(error.code);
    if (!ofFile) throw error;
    this.#unread.add(error.message);
    return new Map();
  }

  #tooShort(stretch: ComponentStretch): void {
    this.#short.push({ startNs: stretch.startNs, durationS: stretchDurationS(stretch) });
  }

  #skipped(): SkippedStream[] {
    const stream = this.#plan.sensor.sensorKey;
    const unread = [...this.#unread].map((reason) => ({ stream, reason }));
    return [...unread, ...this.#shortOnes(stream)];
  }

  #shortOnes(stream: string): SkippedStream[] {
    // Components that begin or end a moment apart leave slivers nobody misses.
    const missed = this.#short.filter(({ durationS }) => durationS >= 1);
    if (missed.length === 0) return [];
    const { windowSamples, samplingRateHz } = this.#model.spec;
    const windowS = (windowSamples / samplingRateHz).toFixed(0);
    const totalS = missed.reduce((sum, { durationS }) => sum + durationS, 0);
    const what =
      missed.length === 1
        ? `${totalS.toFixed(1)} s between gaps is`
        : `${missed.length} stretches between gaps, ${totalS.toFixed(1)} s in all, are each`;
    const reason = `${what} shorter than the model's window of ${windowS} s`;
    return [{ stream, reason }];
  }
}

function blocksOf(window: TimeWindow, blockS: number, marginS: number): Block[] {
  const blocks: Block[] = [];
  let startNs = window.startNs;
  do {
    const endNs = minTime(addSeconds(startNs, blockS), window.endNs);
    blocks.push({
      core: { startNs, endNs },
      read: {
        startNs: maxTime(window.startNs, addSeconds(startNs, -marginS)),
        endNs: minTime(window.endNs, addSeconds(endNs, marginS)),
      },
    });
    startNs = endNs;
  } while (startNs < window.endNs);
  return blocks;
}
