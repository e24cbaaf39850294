// Prediction while data arrive, as PNSN's ml_prediction and its successors do it: packets of any length and order
// in, curves out. Windows lie on a grid counted since 1970, so that the same data give the same curves however
// they are cut into packets.

import { AppError } from '../../base/appError.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { streamKeyOf } from '../../domain/waveform/streamKey.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { sensorKey } from '../../domain/waveform/nslc.ts';
import type { AnnotatedCurve } from '../annotate/annotatedCurve.ts';
import { WindowPreparer } from '../preprocess.ts';
import type { Inference } from '../runChunk.ts';
import { gridTime } from '../sampleGrid.ts';
import type { RunnerSpec } from '../spec.ts';
import { SensorStream, type StreamRules, type WindowJob } from './sensorStream.ts';

export const STREAM_RULES: StreamRules = {
  latenessS: 30,
  leastShare: { vertical: 0.8, horizontal: 0.75 },
  fill: 'zeros',
};

export interface StreamReport {
  readonly windows: number;
  /** Windows left out because too little of them came. */
  readonly emptyWindows: number;
  /** Packets for windows that had been decided before they came. */
  readonly latePackets: number;
  /** Samples of which packets disagreed. */
  readonly conflicts: number;
}

export class PredictionStream {
  readonly #spec: RunnerSpec;
  readonly #settings: RunSettings;
  readonly #infer: Inference;
  readonly #rules: StreamRules;
  readonly #preparer: WindowPreparer;
  readonly #sensors = new Map<string, SensorStream>();
  #windows = 0;

  /** `rules.latenessS` is how long a window with missing data waits behind the newest sample of its sensor. */
  constructor(
    spec: RunnerSpec,
    settings: RunSettings,
    infer: Inference,
    rules: StreamRules = STREAM_RULES,
  ) {
    if (spec.output.kind !== 'samples') {
      throw new AppError(
        'bad-input',
        `${spec.id} answers once a window; only models that answer each sample can follow packets`,
      );
    }
    this.#spec = spec;
    this.#settings = settings;
    this.#infer = infer;
    this.#rules = rules;
    this.#preparer = new WindowPreparer(settings.preparation, spec.windowSamples);
  }

  /** Takes packets and answers what has become final. Throws `bad-input` for a packet whose rate changes. */
  async add(packets: readonly TraceSegment[]): Promise<AnnotatedCurve[]> {
    const touched = new Set<SensorStream>();
    const jobs: WindowJob[] = [];
    for (const packet of packets) {
      const sensor = this.#sensorOf(packet);
      sensor.insert(packet, streamKeyOf(packet.stream));
      // After each packet, as if it had come alone: how many come at once must not change what is late.
      jobs.push(...sensor.ready());
      touched.add(sensor);
    }
    await this.#run(jobs);
    return this.#curves((sensor) => (touched.has(sensor) ? sensor.takeFinal() : []));
  }

  #sensorOf({ stream }: TraceSegment): SensorStream {
    const key = sensorKey(stream);
    const known = this.#sensors.get(key);
    if (known !== undefined) return known;
    const sensor = new SensorStream(this.#spec, this.#settings, this.#rules);
    this.#sensors.set(key, sensor);
    return sensor;
  }

  /** Runs what waits for data that will not come any more, and answers the rest of the curves. */
  async finish(): Promise<AnnotatedCurve[]> {
    await this.#run(restOf([...this.#sensors.values()]));
    return this.#curves((sensor) => sensor.takeAll());
  }

  report(): StreamReport {
    const sensors = [...this.#sensors.values()];
    const total = (of: (sensor: SensorStream) => number): number =>
      sensors.reduce((sum, sensor) => sum + of(sensor), 0);
    return {
      windows: this.#windows,
      emptyWindows: total(({ emptyWindows }) => emptyWindows),
      latePackets: total(({ latePackets }) => latePackets),
      conflicts: total(({ conflicts }) => conflicts),
    };
  }

  /** Windows of all sensors go through the network together. */
  async #run(jobs: Iterable<WindowJob>): Promise<void> {
    const waiting: WindowJob[] = [];
    for (const job of jobs) {
      waiting.push(job);
      if (waiting.length === this.#settings.batchSize) await this.#infersAll(waiting.splice(0));
    }
    if (waiting.length > 0) await this.#infersAll(waiting);
  }

  async #infersAll(jobs: readonly WindowJob[]): Promise<void> {
    const { components, labels, windowSamples } = this.#spec;
    const values = components.length * windowSamples;
    const input = new Float32Array(jobs.length * values);
    for (const [i, { rows }] of jobs.entries()) this.#preparer.write(rows, 0, input, i * values);
    const answers = await this.#infer(input, jobs.length, windowSamples);
    const [before, after] = this.#settings.blindingSamples;
    for (const [i, job] of jobs.entries()) {
      const curves = labels.map((_, row) => {
        const at = (i * labels.length + row) * windowSamples;
        return answers.slice(at + before, at + windowSamples - after);
      });
      job.sensor.answered(job.window, before, curves);
    }
    this.#windows += jobs.length;
  }

  #curves(take: (sensor: SensorStream) => ReturnType<SensorStream['takeAll']>): AnnotatedCurve[] {
    const { labels, samplingRateHz } = this.#spec;
    return [...this.#sensors].flatMap(([streamId, sensor]) =>
      take(sensor).map(({ row, first, values }) => ({
        streamId,
        label: labels[row] ?? '',
        startNs: gridTime(first, samplingRateHz),
        sampleRateHz: samplingRateHz,
        values,
      })),
    );
  }
}

function* restOf(sensors: readonly SensorStream[]): Generator<WindowJob> {
  for (const sensor of sensors) yield* sensor.rest();
}
