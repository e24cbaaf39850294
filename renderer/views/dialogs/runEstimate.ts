import type { ModelRun } from '../../../src/domain/event/modelRun.ts';
import { parseNslc, sensorKey } from '../../../src/domain/waveform/nslc.ts';
import { durationS, intersect, type TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';

/** Three-component seconds a second of wall time that two cores are to reach; used until a run has been measured. */
const USUAL_TIMES_REAL_TIME = 25_000;
/** A shorter run says more about starting than about speed. */
const LEAST_RUN_S = 0.2;

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

export interface RunEstimate {
  readonly seconds: number;
  /** The run whose speed it goes by; undefined while none of this model has been measured. */
  readonly asRun: number | undefined;
}

/** What is to be run: the model, the seconds of data and the hop between its windows. */
export interface RunPlan {
  readonly modelId: string;
  readonly dataS: number;
  readonly windowSamples: number;
  readonly overlapSamples: number;
}

/**
 * How long a run will take: at the speed of the last whole run of the same model over what is open now,
 * with more windows in proportion where they overlap more.
 */
export function estimateRun(
  plan: RunPlan,
  runs: readonly ModelRun[],
  streams: readonly StreamInfo[],
): RunEstimate {
  const { modelId, dataS, windowSamples, overlapSamples } = plan;
  const hop = Math.max(1, windowSamples - overlapSamples);
  const last = runs
    .filter((run) => run.modelId === modelId && run.state === 'done')
    .sort((a, b) => b.id - a.id)
    .map((run) => ({ run, speed: windowsPerS(run, windowSamples, streams) }))
    .find(({ speed }) => speed !== undefined);
  if (last?.speed === undefined) {
    return { seconds: dataS / USUAL_TIMES_REAL_TIME, asRun: undefined };
  }
  return { seconds: dataS / hop / last.speed, asRun: last.run.id };
}

/** Seconds of data over the hop a second of wall time; undefined when the run is too short to tell. */
function windowsPerS(
  run: ModelRun,
  windowSamples: number,
  streams: readonly StreamInfo[],
): number | undefined {
  if (run.finishedNs === undefined) return undefined;
  const tookS = Number(run.finishedNs - run.startedNs) / 1e9;
  const { streams: keys, window, overlapSamples } = run.parameters;
  const wanted = keys && new Set(keys);
  const read = streams.filter((stream) => !wanted || wanted.has(stream.streamKey));
  const dataS = secondsOfData(read, window);
  if (tookS < LEAST_RUN_S || dataS <= 0) return undefined;
  return dataS / Math.max(1, windowSamples - overlapSamples) / tookS;
}
