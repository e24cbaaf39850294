// One open project: its catalog, its waveforms and the handlers that work on them.

import { existsSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { Handlers } from '../contract/api.ts';
import type { Notice, SessionInfo } from '../contract/messages/session.ts';
import { Catalog } from '../catalog/catalog.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { JobControl } from '../jobs/jobQueue.ts';
import { WaveformStore } from '../waveforms/store.ts';
import type { BackendContext } from './context.ts';
import { annotateHandlers } from './handlers/annotate.ts';
import { archiveHandlers } from './handlers/archive.ts';
import { catalogHandlers } from './handlers/catalog.ts';
import { compareHandlers } from './handlers/compare.ts';
import { ensembleHandlers } from './handlers/ensemble.ts';
import { evaluationHandlers } from './handlers/evaluation.ts';
import { detectorHandlers } from './handlers/detector.ts';
import { exchangeHandlers } from './handlers/exchange.ts';
import { fileHandlers } from './handlers/file.ts';
import { followHandlers } from './handlers/follow.ts';
import { inspectModelHandlers } from './handlers/inspectModel.ts';
import { jobHandlers } from './handlers/job.ts';
import { libraryHandlers } from './handlers/library.ts';
import { modelHandlers } from './handlers/model.ts';
import { providerHandlers } from './handlers/provider.ts';
import { HINT_DISMISSED, type SessionControl, sessionHandlers } from './handlers/session.ts';
import { reviewHandlers } from './handlers/review.ts';
import { setHandlers } from './handlers/set.ts';
import { progressOf, sayRead, sourceHandlers } from './handlers/source.ts';
import { tuningHandlers } from './handlers/tuning.ts';
import { waveformHandlers } from './handlers/waveform.ts';
import {
  cacheFolderOf,
  placeOf,
  type ProjectChoice,
  type ProjectPlace as Place,
  projectTitle,
  removeFolder,
} from './project.ts';
import { samplePlace } from './sampleProject.ts';
import type { UserSettings } from './settings.ts';
import { Sources } from './sources.ts';
import { recordOldRuns } from './tuning/runContent.ts';
import { CurveStore } from './curves/curveStore.ts';
import { tidyCurves } from './curves/tidyCurves.ts';

type Shared = Pick<
  BackendContext,
  'pool' | 'jobs' | 'models' | 'inference' | 'grants' | 'programVersion' | 'scanBlockS' | 'emit'
>;

/** What stays when another project is opened. */
export interface Surroundings extends Shared {
  readonly userFolder: string;
  readonly author: string | undefined;
  readonly exclusive: boolean;
  readonly settings: UserSettings;
  openProject(choice: ProjectChoice): Promise<SessionInfo>;
}

export interface OpenProject {
  readonly path: string;
  readonly catalog: Catalog;
  readonly sources: Sources;
  readonly handlers: Handlers;
  info(): SessionInfo;
  /** Reads in what the choice names; called when the pages have been told of the project. */
  start(): void;
  close(): Promise<void>;
}

/** Opens the project of a choice, or answers `open` when it is that one already. */
export async function openProject(
  choice: ProjectChoice,
  surroundings: Surroundings,
  open: OpenProject | undefined,
): Promise<OpenProject> {
  const place =
    choice.kind === 'sample'
      ? await samplePlace(surroundings.userFolder, surroundings.pool)
      : await placeOf(choice, surroundings.userFolder);
  if (open && existsSync(place.path) && realpathSync(place.path) === open.path) return open;
  try {
    return await assemble(choice, place, surroundings);
  } catch (error) {
    if (place.temporaryFolder !== undefined) await removeFolder(place.temporaryFolder);
    throw error;
  }
}

async function assemble(
  choice: ProjectChoice,
  place: Place,
  surroundings: Surroundings,
): Promise<OpenProject> {
  const { settings, emit } = surroundings;
  let userSettings = await settings.load();
  let author = authorOf(surroundings.author, userSettings);
  const catalog = openCatalog(place, author, surroundings.exclusive);
  const interrupted = catalog.readOnly ? [] : catalog.runs.closeInterrupted();
  if (!catalog.readOnly) recordOldRuns(catalog);
  const store = new WaveformStore();
  const sources = makeSources(catalog, store, surroundings);
  const context: BackendContext = {
    ...surroundings,
    ...{ catalog, store, sources, cacheFolder: cacheFolderOf(catalog.path) },
    get author() {
      return author;
    },
  };
  const info = (): SessionInfo => ({
    programVersion: surroundings.programVersion,
    projectName: projectTitle(catalog.path),
    projectPath: catalog.path,
    isSample: choice.kind === 'sample',
    readOnly: catalog.readOnly,
    readOnlyReason: catalog.readOnlyReason,
    revision: catalog.revision,
    author,
    hintDismissed: userSettings[HINT_DISMISSED] === true,
    dataFolders: surroundings.grants.dataFolders,
  });
  const control: SessionControl = {
    settings,
    info,
    openProject: (next) => surroundings.openProject(next),
    settingsChanged: async () => {
      userSettings = await settings.load();
      author = authorOf(surroundings.author, userSettings);
      catalog.setAuthor(author);
      emit('session.changed', info());
    },
  };
  catalog.onChanged((change) => emit('catalog.changed', change));
  return {
    path: catalog.path,
    catalog,
    sources,
    handlers: handlersOf(context, control),
    info,
    start: () => begin(context, interrupted, waveformsOf(choice, place)),
    close: async () => {
      sources.close();
      store.clear();
      catalog.close();
      if (place.temporaryFolder !== undefined) await removeFolder(place.temporaryFolder);
    },
  };
}

/** What is done once the pages have been told of the project. */
function begin(
  context: BackendContext,
  interrupted: readonly ModelRun[],
  waveforms: readonly string[],
): void {
  const { catalog, emit } = context;
  for (const run of interrupted) emit('session.noticed', interruptedNotice(run, catalog));
  readIn(context, waveforms);
  if (!catalog.readOnly) void tidyCurves(context);
}

function interruptedNotice(run: ModelRun, catalog: Catalog): Notice {
  const done = catalog.runs.finishedSensors(run.id).length;
  const begun = catalog.runs.begunSensors(run.id);
  const more = begun === 0 ? '' : ` and of the first part of ${begun} more`;
  const stations = done === 1 ? '1 station' : `${done} stations`;
  const kept = `the picks of ${stations}${more} are`;
  const text = `A run of ${run.modelId} was interrupted when Onset ended; ${kept} kept. Run the model again with the same parameters and it goes on from there.`;
  return { level: 'warning', text, file: undefined };
}

function handlersOf(context: BackendContext, control: SessionControl): Handlers {
  const curves = new CurveStore(context.cacheFolder);
  return {
    ...sessionHandlers(context, control),
    ...fileHandlers(context),
    ...sourceHandlers(context),
    ...waveformHandlers(context),
    ...modelHandlers(context, curves),
    ...ensembleHandlers(context),
    ...providerHandlers(context),
    ...libraryHandlers(context),
    ...annotateHandlers(context),
    ...followHandlers(context),
    ...archiveHandlers(context),
    ...jobHandlers(context),
    ...catalogHandlers(context),
    ...compareHandlers(context),
    ...inspectModelHandlers(context, curves),
    ...evaluationHandlers(context),
    ...reviewHandlers(context),
    ...tuningHandlers(context, curves),
    ...setHandlers(context, curves),
    ...detectorHandlers(context, curves),
    ...exchangeHandlers(context),
  } satisfies Handlers;
}

/** Throws `read-only` when it must be written and cannot be, with who holds it. */
function openCatalog(place: Place, author: string, exclusive: boolean): Catalog {
  const catalog = Catalog.open(place.path, { author, create: place.create });
  if (exclusive && catalog.readOnlyReason !== undefined) {
    catalog.close();
    throw new AppError('read-only', `${basename(place.path)}: ${catalog.readOnlyReason}`);
  }
  return catalog;
}

/** Who makes the picks: as told, as set, or the name that the system knows. */
function authorOf(told: string | undefined, settings: Readonly<Record<string, unknown>>): string {
  if (told !== undefined) return told;
  if (typeof settings.author === 'string' && settings.author !== '') return settings.author;
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the system's table, as in containers.
    return 'analyst';
  }
}

/** Files are looked at in the order in which they were asked for. */
const READING_LANE = 'sources';

function makeSources(catalog: Catalog, store: WaveformStore, surroundings: Surroundings): Sources {
  const { pool, emit } = surroundings;
  return new Sources({
    pool,
    store,
    repository: catalog.sources,
    readOnly: catalog.readOnly,
    onChange: (revision) => emit('source.changed', { revision }),
  });
}

/** What is read in without being asked for, when the project does not know it yet. */
function waveformsOf(choice: ProjectChoice, place: Place): readonly string[] {
  if (choice.kind === 'sample') return place.waveforms ?? [];
  return choice.kind === 'files' && choice.add ? choice.paths : [];
}

/** Looks at the files that the project knows, then at new ones; a file that is gone costs a notice. */
function readIn(context: BackendContext, paths: readonly string[]): void {
  const { catalog, sources, jobs } = context;
  const options = { lane: READING_LANE };
  const known = catalog.sources.list().length > 0;
  if (known) {
    const look = async (job: JobControl): Promise<void> =>
      sayRead(job, await sources.open(progressOf(context, job)));
    jobs.start('Read the waveforms of the project', look, options);
  }
  if (paths.length > 0 && !known) {
    const add = async (job: JobControl): Promise<void> =>
      sayRead(job, await sources.add(paths, progressOf(context, job)));
    jobs.start('Read waveforms', add, options);
  }
}
