// Signal-to-noise ratios of onsets, measured on the open waveforms, filtered as a run filters them.

import { AppError } from '../../base/appError.ts';
import { addSeconds, type EpochNs, maxTime, minTime } from '../../base/time.ts';
import type { ScoredPhase } from '../../domain/evaluation/tolerance.ts';
import { type BandFilter, describeFilter } from '../../domain/waveform/bandFilter.ts';
import { componentOf, parseNslc, sensorKey } from '../../domain/waveform/nslc.ts';
import {
  NOISE_S,
  SIGNAL_S,
  signalToNoise,
  SNR_DEFINITION,
} from '../../domain/waveform/signalToNoise.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import type { TracePart } from '../../domain/waveform/traceWindow.ts';
import { scoredPhase } from '../../evaluation/scoredPick.ts';
import { type ListedPick, stationOfKey } from '../../evaluation/selectPicks.ts';
import { settleTimeS } from '../../models/recordPreparation.ts';
import type { BackendContext } from '../context.ts';
import type { ScoreRequest } from './scoreSets.ts';
import { stretchTools } from '../scan/scanTools.ts';

const HOUR_NS = 3_600_000_000_000n;
/** A filter of a very low corner settles for longer than anyone waits; what is left of its start is small by then. */
const MOST_SETTLE_S = 120;
/** Onsets whose ratio is held. */
const MOST_HELD = 500_000;

/** What was measured on what, in words. */
export function snrWords(filter: BandFilter | undefined): string {
  const how = filter ? `filtered ${describeFilter(filter)}` : 'as recorded';
  return `SNR: ${SNR_DEFINITION}; of P on the vertical, of S on the stronger horizontal, ${how}.`;
}

type MeterContext = Pick<BackendContext, 'sources' | 'pool'>;

/** Measures each onset once for each filter, as long as the same waveforms are open. */
export class SnrMeter {
  readonly #context: MeterContext;
  /** Undefined: there is no such number. */
  readonly #known = new Map<string, number | undefined>();
  #openWith = '';

  constructor(context: MeterContext) {
    this.#context = context;
  }

  /** The picks with their ratios; those of no waveforms have none. */
  async measured(
    picks: readonly ListedPick[],
    filter: BandFilter | undefined,
    signal: AbortSignal,
  ): Promise<ListedPick[]> {
    this.#forget();
    const key = (pick: ListedPick): string =>
      `${JSON.stringify(filter)} ${pick.station} ${scoredPhase(pick.phase)} ${pick.time}`;
    const missing = picks.filter(
      (pick) => scoredPhase(pick.phase) !== undefined && !this.#known.has(key(pick)),
    );
    const groups = Map.groupBy(missing, ({ station, time }) => `${station} ${time / HOUR_NS}`);
    for (const group of groups.values()) {
      signal.throwIfAborted();
      const ratios = await this.#ofStationHour(group, filter, signal);
      group.forEach((pick, i) => this.#known.set(key(pick), ratios[i]));
    }
    return picks.map((pick) => ({ ...pick, snr: this.#known.get(key(pick)) }));
  }

  #forget(): void {
    const openWith = this.#context.sources
      .streams()
      .map(({ streamKey, sampleCount, startNs }) => `${streamKey} ${startNs} ${sampleCount}`)
      .join();
    if (openWith !== this.#openWith || this.#known.size > MOST_HELD) this.#known.clear();
    this.#openWith = openWith;
  }

  async #ofStationHour(
    picks: readonly ListedPick[],
    filter: BandFilter | undefined,
    signal: AbortSignal,
  ): Promise<(number | undefined)[]> {
    const [first] = picks;
    const keys = this.#context.sources
      .streams()
      .map(({ streamKey }) => streamKey)
      .filter((streamKey) => first && stationOfKey(streamKey) === first.station);
    if (first === undefined || keys.length === 0) return picks.map(() => undefined);
    const sensors = sensorsOf(keys);
    const times = picks.map(({ time }) => time);
    const traces = await this.#read(keys, [times.reduce(minTime), times.reduce(maxTime)], filter, signal); // prettier-ignore
    return picks.map(({ phase, time }) => {
      const family = scoredPhase(phase);
      if (family === undefined) return undefined;
      for (const sensor of sensors) {
        const ratios = componentsFor(sensor, family).flatMap(
          (key) => ratioAt(traces.get(key) ?? [], time) ?? [],
        );
        if (ratios.length > 0) return Math.max(...ratios);
      }
      return undefined;
    });
  }

  /** Stretches of the streams about some onsets, filtered. A file that cannot be read costs its ratios. */
  async #read(
    keys: readonly string[],
    [from, to]: readonly [EpochNs, EpochNs],
    filter: BandFilter | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly TraceSegment[]>> {
    const tools = stretchTools(this.#context);
    const rates = this.#context.sources
      .streams()
      .filter(({ streamKey }) => keys.includes(streamKey));
    const settles = rates.map(({ sampleRateHz }) => settleTimeS({ filter }, sampleRateHz));
    const leadS = NOISE_S + Math.min(MOST_SETTLE_S, Math.max(0, ...settles));
    const window = { startNs: addSeconds(from, -leadS), endNs: addSeconds(to, SIGNAL_S + 1) };
    try {
      const read = await tools.readSegments(keys, window, signal);
      if (filter === undefined) return read;
      const filtered = new Map<string, TraceSegment[]>();
      for (const [key, segments] of read) {
        const own = segments.map(async (segment): Promise<TraceSegment> => {
          const { samples, sampleRateHz } = segment;
          const preparation = { detrendRecords: false, filter };
          const prepared = tools.prepareRecord(samples, sampleRateHz, preparation, signal);
          return { ...segment, samples: await prepared };
        });
        filtered.set(key, await Promise.all(own));
      }
      return filtered;
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError) || error.code === 'bug') throw error;
      return new Map();
    }
  }
}

/** The same question with the ratios of its references and picks, filtered as the picks' run did. */
export async function withSnr(
  meter: SnrMeter,
  request: ScoreRequest,
  signal: AbortSignal,
): Promise<ScoreRequest> {
  const { reference, picks } = request;
  const { filter } = picks;
  const references = await meter.measured(reference.picks, filter, signal);
  const found = await meter.measured(picks.picks, filter, signal);
  return {
    ...request,
    reference: { ...reference, picks: references },
    picks: { ...picks, picks: found },
  };
}

/** The streams of each sensor; seismometers of high gain first, then in order of their names. */
function sensorsOf(keys: readonly string[]): string[][] {
  const sensors = Map.groupBy(keys, (key) => sensorKey(parseNslc(key)));
  const rank = (sensor: string): string => `${sensor.endsWith('H') ? 0 : 1} ${sensor}`;
  return [...sensors]
    .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
    .map(([, streams]) => streams);
}

/** The vertical for P, the horizontals for S; all there are where there is none of them. */
function componentsFor(keys: readonly string[], phase: ScoredPhase): readonly string[] {
  const vertical = (key: string): boolean => /^[Z3]$/.test(componentOf(parseNslc(key)));
  const own = keys.filter((key) => vertical(key) === (phase === 'P'));
  return own.length > 0 ? own : keys;
}

/** Of the stretch the onset lies in. */
function ratioAt(segments: readonly TraceSegment[], time: EpochNs): number | undefined {
  for (const { startNs, sampleRateHz, samples } of segments) {
    const at = (Number(time - startNs) / 1e9) * sampleRateHz;
    const from = Math.max(0, Math.floor(at - (NOISE_S + 0.1) * sampleRateHz));
    const to = Math.min(samples.length, Math.ceil(at + (SIGNAL_S + 0.1) * sampleRateHz));
    if (at < 0 || at > samples.length || from >= to) continue;
    const part: TracePart = {
      ...{ kind: 'samples', startNs: sampleTime(startNs, from, sampleRateHz) },
      ...{ stepS: 1 / sampleRateHz, offset: samples[from] ?? 0 },
      values: Float32Array.from(
        samples.subarray(from, to),
        (value) => value - (samples[from] ?? 0),
      ),
    };
    return signalToNoise([part], time, sampleRateHz);
  }
  return undefined;
}
