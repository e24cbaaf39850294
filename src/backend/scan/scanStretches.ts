// What is read of a sensor made ready for the network: stretches at the model's rate, by the policy of the run.
// Everything that goes over all samples is done on the worker pool.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { RecordTreatment, RunningScale, RunSettings } from '../../domain/event/runSettings.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import {
  type Samples,
  samplesToNs,
  type TraceSegment,
} from '../../domain/waveform/traceSegment.ts';
import type { Piece } from '../../models/annotate/pieces.ts';
import type { SensorGroup } from '../../models/grouping.ts';
import {
  changesRecords,
  type RecordPreparation,
  velocityPreparation,
} from '../../models/recordPreparation.ts';
import type { RunnerSpec } from '../../models/spec.ts';
import {
  type ComponentRecord,
  type ComponentStretch,
  curveRateHz,
  cutStretches,
  joinRecord,
  stretchDurationS,
} from '../../models/stretches.ts';
import { type RecordEnds, recordEnds } from '../recordEnds.ts';
import { type PickSpot, PickSpots } from './scanSpots.ts';

/** The longest flank of a taper, of the record. */
const TAPERED_PART = 0.001;

type Segments = ReadonlyMap<string, readonly TraceSegment[]>;

/** What preparing needs of the backend. */
export interface StretchTools {
  /** Gap-free segments of the streams in a window, by stream key. */
  readSegments(
    streamKeys: readonly string[],
    window: TimeWindow,
    signal: AbortSignal,
  ): Promise<Segments>;
  /** With an anti-alias filter before every down-sampling, unless a method says otherwise. */
  resample(
    samples: Samples,
    fromHz: number,
    toHz: number,
    signal: AbortSignal,
    method?: RecordTreatment['resampling'],
  ): Promise<Samples>;
  prepareRecord(
    samples: Samples,
    sampleRateHz: number,
    preparation: RecordPreparation,
    signal: AbortSignal,
  ): Promise<Samples>;
  scaleRows(
    rows: readonly (Samples | undefined)[],
    scale: RunningScale,
    signal: AbortSignal,
  ): Promise<readonly (Samples | undefined)[]>;
  /** The pieces of one location as SeisBench makes them. */
  cutLocation(
    streamId: string,
    traces: readonly TraceSegment[],
    spec: RunnerSpec,
    settings: RunSettings,
    signal: AbortSignal,
  ): Promise<{ pieces: readonly Piece[]; notes: readonly SkippedStream[] }>;
  /** Takes back what the others answered, once nobody looks at it any more. */
  takeBack?(samples: readonly Samples[]): void;
}

/** A gap-free stretch at the rate it goes through the network with. */
export interface PreparedStretch {
  readonly startNs: EpochNs;
  readonly rateHz: number;
  readonly length: number;
  /** Of each component of the model; undefined where absent. */
  readonly inputs: readonly (Samples | undefined)[];
  /** What makes its picks less sure: components fed as zeros, resampled records. */
  readonly warnings: readonly string[];
}

/** What was read of a sensor in a window, and what of it lies in the span wanted now. */
export interface ReadBlock {
  readonly segments: Segments;
  readonly core: TimeWindow;
  /** What was read of the file: records that end with it go on. */
  readonly read: TimeWindow;
}

/** What a reader has to say so far, to go on from. */
export interface StretchReaderState {
  readonly notes: readonly SkippedStream[];
  readonly unread: readonly string[];
  readonly masked: readonly {
    readonly stream: string;
    readonly spans: number;
    readonly seconds: number;
  }[];
  readonly spots: readonly PickSpot[];
}

/** Reads and prepares one sensor, block by block; remembers what is to be said of it. */
export class StretchReader {
  readonly #tools: StretchTools;
  readonly #spec: RunnerSpec;
  readonly #settings: RunSettings;
  readonly #sensor: SensorGroup;
  readonly #signal: AbortSignal;
  readonly #notes = new Map<string, SkippedStream>();
  readonly #unread = new Set<string>();
  readonly #masked = new Map<string, { spans: number; seconds: number }>();
  #spots = new PickSpots();

  constructor(
    tools: StretchTools,
    spec: RunnerSpec,
    settings: RunSettings,
    sensor: SensorGroup,
    signal: AbortSignal,
  ) {
    this.#tools = tools;
    this.#spec = spec;
    this.#settings = settings;
    this.#sensor = sensor;
    this.#signal = signal;
  }

  /** A copy of what is to be said so far. */
  get state(): StretchReaderState {
    const masked = [...this.#masked].map(([stream, each]) => ({ stream, ...each }));
    const spots = this.#spots.state;
    return { notes: [...this.#notes.values()], unread: [...this.#unread], masked, spots };
  }

  /** Before the first block. */
  goOn({ notes, unread, masked, spots }: StretchReaderState): void {
    this.#spots = new PickSpots(spots);
    for (const { stream, reason } of notes) this.#note(stream, reason);
    for (const message of unread) this.#unread.add(message);
    for (const { stream, spans, seconds } of masked) this.#masked.set(stream, { spans, seconds });
  }

  /** What is in the files. A file that cannot be read costs its block, not the station. */
  async read(window: TimeWindow): Promise<Segments> {
    const keys = this.#sensor.channels.map(({ stream }) => formatNslc(stream));
    try {
      return await this.#tools.readSegments(keys, window, this.#signal);
    } catch (error) {
      const ofFile =
        error instanceof AppError && ['unreadable-file', 'not-found'].includes(error.code);
      if (!ofFile) throw error;
      this.#unread.add(error.message);
      return new Map();
    }
  }

  /** The stretches that reach into the core, in order of time. */
  async prepare({ segments, core, read }: ReadBlock): Promise<PreparedStretch[]> {
    for (const key of this.#spots.take(segments, core.startNs)) {
      this.#note(key, 'cut off at its highest or lowest value in places; picks there are marked');
    }
    const prepared =
      this.#settings.policy === 'seisbench'
        ? await this.#asSeisBench(segments)
        : await this.#asOnset({ segments, core, read });
    const wanted = prepared
      .filter((each) => reachesInto(each.startNs, endOf(each), core))
      .map((each) => ({ ...each, inputs: this.#withAbsent(each.inputs) }));
    const { runningScale } = this.#settings;
    if (runningScale === undefined) return wanted;
    return Promise.all(
      wanted.map(async (stretch) => ({
        ...stretch,
        inputs: await this.#tools.scaleRows(stretch.inputs, runningScale, this.#signal),
      })),
    );
  }

  /** A block is done with: what was read of it and what was made of that. */
  letGo(segments: Segments, prepared: readonly PreparedStretch[]): void {
    const read = [...segments.values()].flat().map(({ samples }) => samples);
    const made = prepared.flatMap(({ inputs }) => inputs.flatMap((row) => row ?? []));
    this.#tools.takeBack?.([...read, ...made]);
  }

  /** What makes a pick at this time less sure: a gap, a mask or a clipped record beside it. */
  warningsAt(time: EpochNs): readonly string[] {
    return this.#spots.at(time);
  }

  /** Files that could not be read, in words. */
  unread(): readonly string[] {
    return [...this.#unread];
  }

  /** What was changed or left out of records that were picked. */
  notes(): readonly SkippedStream[] {
    const masked = [...this.#masked].map(([stream, { spans, seconds }]) => ({
      stream,
      reason: `records of the same time disagree in ${counted(spans, 'span')}, ${seconds.toFixed(2)} s together; these samples were left out`,
    }));
    return [...this.#notes.values(), ...masked];
  }

  async #asSeisBench(segments: Segments): Promise<PreparedStretch[]> {
    const spec = this.#spec;
    const streamId = this.#sensor.sensorKey.replace(/\.$/, '');
    const traces = [...segments.values()].flat();
    const { pieces, notes } = await this.#tools.cutLocation(
      streamId,
      traces,
      spec,
      this.#settings,
      this.#signal,
    );
    for (const note of notes) this.#note(note.stream, note.reason);
    const present = new Set(this.#sensor.channels.map(({ component }) => component));
    const rates = traces.map(({ sampleRateHz }) => sampleRateHz);
    const warnings = [...this.#absent(present), ...resampled(rates, spec.samplingRateHz)];
    return pieces.map(({ startNs, samples, rows }) => ({
      startNs,
      rateHz: spec.samplingRateHz,
      length: samples,
      inputs: rows,
      warnings,
    }));
  }

  async #asOnset(block: ReadBlock): Promise<PreparedStretch[]> {
    const { segments, core } = block;
    const records = await Promise.all(
      this.#sensor.channels.map(async ({ component, stream }): Promise<ComponentRecord> => {
        const key = formatNslc(stream);
        const { segments: joined, masked, unusable } = joinRecord(segments.get(key) ?? []);
        for (const { startNs, endNs } of masked) {
          this.#mask(key, Number(endNs - startNs) / 1e9);
          this.#spots.takeMasked(stream.channel, startNs, endNs);
        }
        if (unusable.length > 0) {
          const what = 'holds samples that are no numbers (NaN or infinite)';
          this.#note(key, `${what}; they were left out, as gaps are`);
        }
        const ready = joined.map((segment) => {
          const endNs = epochNs(
            segment.startNs + samplesToNs(segment.samples.length, segment.sampleRateHz),
          );
          return this.#prepareSegment(key, segment, recordEnds({ ...segment, endNs }, block));
        });
        return { component, segments: (await Promise.all(ready)).flat() };
      }),
    );
    const stretches = cutStretches(records)
      .filter(({ startNs, endNs }) => reachesInto(startNs, endNs, core))
      .filter((stretch) => this.#allowed(stretch));
    return Promise.all(stretches.map((stretch) => this.#atModelRate(stretch, block)));
  }

  /** Absent components are fed as zeros, or as the vertical. */
  #withAbsent(inputs: PreparedStretch['inputs']): PreparedStretch['inputs'] {
    const vertical = inputs[this.#spec.components.indexOf('Z')];
    return this.#settings.absentAs === 'vertical' ? inputs.map((row) => row ?? vertical) : inputs;
  }

  /** Strict runs take only what has every component. */
  #allowed(stretch: ComponentStretch): boolean {
    const missing = this.#spec.components.length - stretch.inputs.length;
    if (!this.#settings.strict || missing === 0) return true;
    this.#note(
      this.#sensor.sensorKey,
      `strict: what has not all components (${this.#spec.components.join(', ')}) at once was left out`,
    );
    return false;
  }

  async #prepareSegment(
    key: string,
    segment: TraceSegment,
    side: RecordEnds,
  ): Promise<TraceSegment[]> {
    if (!this.#spec.filterBeforeResampling || !changesRecords(this.#settings)) return [segment];
    try {
      const samples = await this.#prepareSamples(segment.samples, segment.sampleRateHz, side);
      return [{ ...segment, samples }];
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error;
      this.#note(key, `left out: ${error.message}`);
      return [];
    }
  }

  #prepareSamples(samples: Samples, rateHz: number, side: RecordEnds): Promise<Samples> {
    const { detrendRecords, filter, recordTreatment = {} } = this.#settings;
    const { demean = false, taperS = 0 } = recordTreatment;
    const flank = Math.min(taperS * rateHz, TAPERED_PART * samples.length);
    const preparation: RecordPreparation = {
      ...{ detrendRecords, filter, demean },
      ...(flank > 0 && side && { taper: { samples: flank, side } }),
    };
    return this.#tools.prepareRecord(samples, rateHz, preparation, this.#signal);
  }

  async #atModelRate(stretch: ComponentStretch, block: ReadBlock): Promise<PreparedStretch> {
    const { components, samplingRateHz, filterBeforeResampling } = this.#spec;
    const rateHz = curveRateHz(stretch, samplingRateHz);
    const durationS = stretchDurationS(stretch);
    const filterNow = !filterBeforeResampling && changesRecords(this.#settings);
    const { resampling } = this.#settings.recordTreatment ?? {};
    const side = recordEnds({ ...stretch, sampleRateHz: rateHz }, block);
    const rows = components.map(async (component) => {
      const input = stretch.inputs.find((each) => each.component === component);
      if (input === undefined) return undefined;
      const driftSamples = Math.abs(input.sampleRateHz - rateHz) * durationS;
      const { samples, sampleRateHz } = input;
      const same = driftSamples < 0.5;
      const atRate = same
        ? samples
        : await this.#tools.resample(samples, sampleRateHz, rateHz, this.#signal, resampling);
      const ready = filterNow ? await this.#prepareSamples(atRate, rateHz, side) : atRate;
      return this.#velocity(component, ready, rateHz);
    });
    const ready = await Promise.all(rows);
    const lengths = ready.flatMap((samples) => (samples === undefined ? [] : [samples.length]));
    const length = Math.min(...lengths);
    const present = new Set(stretch.inputs.map(({ component }) => component));
    const rates = stretch.inputs.map(({ sampleRateHz }) => sampleRateHz);
    return {
      startNs: stretch.startNs,
      rateHz,
      length,
      inputs: ready.map((samples) => samples?.subarray(0, length)),
      warnings: [...this.#absent(present), ...resampled(rates, rateHz)],
    };
  }

  async #velocity(component: string, samples: Samples, rateHz: number): Promise<Samples> {
    const { integrateFromHz } = this.#settings.recordTreatment ?? {};
    const channel = this.#sensor.channels.find((each) => each.component === component);
    if (integrateFromHz === undefined || channel?.stream.channel[1] !== 'N') return samples;
    this.#note(formatNslc(channel.stream), 'an accelerometer: integrated to velocity');
    const preparation = velocityPreparation(integrateFromHz);
    return this.#tools.prepareRecord(samples, rateHz, preparation, this.#signal);
  }

  #absent(present: ReadonlySet<string>): string[] {
    const absent = this.#spec.components.filter((component) => !present.has(component));
    if (absent.length === 0) return [];
    const warning = `${absent.join(' and ')} absent`;
    const fed =
      this.#settings.absentAs === 'vertical' && present.has('Z')
        ? 'fed as copies of the vertical'
        : this.#spec.missingComponents;
    this.#note(this.#sensor.sensorKey, `${warning} in some or all of it: ${fed}`);
    return [warning];
  }

  #note(stream: string, reason: string): void {
    this.#notes.set(`${stream} ${reason}`, { stream, reason });
  }

  #mask(stream: string, seconds: number): void {
    const before = this.#masked.get(stream) ?? { spans: 0, seconds: 0 };
    const { spans } = before;
    this.#masked.set(stream, { spans: spans + 1, seconds: before.seconds + seconds });
  }
}

function resampled(fromHz: readonly number[], toHz: number): string[] {
  const others = [...new Set(fromHz)].filter((rate) => Math.abs(rate / toHz - 1) > 1e-3);
  return others.map((rate) => `resampled from ${rate} Hz`);
}

function endOf({ startNs, length, rateHz }: PreparedStretch): bigint {
  return startNs + samplesToNs(length, rateHz);
}

function reachesInto(startNs: bigint, endNs: bigint, core: TimeWindow): boolean {
  return endNs > core.startNs && startNs < core.endNs;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
