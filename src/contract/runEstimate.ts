// What a run will cost, told before it: windows, time, memory and room on the disk.

import type { ModelInfo } from './messages/models.ts';
import type { Ensemble } from '../domain/event/ensemble.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import { parseNslc, sensorKey } from '../domain/waveform/nslc.ts';
import { durationS, intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';

/** Windows a second two cores do of a network of the usual size; used until a run of the model has been measured. */
const USUAL_WINDOWS_PER_S = { samples: 1500, point: 8000, waveform: 500 } as const;
/** Networks that tell detections too, EQTransformer above all, are recurrent and slow. */
const USUAL_WITH_DETECTIONS_PER_S = 350;
/** A shorter run says more about starting than about speed. */
const LEAST_RUN_S = 0.2;
/** A sensor is read in blocks of three hours; two are under way at once. */
const BLOCK_S = 3 * 3600;
const BLOCKS_AT_ONCE = 2;
/** Of an ensemble in blocks of an hour; the curves of three are held. */
const ENSEMBLE_BLOCK_S = 3600;
const BLOCKS_HELD = 3;
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
  /** What the time goes by: a run before it, the network as it was measured here, or what is usual. */
  readonly speed: 'as-run' | 'of-network' | 'usual';
  readonly memoryBytes: number;
  /** Of the kept probability curves: at most so many, or about as many as the last run of this kind needed. */
  readonly diskBytes: number;
  /** Whether a run has told how much of the curves is kept. */
  readonly diskMeasured: boolean;
}

/** What is known from before. */
export interface Past {
  readonly runs: readonly ModelRun[];
  /** What is open now. */
  readonly streams: readonly StreamInfo[];
  readonly curveSizes?: readonly CurveSize[];
  /** Of networks that were measured on this machine, by `speedKey`: windows a second. */
  readonly speeds?: ReadonlyMap<string, number>;
}

/** Names a model with what runs it. */
export function speedKey(modelId: string, provider = 'cpu'): string {
  return `${modelId} ${provider}`;
}

/** At the speed of the last whole run of the same model over what is open now, else of its network where that was measured. */
export function estimateRun(
  model: Numbers,
  settings: RunSettings,
  dataS: number,
  past: Past,
): RunEstimate {
  const hop = hopSamples(model, settings);
  const windows = Math.ceil((dataS * model.samplingRateHz) / hop);
  const { provider } = settings;
  const last = past.runs
    .filter((run) => run.modelId === model.id && run.state === 'done' && !run.parameters.ensemble)
    .filter((run) => (run.parameters.settings.provider ?? 'cpu') === (provider ?? 'cpu'))
    .sort((a, b) => b.id - a.id)
    .map((run) => ({ run, speed: windowsPerS(run, model, past.streams) }))
    .find(({ speed }) => speed !== undefined);
  const measured = past.speeds?.get(speedKey(model.id, provider));
  const speed = last?.speed ?? measured ?? usualPerS(model);
  return {
    windows,
    seconds: windows / speed,
    asRun: last?.run.id,
    speed: last ? 'as-run' : measured ? 'of-network' : 'usual',
    memoryBytes: memoryBytes(model, settings, dataS),
    ...diskBytes(model, settings, dataS, keptPerS(model, settings, past)),
  };
}

function usualPerS({ outputKind = 'samples', labels }: Numbers): number {
  if (outputKind === 'samples' && labels.includes('Detection')) return USUAL_WITH_DETECTIONS_PER_S;
  return USUAL_WINDOWS_PER_S[outputKind];
}

/** One of an ensemble's networks, and the bands and offsets it looks with. */
export interface EstimatedMember {
  readonly model: Numbers;
  readonly settings: RunSettings;
  readonly times: number;
}

/** What kind of run several members make. */
export interface EstimatedEnsemble {
  readonly rule: Ensemble['rule'];
  /** How the common curve is picked. */
  readonly pickRule: RunSettings['pickRule'];
}

/** Of a run of several members: the time of all of them, the memory of all at once, one common curve. */
export function estimateEnsemble(
  members: readonly EstimatedMember[],
  how: EstimatedEnsemble,
  dataS: number,
  past: Past,
): RunEstimate {
  const each = members.map(({ model, settings, times }) => ({
    times,
    estimate: estimateRun(model, settings, dataS, past),
  }));
  const sum = (of: (estimate: RunEstimate) => number): number =>
    each.reduce((total, { times, estimate }) => total + times * of(estimate), 0);
  const last = lastAlike(members, how.rule, past);
  const speeds = each.map(({ estimate }) => estimate.speed);
  const weakest = (['usual', 'of-network', 'as-run'] as const).find((s) => speeds.includes(s));
  return {
    windows: sum(({ windows }) => windows),
    seconds: last === undefined ? sum(({ seconds }) => seconds) : (dataS * last.tookS) / last.dataS,
    asRun: last?.run.id ?? each[0]?.estimate.asRun,
    speed: last ? 'as-run' : (weakest ?? 'usual'),
    memoryBytes: ensembleMemoryBytes(members, dataS),
    ...ensembleDiskBytes(members, how, dataS, past),
  };
}

/** The newest whole run of the same members that was long enough to tell. */
function lastAlike(members: readonly EstimatedMember[], rule: Ensemble['rule'], past: Past) {
  const wanted = membersKey(
    members.flatMap(({ model, settings, times }) =>
      Array.from({ length: times }, () => ({ modelId: model.id, settings })),
    ),
  );
  return past.runs
    .filter(({ state, parameters: { ensemble } }) => state === 'done' && ensemble?.rule === rule)
    .filter((run) => membersKey(run.parameters.ensemble?.members ?? []) === wanted)
    .sort((a, b) => b.id - a.id)
    .map((run) => ({ run, tookS: tookS(run) ?? 0, dataS: secondsOfRun(run, past.streams) }))
    .find((known) => known.tookS >= LEAST_RUN_S && known.dataS > 0);
}

function membersKey(
  members: readonly { readonly modelId: string; readonly settings: RunSettings }[],
): string {
  return members
    .map(({ modelId, settings: { overlap, strideSamples, windowSamples, provider = 'cpu' } }) =>
      [modelId, overlap, strideSamples, windowSamples, provider].join(' '),
    )
    .sort()
    .join(';');
}

function ensembleMemoryBytes(members: readonly EstimatedMember[], dataS: number): number {
  const ofMember = ({ model, times }: EstimatedMember): number => {
    const samples = Math.min(ENSEMBLE_BLOCK_S, dataS) * model.samplingRateHz;
    const rows = 2 * model.components.length + BLOCKS_HELD * model.labels.length;
    return times * BLOCKS_AT_ONCE * samples * rows;
  };
  const values = members.map(ofMember).reduce((sum, value) => sum + value, 0);
  const batches = members.map(({ model, settings }) => batchValues(model, settings));
  return BASE_BYTES + FLOAT_BYTES * (values + Math.max(0, ...batches));
}

/** A common curve a label and those of the members, on the samples of the fastest; of a repeated run its own alone. */
function ensembleDiskBytes(
  members: readonly EstimatedMember[],
  { rule, pickRule }: EstimatedEnsemble,
  dataS: number,
  past: Past,
): Pick<RunEstimate, 'diskBytes' | 'diskMeasured'> {
  const last = lastAlike(members, rule, past);
  const bytes = past.curveSizes?.find(({ runId }) => runId === last?.run.id)?.bytes ?? 0;
  if (last && bytes > 0 && last.run.parameters.settings.pickRule.kind === pickRule.kind) {
    return { diskBytes: (dataS * bytes) / last.dataS, diskMeasured: true };
  }
  const [first] = members;
  if (first === undefined) return { diskBytes: 0, diskMeasured: false };
  const asked = rule === 'first' ? [first] : members;
  const all = asked.flatMap(({ model }) => model.labels);
  const labels = [...new Set(all)].filter((label) => rule === 'first' || label !== 'Detection');
  const samplingRateHz = Math.max(...asked.map(({ model }) => model.samplingRateHz));
  const point = asked.every(({ model }) => model.outputKind === 'point');
  const common = { ...first.model, labels, samplingRateHz };
  const model = { ...common, outputKind: point ? ('point' as const) : ('samples' as const) };
  const own = diskBytes(model, { ...first.settings, pickRule }, dataS, undefined);
  const curves = rule === 'first' ? 1 : 1 + members.reduce((sum, { times }) => sum + times, 0);
  return { ...own, diskBytes: curves * own.diskBytes };
}

/** Bytes of curves a second of data, by the newest whole run of the model that kept as much of them. */
function keptPerS(
  model: Numbers,
  settings: RunSettings,
  { runs, streams, curveSizes = [] }: Past,
): number | undefined {
  const alike = (other: RunSettings): boolean =>
    hopSamples(model, other) === hopSamples(model, settings) &&
    (other.pickRule.kind === 'dominance') === (settings.pickRule.kind === 'dominance');
  return runs
    .filter((run) => run.modelId === model.id && run.state === 'done')
    .filter((run) => alike(run.parameters.settings))
    .sort((a, b) => b.id - a.id)
    .map((run) => {
      const bytes = curveSizes.find(({ runId }) => runId === run.id)?.bytes ?? 0;
      const dataS = secondsOfRun(run, streams);
      return bytes > 0 && dataS > 0 ? bytes / dataS : undefined;
    })
    .find((perS) => perS !== undefined);
}

function memoryBytes(model: Numbers, settings: RunSettings, dataS: number): number {
  const rows = model.components.length;
  const blocks = BLOCKS_AT_ONCE * Math.min(BLOCK_S, dataS) * model.samplingRateHz * rows;
  return BASE_BYTES + FLOAT_BYTES * (2 * blocks + batchValues(model, settings));
}

/** Of two threads at work. */
function batchValues(model: Numbers, settings: RunSettings): number {
  const length = settings.windowSamples ?? model.windowSamples;
  return 2 * settings.batchSize * model.components.length * length * VALUES_INSIDE;
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
  const seconds = tookS(run);
  const { settings } = run.parameters;
  const dataS = secondsOfRun(run, streams);
  if (seconds === undefined || seconds < LEAST_RUN_S || dataS <= 0) return undefined;
  return (dataS * model.samplingRateHz) / hopSamples(model, settings) / seconds;
}

function tookS({ startedNs, finishedNs }: ModelRun): number | undefined {
  return finishedNs === undefined ? undefined : Number(finishedNs - startedNs) / 1e9;
}
