// One channel through a detector: read in blocks, its characteristic function made with what the block before left behind,
// triggered and kept like a model's curves. Onsets are sought once all of their window is there, so that no block's end is
// in them.

import { addSeconds, type EpochNs, maxTime, minTime } from '../../base/time.ts';
import { type DetectorSettings, keepsDuration } from '../../domain/event/detectorSettings.ts';
import type { PickContent } from '../../domain/event/pick.ts';
import { formatNslc, type Nslc } from '../../domain/waveform/nslc.ts';
import { durationS, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import {
  nearestSample,
  sampleTime,
  type TraceSegment,
} from '../../domain/waveform/traceSegment.ts';
import { transferable } from '../../jobs/task.ts';
import {
  type SealHour,
  type SensorPick,
  SensorPicker,
} from '../../models/keptCurves/sensorPicker.ts';
import { detectPart, type DetectorState } from '../../signal/detector/detectorStream.ts';
import { needsHorizontals, needsTrace, type Onset, seekerOf } from '../../signal/detector/findOnsets.ts'; // prettier-ignore
import type { Pool } from '../pool.ts';
import type { SensorProgress } from '../scan/scanProgress.ts';
import type { FinishedBlock, ScannedPick, SensorPlan, SensorResult } from '../scan/scanSensor.ts';
import { PROGRESS_S, watchedChannel } from './detectorPlan.ts';
import { type KnownStretch, onsetWindow } from './onsetWindow.ts';
import { keptFrom, triggerRule } from './triggerRule.ts';

export interface DetectionTools {
  readonly pool: Pool;
  readSegments(
    keys: readonly string[],
    window: TimeWindow,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly TraceSegment[]>>;
  /** Takes what is kept of the function of an hour; nothing is kept without. */
  keepHour?: SealHour;
  /** Takes what each block but the last has finished; picks given here are not in the result. */
  keepBlock?(block: FinishedBlock): Promise<void>;
  onWindows?(count: number): void;
}

/** An onset is sought within 300 s of its trigger. */
const REACH_BACK_S = 600;
/** A quarter of a day at 100 Hz: 2 million samples of three components at a time. */
const BLOCK_S = 6 * 3600;

const NOTHING_READ: SensorProgress['reader'] = { notes: [], unread: [], masked: [], spots: [] };

interface OpenStretch extends KnownStretch {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  length: number;
  /** Values of the function that have been made. */
  made: number;
  state: DetectorState | undefined;
}

export class SensorDetection {
  readonly #tools: DetectionTools;
  readonly #settings: DetectorSettings;
  readonly #plan: SensorPlan;
  readonly #signal: AbortSignal;
  readonly #picker: SensorPicker;
  readonly #watched: Nslc;
  readonly #others: readonly Nslc[];
  readonly #accepts: (trigger: SensorPick) => boolean;
  readonly #picks: ScannedPick[] = [];
  #stretch: OpenStretch | undefined;
  /** Triggers whose windows are not all there yet. */
  #waiting: SensorPick[] = [];
  /** Records of the blocks that windows may reach back into, by channel. */
  #recent = new Map<string, TraceSegment[]>();

  /** `accepts` says of each trigger whether it becomes a pick. */
  constructor(
    tools: DetectionTools,
    settings: DetectorSettings,
    plan: SensorPlan,
    signal: AbortSignal,
    accepts: (trigger: SensorPick) => boolean = () => true,
  ) {
    this.#tools = tools;
    this.#settings = settings;
    this.#plan = plan;
    this.#signal = signal;
    this.#accepts = accepts;
    const watched = watchedChannel(plan.sensor);
    if (watched === undefined) throw new Error('bug: a sensor without channels');
    this.#watched = watched.stream;
    const help = needsHorizontals(seekerOf(settings));
    this.#others = help ? plan.sensor.channels.slice(1).map(({ stream }) => stream) : [];
    const picking = { rule: triggerRule(settings), thresholds: { [settings.phase]: settings.onLevel } }; // prettier-ignore
    this.#picker = new SensorPicker(picking, tools.keepHour, turn, keptFrom(settings));
  }

  async run(): Promise<SensorResult> {
    const { window, goOnFrom, blockS = BLOCK_S } = this.#plan;
    const lengthS = this.#settings.wholeRecord ? durationS(window) : blockS;
    if (goOnFrom !== undefined) await this.#goOn(goOnFrom);
    for (let startNs = goOnFrom?.untilNs ?? window.startNs; startNs < window.endNs;) {
      const endNs = minTime(addSeconds(startNs, lengthS), window.endNs);
      const block = { startNs, endNs };
      const segments = await this.#read(block);
      this.#remember(segments, startNs);
      for (const segment of segments.get(formatNslc(this.#watched)) ?? []) {
        await this.#take(segment);
      }
      await this.#seekOnsets();
      this.#tools.onWindows?.(Math.floor(durationS(block) / PROGRESS_S));
      startNs = endNs;
      if (startNs < window.endNs) await this.#keep(startNs);
    }
    await this.#endStretch();
    await this.#addTriggers(await this.#picker.end());
    await this.#seekOnsets();
    return { picks: this.#found(), detections: [], skipped: [], notes: [] };
  }

  #read(block: TimeWindow): Promise<ReadonlyMap<string, readonly TraceSegment[]>> {
    const keys = [this.#watched, ...this.#others].map(formatNslc);
    return this.#tools.readSegments(keys, block, this.#signal);
  }

  /** Picks since they were last asked for, in order of time. */
  #found(): ScannedPick[] {
    return this.#picks.splice(0).sort((a, b) => Number(a.content.time - b.content.time));
  }

  async #keep(untilNs: EpochNs): Promise<void> {
    const progress: SensorProgress = {
      untilNs,
      ...{ gridStartNs: undefined, shortS: [], reader: NOTHING_READ, picker: this.#picker.state },
      detector: { stretch: this.#stretch && { ...this.#stretch }, waiting: [...this.#waiting] },
    };
    await this.#tools.keepBlock?.({ picks: this.#found(), detections: [], progress });
  }

  /** What windows of triggers that wait may reach back into is read again. */
  async #goOn({ untilNs, picker, detector }: SensorProgress): Promise<void> {
    if (detector === undefined) throw new Error('bug: a model’s place was given to a detector');
    this.#picker.goOn(picker);
    this.#stretch = detector.stretch && { ...detector.stretch };
    this.#waiting = [...detector.waiting];
    const startNs = maxTime(this.#plan.window.startNs, this.#oldestNs(untilNs));
    if (startNs < untilNs) this.#remember(await this.#read({ startNs, endNs: untilNs }), untilNs);
  }

  /** What lies before it is not looked at any more once a block begins. */
  #oldestNs(blockNs: EpochNs): EpochNs {
    const back = addSeconds(blockNs, -(this.#plan.blockS ?? BLOCK_S));
    return this.#waiting.reduce(
      (time, each) => minTime(time, addSeconds(each.startNs, -REACH_BACK_S)),
      back,
    );
  }

  #remember(segments: ReadonlyMap<string, readonly TraceSegment[]>, blockNs: EpochNs): void {
    const oldest = this.#oldestNs(blockNs);
    for (const [key, own] of segments) {
      const before = (this.#recent.get(key) ?? []).filter(
        (each) => sampleTime(each.startNs, each.samples.length, each.sampleRateHz) > oldest,
      );
      this.#recent.set(key, [...before, ...own]);
    }
  }

  async #take(segment: TraceSegment): Promise<void> {
    const { sampleRateHz } = segment;
    let { samples } = segment;
    let stretch = this.#stretch;
    if (stretch !== undefined) {
      const late = nearestSample(stretch.startNs, segment.startNs, stretch.sampleRateHz) - stretch.length; // prettier-ignore
      // Where files disagree, what came first stays.
      if (late < 0) samples = samples.subarray(-late);
      if (samples.length === 0) return;
      if (late > 0 || sampleRateHz !== stretch.sampleRateHz || this.#settings.wholeRecord) {
        await this.#endStretch();
        stretch = undefined;
      }
    }
    const { startNs } = segment;
    stretch ??= { startNs, sampleRateHz, length: 0, made: 0, state: undefined };
    this.#stretch = stretch;
    const own = samples.slice();
    const part = await this.#tools.pool.run(
      'detectPart',
      { settings: this.#settings, sampleRateHz, samples: own, state: stretch.state },
      { signal: this.#signal, transfer: transferable([own]) },
    );
    stretch.state = part.state;
    stretch.length += samples.length;
    await this.#addCurve(stretch, part.curve);
  }

  async #addCurve(stretch: OpenStretch, curve: Float32Array): Promise<void> {
    if (curve.length === 0) return;
    const { sampleRateHz } = stretch;
    const startNs = sampleTime(stretch.startNs, stretch.made, sampleRateHz);
    stretch.made += curve.length;
    const curves = { [this.#settings.phase]: curve };
    await this.#addTriggers(await this.#picker.take({ startNs, sampleRateHz, curves, warnings: [] })); // prettier-ignore
  }

  async #endStretch(): Promise<void> {
    const stretch = this.#stretch;
    if (stretch?.state === undefined) return;
    const { sampleRateHz, state } = stretch;
    const rest = detectPart(this.#settings, sampleRateHz, new Int32Array(0), { state, ends: true });
    await this.#addCurve(stretch, rest.curve);
    await this.#addTriggers(await this.#picker.end());
    await this.#seekOnsets(true);
    this.#stretch = undefined;
  }

  async #addTriggers(triggers: readonly SensorPick[]): Promise<void> {
    for (const trigger of triggers) {
      const longS = durationS({ startNs: trigger.startNs, endNs: trigger.endNs });
      if (!keepsDuration(this.#settings, longS) || !this.#accepts(trigger)) continue;
      if (needsTrace(seekerOf(this.#settings))) this.#waiting.push(trigger);
      else this.#picks.push(pickAt(this.#settings, trigger, this.#watched, trigger.startNs));
    }
    await Promise.resolve();
  }

  /** Of those triggers whose windows are there; of all when the stretch has ended. */
  async #seekOnsets(ended = false): Promise<void> {
    const stretch = this.#stretch;
    if (stretch === undefined || this.#waiting.length === 0) return;
    const { sampleRateHz, length, startNs } = stretch;
    const after = this.#settings.refinement.afterS * sampleRateHz + 1;
    const onOf = (each: SensorPick): number => nearestSample(startNs, each.startNs, sampleRateHz);
    const ready = this.#waiting.filter((each) => ended || onOf(each) + after < length);
    this.#waiting = this.#waiting.filter((each) => !ready.includes(each));
    const recent = (stream: Nslc): TraceSegment[] => this.#recent.get(formatNslc(stream)) ?? [];
    const records = { trace: recent(this.#watched), horizontals: this.#others.map(recent) };
    const cuts = ready.map((each) => onsetWindow(this.#settings, stretch, onOf(each), records));
    const found = await this.#tools.pool.run(
      'findOnsets',
      { settings: this.#settings, windows: cuts.map(({ window }) => window) },
      { signal: this.#signal },
    );
    ready.forEach((trigger, i) => {
      const cut = cuts[i];
      for (const onset of found[i] ?? []) {
        if (cut) this.#addOnset(trigger, onset, sampleTime(cut.startNs, onset.sample, sampleRateHz)); // prettier-ignore
      }
    });
  }

  #addOnset(trigger: SensorPick, { phase }: Onset, time: EpochNs): void {
    const stream = phase === 'S' ? (this.#others[0] ?? this.#watched) : this.#watched;
    const named = phase === 'S' ? { ...this.#settings, phase } : this.#settings;
    this.#picks.push(pickAt(named, trigger, stream, time));
  }
}

function pickAt(
  { phase, band }: DetectorSettings,
  { startNs, endNs }: SensorPick,
  stream: Nslc,
  time: EpochNs,
): ScannedPick {
  const content: PickContent = {
    stream,
    time,
    lowerUncertaintyS: undefined,
    upperUncertaintyS: undefined,
    phase,
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    // A ratio is no probability.
    probability: undefined,
    filter: band,
  };
  return { content, startNs, endNs, warnings: [] };
}

/** Other work of the backend gets its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
