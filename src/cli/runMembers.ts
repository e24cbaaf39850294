// The run that `onset scan` asks for: of one model, or of several together.

import { AppError } from '../base/appError.ts';
import type { Client } from '../contract/rpc.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Part } from './addWaveforms.ts';
import type { readEnsemble } from './ensembleOptions.ts';
import { sayReport } from './runReport.ts';
import { type ChosenModel, chooseModel, type RunOptionValues, runSettings } from './runOptions.ts';
import { printEstimate } from './scanEstimate.ts';
import type { Session } from './session.ts';

/** What was asked for. */
export interface MembersRequest {
  readonly values: RunOptionValues;
  /** All that were named with --model; undefined stands for the first that is installed. */
  readonly models: readonly (string | undefined)[];
  readonly ensemble: ReturnType<typeof readEnsemble>;
  readonly options: Partial<RunSettings>;
}

export interface Member {
  readonly model: ChosenModel;
  readonly settings: Partial<RunSettings>;
}

/** The models that were asked for. Throws when one is not there or cannot be run so. */
export function chooseMembers(
  session: Session,
  { values, models, options }: MembersRequest,
): Promise<Member[]> {
  return Promise.all(
    models.map(async (given): Promise<Member> => {
      const model = await chooseModel(session, given);
      return { model, settings: runSettings(model, values, options) };
    }),
  );
}

/** The models begin to be loaded, while waveforms are still being read. */
export function prepareMembers({ client }: Session, members: readonly Member[]): void {
  for (const { model } of members) {
    const { modelId, folder } = model;
    // What fails is told by the run.
    client.call('model.prepare', { modelId, ...(folder && { folder }) }).catch(() => undefined);
  }
}

/** Prints what the run would take. */
export async function estimateMembers(
  session: Session,
  request: MembersRequest,
  members: readonly Member[],
  part: Part,
): Promise<void> {
  const { bands, shifts = 1 } = request.ensemble ?? {};
  const times = (bands?.length ?? 1) * shifts;
  await printEstimate(
    session.client,
    part,
    members.map((each) => ({ ...each, times })),
    request.ensemble?.rule,
  );
}

/** The run to its end, or to where it was interrupted. */
export async function runMembers(
  session: Session,
  request: MembersRequest,
  members: readonly Member[],
  part: Part,
): Promise<{ runs: ModelRun[]; cancelled: boolean }> {
  const { client } = session;
  let runId = 0;
  const job = await session.follow(async () => {
    const started = await start(client, request, part, members);
    runId = started.runId;
    return started;
  });
  const run = (await client.call('run.list', {})).find(({ id }) => id === runId);
  if (!run) throw new AppError('bug', `run ${runId} is not in the project`);
  await sayReport(client, run);
  return { runs: [run], cancelled: job.state === 'cancelled' };
}

function start(
  client: Client,
  { ensemble, values }: MembersRequest,
  part: Part,
  members: readonly Member[],
): Promise<{ jobId: string; runId: number }> {
  const allowTestModel = values['allow-test-model'] === true;
  const models = members.map(({ model: { modelId, folder }, settings }) => ({
    ...{ modelId, settings },
    ...(folder !== undefined && { folder }),
  }));
  const [first] = models;
  if (first === undefined) throw new AppError('bug', 'a scan without a model');
  if (ensemble === undefined) {
    return client.call('model.run', { ...first, ...part, allowTestModel });
  }
  // Thresholds asked for are those of the common curve.
  const { thresholds } = values.threshold === undefined ? {} : first.settings;
  const settings = ensemble.rule === 'first' || !thresholds ? undefined : { thresholds };
  return client.call('model.runEnsemble', {
    ...{ ...ensemble, ...part, models, settings, allowTestModel },
  });
}
