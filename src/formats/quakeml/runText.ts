// A model run as JSON inside a comment: enough to make the same picks again.

import { epochNs } from '../../base/time.ts';
import type { ModelRun, RunParameters } from '../../domain/event/modelRun.ts';

/** The run as one line of JSON; times are decimal strings. */
export function runToText(run: ModelRun): string {
  return JSON.stringify(run, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** The run that `runToText` wrote; undefined when the text is something else. */
export function textToRun(text: string): ModelRun | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(json) || !isRecord(json['parameters'])) return undefined;
  const { id, modelId, modelVersion, modelSha256, programVersion, startedNs } = json;
  const { finishedNs, pickCount, state, skipped } = json;
  const parameters = parseParameters(json['parameters']);
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || !parameters) return undefined;
  if (typeof modelId !== 'string' || typeof modelVersion !== 'string') return undefined;
  if (typeof modelSha256 !== 'string' || typeof programVersion !== 'string') return undefined;
  const started = parseNs(startedNs);
  if (started === undefined) return undefined;
  return {
    id,
    modelId,
    modelVersion,
    modelSha256,
    programVersion,
    parameters,
    state: state === 'cancelled' || state === 'failed' ? state : 'done',
    startedNs: epochNs(started),
    finishedNs: parseNs(finishedNs) === undefined ? undefined : epochNs(parseNs(finishedNs) ?? 0n),
    pickCount: typeof pickCount === 'number' ? pickCount : 0,
    skipped: Array.isArray(skipped) ? skipped.filter(isSkipped) : [],
  };
}

function parseParameters(json: Record<string, unknown>): RunParameters | undefined {
  const { thresholds, overlapSamples, blindingSamples, stacking, streams, window } = json;
  const { minimumPeakDistanceSamples, batchSize } = json;
  if (!isRecord(thresholds)) return undefined;
  if (typeof overlapSamples !== 'number') return undefined;
  if (typeof minimumPeakDistanceSamples !== 'number') return undefined;
  if (!Array.isArray(blindingSamples) || blindingSamples.length !== 2) return undefined;
  return {
    thresholds: Object.fromEntries(
      Object.entries(thresholds).filter((entry): entry is [string, number] =>
        Number.isFinite(entry[1]),
      ),
    ),
    overlapSamples,
    blindingSamples: [Number(blindingSamples[0]), Number(blindingSamples[1])],
    stacking: stacking === 'max' ? 'max' : 'avg',
    minimumPeakDistanceSamples,
    batchSize: typeof batchSize === 'number' ? batchSize : 1,
    streams: Array.isArray(streams) ? streams.filter((s) => typeof s === 'string') : undefined,
    window: parseWindow(window),
  };
}

function parseWindow(json: unknown): RunParameters['window'] {
  if (!isRecord(json)) return undefined;
  const [start, end] = [parseNs(json['startNs']), parseNs(json['endNs'])];
  if (start === undefined || end === undefined) return undefined;
  return { startNs: epochNs(start), endNs: epochNs(end) };
}

function parseNs(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^-?\d{1,25}$/.test(value) ? BigInt(value) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSkipped(value: unknown): value is ModelRun['skipped'][number] {
  return (
    isRecord(value) && typeof value['stream'] === 'string' && typeof value['reason'] === 'string'
  );
}
