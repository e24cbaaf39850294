// Picking while records arrive: bytes of miniSEED in, picks out as soon as nothing to come can change them.

import { type EpochNs, epochNs, minTime } from '../../base/time.ts';
import type { FollowedPick } from '../../domain/event/followedPick.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { formatNslc, type Nslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { RecordFeed } from '../../formats/miniseed/recordFeed.ts';
import type { AnnotatedCurve } from '../../models/annotate/annotatedCurve.ts';
import { groupComponents, pickStream, type SensorGroup } from '../../models/grouping.ts';
import {
  type CurveBlock,
  type SensorPick,
  SensorPicker,
} from '../../models/keptCurves/sensorPicker.ts';
import { ruleOnCurve } from '../../models/pickRules/ruleOnCurve.ts';
import type { Inference } from '../../models/runChunk.ts';
import { gridSample, gridTime } from '../../models/sampleGrid.ts';
import { DETECTION_LABEL, NOISE_LABEL, type RunnerSpec } from '../../models/spec.ts';
import { PredictionStream, type StreamReport } from '../../models/stream/predictionStream.ts';
import type { StreamRules } from '../../models/stream/sensorStream.ts';

export interface FollowReport extends StreamReport {
  readonly records: number;
  readonly damagedRecords: number;
  /** Bytes that belonged to no record. */
  readonly passedOverBytes: number;
  readonly sensors: number;
  /** What was not followed, and why. */
  readonly left: readonly { readonly stream: string; readonly reason: string }[];
}

/** Below this, onsets of local and regional events are not in the data. */
const LOWEST_RATE_HZ = 10;

interface Followed {
  readonly picker: SensorPicker;
  readonly channels: Map<string, Channel>;
}

interface Channel {
  readonly stream: Nslc;
  readonly rateHz: number;
  /** Start of the earliest record. */
  startNs: EpochNs;
}

export class Follower {
  readonly #spec: RunnerSpec;
  readonly #settings: RunSettings;
  readonly #feed = new RecordFeed();
  readonly #stream: PredictionStream;
  readonly #sensors = new Map<string, Followed>();
  readonly #left = new Map<string, string>();
  #records = 0;

  /** Throws `bad-input` for a model that answers once a window. */
  constructor(spec: RunnerSpec, settings: RunSettings, infer: Inference, rules: StreamRules) {
    this.#spec = spec;
    this.#settings = settings;
    this.#stream = new PredictionStream(spec, settings, infer, rules);
  }

  /** Takes the next bytes; answers the picks that are final now, sensor by sensor in order of time. */
  async take(bytes: Uint8Array): Promise<FollowedPick[]> {
    return this.#follow(this.#feed.take(bytes));
  }

  /** No more bytes: what waited for data is run and picked. */
  async end(): Promise<FollowedPick[]> {
    const picks = await this.#follow(this.#feed.end());
    picks.push(...(await this.#pick(await this.#stream.finish())));
    for (const key of this.#sensors.keys()) {
      const { picker } = this.#sensor(key);
      picks.push(...this.#picksOf(key, await picker.end()));
    }
    return picks;
  }

  report(): FollowReport {
    return {
      ...this.#stream.report(),
      records: this.#records,
      damagedRecords: this.#feed.damaged,
      passedOverBytes: this.#feed.passedOver,
      sensors: this.#sensors.size,
      left: [...this.#left].map(([stream, reason]) => ({ stream, reason })),
    };
  }

  async #follow(records: ReturnType<RecordFeed['take']>): Promise<FollowedPick[]> {
    this.#records += records.length;
    const wanted = records.filter((record) => this.#accepts(record));
    if (wanted.length === 0) return [];
    return this.#pick(await this.#stream.add(wanted));
  }

  /** A stream keeps the rate it began with. */
  #accepts({ stream, sampleRateHz: rateHz, startNs }: TraceSegment): boolean {
    const key = formatNslc(stream);
    const leave = (reason: string): boolean => {
      this.#left.set(key, reason);
      return false;
    };
    const [sensor] = groupComponents([stream], this.#spec.components).sensors;
    if (sensor === undefined) {
      return leave(`channel ${stream.channel || '(empty)'} is not a component of ground motion`);
    }
    if (rateHz < LOWEST_RATE_HZ) {
      return leave(`recorded at ${rateHz} Hz; picking needs at least ${LOWEST_RATE_HZ} Hz`);
    }
    const { channels } = this.#sensor(sensor.sensorKey);
    const known = channels.get(key);
    if (known !== undefined && known.rateHz !== rateHz) {
      return leave(`began at ${known.rateHz} Hz; records at ${rateHz} Hz were left out`);
    }
    if (known === undefined) channels.set(key, { stream, rateHz, startNs });
    else known.startNs = minTime(known.startNs, startNs);
    return true;
  }

  #sensor(key: string): Followed {
    let sensor = this.#sensors.get(key);
    if (sensor === undefined) {
      const { thresholds, uncertainty = 'width', pickRule } = this.#settings;
      const rule = ruleOnCurve(pickRule, 1);
      const turn = (): Promise<void> => Promise.resolve();
      const picker = new SensorPicker({ rule, thresholds, uncertainty }, undefined, turn);
      sensor = { picker, channels: new Map() };
      this.#sensors.set(key, sensor);
    }
    return sensor;
  }

  async #pick(curves: readonly AnnotatedCurve[]): Promise<FollowedPick[]> {
    const picks: FollowedPick[] = [];
    const sensors = Map.groupBy(curves, ({ streamId }) => streamId);
    for (const [key, ofSensor] of sensors) {
      const pieces = Map.groupBy(ofSensor, ({ startNs }) => startNs);
      const inOrder = [...pieces].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [, piece] of inOrder) {
        const block = this.#blockOf(key, piece);
        if (block) picks.push(...this.#picksOf(key, await this.#sensor(key).picker.take(block)));
      }
    }
    return picks;
  }

  #blockOf(key: string, piece: readonly AnnotatedCurve[]): CurveBlock | undefined {
    const [first] = piece;
    if (first === undefined) return undefined;
    const labels = piece.filter(
      ({ label }) => label !== NOISE_LABEL || this.#settings.pickRule.kind === 'dominance',
    );
    return {
      startNs: first.startNs,
      sampleRateHz: first.sampleRateHz,
      curves: Object.fromEntries(labels.map(({ label, values }) => [label, values])),
      warnings: this.#warningsOf(key),
    };
  }

  /** By what has come of the sensor so far. */
  #warningsOf(key: string): string[] {
    const { components, samplingRateHz } = this.#spec;
    const present = new Set(this.#group(key)?.channels.map(({ component }) => component));
    const absent = components.filter((component) => !present.has(component));
    const rates = new Set([...this.#sensor(key).channels.values()].map(({ rateHz }) => rateHz));
    const others = [...rates].filter((rate) => Math.abs(rate / samplingRateHz - 1) > 1e-3);
    return [
      ...(absent.length === 0 ? [] : [`${absent.join(' and ')} absent`]),
      ...others.map((rate) => `resampled from ${rate} Hz`),
    ];
  }

  #group(key: string): SensorGroup | undefined {
    const streams = [...this.#sensor(key).channels.values()].map(({ stream }) => stream);
    return groupComponents(streams, this.#spec.components).sensors[0];
  }

  #picksOf(key: string, picks: readonly SensorPick[]): FollowedPick[] {
    const channels = this.#group(key)?.channels ?? [];
    return picks.flatMap((pick): FollowedPick[] => {
      const stream = pickStream(channels, pick.label);
      if (pick.label === DETECTION_LABEL || stream === undefined) return [];
      const { probability, lowerUncertaintyS, upperUncertaintyS, warnings, fit } = pick;
      const time = epochNs(pick.time + this.#offGridNs(key, stream));
      const sure = { probability, lowerUncertaintyS, upperUncertaintyS, warnings };
      return [{ stream, phase: pick.label, time, ...sure, ...(fit && { fit }) }];
    });
  }

  /** Windows are cut on a grid since 1970; records begin up to half a sample beside it. */
  #offGridNs(key: string, stream: Nslc): bigint {
    const channel = this.#sensor(key).channels.get(formatNslc(stream));
    if (channel === undefined) return 0n;
    const { startNs, rateHz } = channel;
    return startNs - gridTime(gridSample(startNs, rateHz), rateHz);
  }
}
