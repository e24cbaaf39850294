import { fromFirstParameters, isFirstParameters } from '../../domain/event/firstRunParameters.ts';
import type {
  ModelRun,
  ReplacedPicks,
  RunParameters,
  SkippedStream,
} from '../../domain/event/modelRun.ts';
import { integer, nanoseconds, optionalNanoseconds, optionalText, text } from '../rows.ts';

/** The rows `toRun` reads. */
export const RUN_ROWS = `SELECT model_run.*, (SELECT json_group_array(json_object('runId', earlier_run_id,
  'pickCount', pick_count)) FROM model_run_replaced WHERE run_id = model_run.id) AS replaced FROM model_run`;

/** A run from its row. */
export function toRun(row: unknown): ModelRun {
  const startNs = optionalNanoseconds(row, 'window_start_ns');
  const endNs = optionalNanoseconds(row, 'window_end_ns');
  const stored = storedParameters(JSON.parse(text(row, 'parameters')));
  const setHash = optionalText(row, 'set_hash');
  const replaced = JSON.parse(text(row, 'replaced')) as ReplacedPicks[];
  const window = startNs === undefined || endNs === undefined ? undefined : { startNs, endNs };
  return {
    id: integer(row, 'id'),
    modelId: text(row, 'model_id'),
    modelVersion: text(row, 'model_version'),
    modelSha256: text(row, 'model_sha256'),
    programVersion: text(row, 'program_version'),
    parameters: { ...stored, streams: stored.streams, window },
    state: text(row, 'state') as ModelRun['state'],
    startedNs: nanoseconds(row, 'started_ns'),
    finishedNs: optionalNanoseconds(row, 'finished_ns'),
    pickCount: integer(row, 'pick_count'),
    ...(setHash !== undefined && { setHash }),
    ...(replaced.length > 0 && { replaced }),
    ...storedTold(JSON.parse(text(row, 'skipped'))),
  };
}

/** Runs of the first projects kept only what was skipped, as a list. */
function storedTold(json: unknown): Pick<ModelRun, 'skipped' | 'notes'> {
  if (Array.isArray(json)) return { skipped: json as SkippedStream[], notes: [] };
  return json as Pick<ModelRun, 'skipped' | 'notes'>;
}

type StoredParameters = Omit<RunParameters, 'window' | 'streams'> & {
  readonly streams?: readonly string[];
};

/** Parameters as they are kept, and as the first projects kept them. */
function storedParameters(json: unknown): StoredParameters {
  if (isFirstParameters(json)) return fromFirstParameters(json);
  const stored = json as StoredParameters;
  // No filter is not written at all.
  return { ...stored, settings: { ...stored.settings, filter: stored.settings.filter } };
}
