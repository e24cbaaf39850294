import { basename } from 'node:path';
import { AppError, messageOf } from '../../base/appError.ts';
import type { Args, Handlers } from '../../contract/api.ts';
import type { ModelImportAnswers } from '../../contract/messages/models.ts';
import type { FileRef } from '../../contract/messages/session.ts';
import type { ModelImport, ModelVerification } from '../../domain/event/modelPack.ts';
import type { JobControl } from '../../jobs/jobQueue.ts';
import type { BackendContext } from '../context.ts';
import { type Candidate, gather } from '../modelImport/gather.ts';
import { installPack, readVectors, removePack, tidyImports } from '../modelImport/install.ts';
import { type VerifyTools, verifyPack } from '../modelImport/verify.ts';

type LibraryCalls =
  | 'model.recognise'
  | 'model.import'
  | 'model.importReport'
  | 'model.verify'
  | 'model.verifyReport'
  | 'model.remove';

const LANE = 'library';
const REPORTS_KEPT = 20;

/** What a job found, kept for who asks after its end. */
class Reports<T> {
  readonly #byJob = new Map<string, readonly T[]>();

  keep(jobId: string, report: readonly T[]): void {
    this.#byJob.set(jobId, report);
    for (const old of [...this.#byJob.keys()].slice(0, -REPORTS_KEPT)) this.#byJob.delete(old);
  }

  get(jobId: string): T[] {
    const report = this.#byJob.get(jobId);
    if (report) return [...report];
    throw new AppError('not-found', `job ${jobId} has no report; it has not ended or is long past`);
  }
}

/** Models into the library and out of it, and what they answer beside their originals. */
export function libraryHandlers(context: BackendContext): Pick<Handlers, LibraryCalls> {
  const imports = new Reports<ModelImport>();
  const verifications = new Reports<ModelVerification>();
  return {
    'model.recognise': async ({ files }) => {
      const found: FileRef[] = [];
      for (const file of files) {
        const candidates = await gather([context.grants.resolve(file, 'read')]);
        if (candidates.some(({ kind }) => kind !== 'refused')) found.push(file);
      }
      return { files: found };
    },

    'model.import': ({ files, answers }) => {
      const paths = files.map((file) => context.grants.resolve(file, 'read'));
      if (paths.length === 0) throw new AppError('bad-input', 'name a model to import');
      const { id } = context.jobs.start(
        'Import models',
        async (job) => imports.keep(job.id, await importAll(context, paths, answers ?? {}, job)),
        { lane: LANE },
      );
      return Promise.resolve({ jobId: id });
    },

    'model.importReport': ({ jobId }) => Promise.resolve(imports.get(jobId)),

    'model.verify': async (args) => {
      const folders = await foldersOf(context, args);
      const { id } = context.jobs.start(
        'Verify models',
        async (job) => verifications.keep(job.id, await verifyAll(context, folders, job)),
        { lane: LANE, total: folders.length },
      );
      return { jobId: id };
    },

    'model.verifyReport': ({ jobId }) => Promise.resolve(verifications.get(jobId)),

    'model.remove': async ({ modelId }) => {
      await removePack(context.models, modelId);
      context.emit('model.changed', {});
    },
  };
}

function toolsOf({ models, inference }: BackendContext): VerifyTools {
  return { models, inference, readVectors };
}

async function importAll(
  context: BackendContext,
  paths: readonly string[],
  answers: ModelImportAnswers,
  job: JobControl,
): Promise<ModelImport[]> {
  const candidates = await gather(paths);
  if (answers.id !== undefined && candidates.length > 1) {
    throw new AppError(
      'bad-input',
      `${candidates.length} models cannot all be named ${answers.id}; import them one by one`,
    );
  }
  if (context.models.ownFolder !== undefined) await tidyImports(context.models.ownFolder);
  const reports: ModelImport[] = [];
  for (const candidate of candidates) {
    job.signal.throwIfAborted();
    const name = basename(candidate.path);
    job.update({ done: reports.length, total: candidates.length, detail: name });
    reports.push(await importOne(context, candidate, answers, job.signal));
  }
  const installed = reports.filter(({ error }) => error === undefined).length;
  const refused = reports.length - installed;
  job.update({
    done: reports.length,
    detail: `${installed} installed${refused > 0 ? `, ${refused} refused` : ''}`,
  });
  if (installed > 0) context.emit('model.changed', {});
  return reports;
}

/** Installs one model; what is wrong with it is told in the report and costs the others nothing. */
async function importOne(
  context: BackendContext,
  candidate: Candidate,
  answers: ModelImportAnswers,
  signal: AbortSignal,
): Promise<ModelImport> {
  const started = performance.now();
  const name = basename(candidate.path);
  const nothing = { modelId: undefined, title: name, architecture: undefined, parity: undefined };
  let report: Omit<ModelImport, 'error'> = {
    ...nothing,
    files: [name],
    warnings: [],
    convertMs: 0,
  };
  try {
    const { ownFolder } = context.models;
    if (ownFolder === undefined)
      throw new AppError('read-only', 'there is no folder of own models');
    const program = `Onset ${context.programVersion}`;
    const pack = await context.pool.run('readModel', { candidate, answers, program }, { signal });
    const { id, title, architecture, from } = pack;
    report = {
      ...{ files: from, modelId: id, title, architecture, warnings: pack.warnings },
      ...{ parity: undefined, convertMs: performance.now() - started },
    };
    const tools = { ...toolsOf(context), ownFolder };
    return {
      ...report,
      ...(await installPack(tools, pack, answers.replace ?? false)),
      error: undefined,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...report, error: messageOf(error) };
  }
}

async function foldersOf(context: BackendContext, args: Args<'model.verify'>): Promise<string[]> {
  const { modelIds, folders } = args;
  const all = modelIds === undefined && folders === undefined;
  const ids = all ? (await context.models.list()).map(({ id }) => id) : (modelIds ?? []);
  const found: string[] = [];
  for (const id of ids) found.push((await context.models.find(id)).folder);
  for (const folder of folders ?? []) found.push(context.grants.resolve(folder, 'read'));
  return found;
}

async function verifyAll(
  context: BackendContext,
  folders: readonly string[],
  job: JobControl,
): Promise<ModelVerification[]> {
  const reports: ModelVerification[] = [];
  for (const folder of folders) {
    job.signal.throwIfAborted();
    job.update({ done: reports.length, total: folders.length, detail: basename(folder) });
    reports.push(await verifyOne(toolsOf(context), folder));
  }
  job.update({ done: reports.length, detail: `${reports.length} models` });
  return reports;
}

async function verifyOne(tools: VerifyTools, folder: string): Promise<ModelVerification> {
  try {
    return await verifyPack(tools, folder);
  } catch (error) {
    return {
      ...{ modelId: basename(folder), folder, use: undefined, checksum: 'missing' },
      ...{ problem: messageOf(error), parity: undefined },
    };
  }
}
