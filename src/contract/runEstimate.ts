// What a run will cost, told before it: windows, time, memory and room on the disk.

import type { ModelInfo } from './messages/models.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import { parseNslc, sensorKey } from '../domain/waveform/nslc.ts';
import { durationS, intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';

/** Windows a second two cores do of a network of the usual size; used until a run of the model has been measured. */
const USUAL_WINDOWS_PER_S = { samples: 1500, point: 8000, waveform: 500 } as const;
/** A shorter run says more about starting than about speed. */
const LEAST_RUN_S = 0.2;
/** A sensor is read in blocks of three hours; two are under way at once. */
const BLOCK_S = 3 * 3600;
const BLOCKS_AT_ONCE = 2;
/** What the runtime and a network take by themselves. */
const BASE_BYTES = 150e6;
/** Values inside a network for each of its input: its widest layers, two threads. */
const VALUES_INSIDE = 40;
const FLOAT_BYTES = 4;
/** Of all values, those kept near a probability worth picking: far more than networks with a label a phase were seen to need. */
const KEPT_SHARE = 0.05;
/** A detection lasts as long as the waves do. */
const KEPT_SHARE_WITH_DETECTIONS = 0.5;

/** What the kept curves of a run take. */
export interface CurveSize {
  readonly runId: number;
  readonly bytes: number;
}

type Numbers = Pick<
  ModelInfo,
  'id' | 'samplingRateHz' | 'windowSamples' | 'outputKind' | 'components' | 'labels'
>;

/** Seconds of data a run goes through: the longest stream of each sensor, counted once. */
export function secondsOfData(
  streams: readonly StreamInfo[],
  window: TimeWindow | undefined,
): number {
  const bySensor = new Map<string, number>();
  for (const stream of streams) {
    const part = window ? intersect(stream, window) : stream;
    const key = sensorKey(parseNslc(stream.streamKey));
    bySensor.set(key, Math.max(bySensor.get(key) ?? 0, part ? durationS(part) : 0));
  }
  return [...bySensor.values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** Samples from one window to the next. */
export function hopSamples(model: Numbers, settings: RunSettings): number {
  if (model.outputKind === 'point') return Math.max(1, settings.strideSamples);
  const length = settings.windowSamples ?? model.windowSamples;
  const { overlap } = settings;
  return Math.max(1, length - (overlap < 1 ? Math.floor(overlap * length) : overlap));
}

export interface RunEstimate {
  readonly windows: number;
  readonly seconds: number;
  /** The run whose speed it goes by; undefined while none of this model has been measured. */
  readonly asRun: number | undefined;
  readonly memoryBytes: number;
  /** Of the kept probability curves: at most so many, or about as many as the last run of this kind needed. */
  readonly diskBytes: number;
  /** Whether a run has told how much of the curves is kept. */
  readonly diskMeasured: boolean;
}

/** At the speed of the last whole run of the same model over what is open now. */
export function estimateRun(
  model: Numbers,
  settings: RunSettings,
  dataS: number,
  runs: readonly ModelRun[],
  streams: readonly StreamInfo[],
  curveSizes: readonly CurveSize[] = [],
): RunEstimate {
  const hop = hopSamples(model, settings);
  const windows = Math.ceil((dataS * model.samplingRateHz) / hop);
  const last = runs
    .filter((run) => run.modelId === model.id && run.state === 'done')
    .sort((a, b) => b.id - a.id)
    .map((run) => ({ run, speed: windowsPerS(run, model, streams) }))
    .find(({ speed }) => speed !== undefined);
  const speed = last?.speed ?? USUAL_WINDOWS_PER_S[model.outputKind ?? 'samples'];
  return {
    windows,
    seconds: windows / speed,
    asRun: last?.run.id,
    memoryBytes: memoryBytes(model, settings, dataS),
    ...diskBytes(model, settings, dataS, keptPerS(model, settings, runs, streams, curveSizes)),
  };
}

/** Bytes of curves a second of data, by the newest whole run of the model that kept as much of them. */
function keptPerS(
  model: Numbers,
  settings: RunSettings,
  runs: readonly ModelRun[],
  streams: readonly StreamInfo[],
  sizes: readonly CurveSize[],
): number | undefined {
  const alike = (other: RunSettings): boolean =>
    hopSamples(model, other) === hopSamples(model, settings) &&
    (other.pickRule.kind === 'dominance') === (settings.pickRule.kind === 'dominance');
  return runs
    .filter((run) => run.modelId === model.id && run.state === 'done')
    .filter((run) => alike(run.parameters.settings))
    .sort((a, b) => b.id - a.id)
    .map((run) => {
      const bytes = sizes.find(({ runId }) => runId === run.id)?.bytes ?? 0;
      const dataS = secondsOfRun(run, streams);
      return bytes > 0 && dataS > 0 ? bytes / dataS : undefined;
    })
    .find((perS) => perS !== undefined);
}

function memoryBytes(model: Numbers, settings: RunSettings, dataS: number): number {
  const rows = model.components.length;
  const length = settings.windowSamples ?? model.windowSamples;
  const blocks = BLOCKS_AT_ONCE * Math.min(BLOCK_S, dataS) * model.samplingRateHz * rows;
  const batches = 2 * settings.batchSize * rows * length * VALUES_INSIDE;
  return BASE_BYTES + FLOAT_BYTES * (2 * blocks + batches);
}

/** A rule that compares labels keeps all values of all of them, others what is near a pick of any threshold. */
function diskBytes(
  model: Numbers,
  settings: RunSettings,
  dataS: number,
  measuredPerS: number | undefined,
): Pick<RunEstimate, 'diskBytes' | 'diskMeasured'> {
  if (measuredPerS !== undefined) return { diskBytes: dataS * measuredPerS, diskMeasured: true };
  const all = settings.pickRule.kind === 'dominance';
  const labels = model.labels.filter((label) => all || label !== 'N');
  const share = all ? 1 : labels.includes('Detection') ? KEPT_SHARE_WITH_DETECTIONS : KEPT_SHARE;
  const hop = hopSamples(model, settings);
  const perS = model.outputKind === 'point' ? model.samplingRateHz / hop : model.samplingRateHz;
  return { diskBytes: dataS * perS * labels.length * FLOAT_BYTES * share, diskMeasured: false };
}

/** Seconds of data that a run was asked for and that are open now. */
function secondsOfRun({ parameters }: ModelRun, streams: readonly StreamInfo[]): number {
  const { streams: keys, window } = parameters;
  const wanted = keys && new Set(keys);
  const read = streams.filter((stream) => !wanted || wanted.has(stream.streamKey));
  return secondsOfData(read, window);
}

/** Undefined when the run is too short to tell. */
function windowsPerS(
  run: ModelRun,
  model: Numbers,
  streams: readonly StreamInfo[],
): number | undefined {
  if (run.finishedNs === undefined) return undefined;
  const tookS = Number(run.finishedNs - run.startedNs) / 1e9;
  const { settings } = run.parameters;
  const dataS = secondsOfRun(run, streams);
  if (tookS < LEAST_RUN_S || dataS <= 0) return undefined;
  return (dataS * model.samplingRateHz) / hopSamples(model, settings) / tookS;
}
