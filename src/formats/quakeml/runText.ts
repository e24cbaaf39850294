// A model run as JSON inside a comment: enough to make the same picks again.

import { AppError } from '../../base/appError.ts';
import { toJson } from '../../base/canonicalJson.ts';
import { epochNs } from '../../base/time.ts';
import { fromFirstParameters, isFirstParameters } from '../../domain/event/firstRunParameters.ts';
import type { ModelRun, RunParameters } from '../../domain/event/modelRun.ts';
import { readDetector } from '../../domain/event/readDetector.ts';
import { readRunSettings } from '../../domain/event/readRunSettings.ts';
import { isSetHash } from '../../domain/parameterSet/setHash.ts';

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
  const { finishedNs, pickCount, state, skipped, notes, setHash } = json;
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
    ...(typeof setHash === 'string' && isSetHash(setHash) && { setHash }),
    pickCount: typeof pickCount === 'number' ? pickCount : 0,
    skipped: Array.isArray(skipped) ? skipped.filter(isSkipped) : [],
    notes: Array.isArray(notes) ? notes.filter(isSkipped) : [],
  };
}

function parseParameters(json: Record<string, unknown>): RunParameters | undefined {
  const { streams, window, settings } = isFirstParameters(json)
    ? { ...json, ...fromFirstParameters(json) }
    : json;
  const read = readRunSettings(settings);
  if (read === undefined) return undefined;
  return {
    settings: read,
    streams: Array.isArray(streams) ? streams.filter((s) => typeof s === 'string') : undefined,
    window: parseWindow(window),
    ...parseDetector(json['detector']),
  };
}

/** A detector of a newer Onset, or one that cannot work, is not taken over. */
function parseDetector(json: unknown): Pick<RunParameters, 'detector'> {
  if (!isRecord(json)) return {};
  try {
    return { detector: readDetector(toJson(json)) };
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
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
