// Composition: one backend, any number of pages. What belongs to a project (catalog, store, sources) is
// made anew for each project that is opened, and the table of handlers with it.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  api,
  type CallName,
  type EventName,
  type Handlers,
  type Payload,
} from '../contract/api.ts';
import type { Notice, SessionInfo } from '../contract/messages/session.ts';
import type { Hello, SeenRevisions } from '../contract/frames.ts';
import { type Connection, serve, type ServerEvent } from '../contract/serve.ts';
import type { Transport } from '../contract/transport.ts';
import { JobQueue } from '../jobs/jobQueue.ts';
import { FileGrants } from './grants.ts';
import { InferenceClient, type StartInference } from './inference/inferenceClient.ts';
import { openModelRegistry } from './modelFiles.ts';
import { type OpenProject, openProject, type Surroundings } from './openProject.ts';
import { startPool } from './pool.ts';
import type { ProjectChoice } from './project.ts';
import { resourcesFolder } from './resources.ts';
import { UserSettings } from './settings.ts';
import { startInference } from './inference/startInference.ts';
import { userDataFolder } from './userFolder.ts';

export type { ProjectChoice } from './project.ts';

/** Notices kept for the first page: of files that are gone, for instance. */
const UNHEARD_KEPT = 50;

export interface BackendOptions {
  readonly project: ProjectChoice;
  /** Folders whose files a page may name. */
  readonly dataFolders?: readonly string[];
  /** Refuse a project that another Onset holds, instead of opening it to be read. */
  readonly exclusive?: boolean | undefined;
  /** Threads that decode and that run the model; one for each core when undefined. */
  readonly workers?: number | undefined;
  readonly startInference?: StartInference;
  /** Settings, sample and own models; by the customs of the system when undefined. */
  readonly userFolder?: string;
  /** Length of the blocks in which runs are stored; the usual one when undefined. */
  readonly scanBlockS?: number;
  /** Who makes the picks; the settings and the name of the user when undefined. */
  readonly author?: string;
}

export interface ConnectOptions {
  /** What the page must know; undefined where the pipe itself proves who is at its end. */
  readonly token?: string;
  /** Called once the page's greeting was accepted. */
  readonly onOpen?: () => void;
}

export interface Backend {
  readonly handlers: Handlers;
  readonly grants: FileGrants;
  /** Serves one page until its pipe closes. */
  connect(transport: Transport, options?: ConnectOptions): Connection;
  emit<N extends EventName>(name: N, payload: Payload<N>): void;
  /** Opens another project in place of the one that is open; all pages are told. */
  openProject(choice: ProjectChoice): Promise<SessionInfo>;
  /** Resolves when nothing runs any more and the project is closed. */
  close(): Promise<void>;
}

/** Opens a project and stands ready. Throws what opening the project throws. */
export async function createBackend(options: BackendOptions): Promise<Backend> {
  const userFolder = options.userFolder ?? userDataFolder();
  const backend = new RunningBackend(options, userFolder, await programVersion());
  try {
    await backend.openProject(options.project);
  } catch (error) {
    await backend.close();
    throw error;
  }
  return backend;
}

async function programVersion(): Promise<string> {
  const text = await readFile(join(resourcesFolder(), '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}

class RunningBackend implements Backend {
  readonly handlers: Handlers;
  readonly grants: FileGrants;
  readonly #surroundings: Surroundings;
  readonly #connections = new Map<Transport, Connection>();
  #project: OpenProject | undefined;
  #instance = randomUUID();
  #unheard: Notice[] = [];
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: BackendOptions, userFolder: string, version: string) {
    this.grants = new FileGrants(options.dataFolders ?? []);
    const jobs = new JobQueue();
    jobs.onProgress((job) => this.emit('job.progressed', job));
    const { workers } = options;
    this.#surroundings = {
      userFolder,
      programVersion: version,
      author: options.author,
      exclusive: options.exclusive ?? false,
      scanBlockS: options.scanBlockS,
      grants: this.grants,
      jobs,
      pool: startPool(workers === undefined ? {} : { size: workers }),
      models: openModelRegistry(join(userFolder, 'models')),
      inference: new InferenceClient(options.startInference ?? startInference, workers),
      settings: new UserSettings(join(userFolder, 'settings.json'), (text, file) =>
        this.emit('session.noticed', { level: 'warning', text, file }),
      ),
      emit: (name, payload) => this.emit(name, payload),
      openProject: (choice) => this.openProject(choice),
    };
    this.handlers = forwarding(() => this.#open().handlers);
  }

  connect(transport: Transport, options: ConnectOptions = {}): Connection {
    const connection = serve(transport, this.handlers, {
      token: options.token,
      onOpen: options.onOpen,
      instance: this.#instance,
      greeting: (hello) => this.#greeting(hello),
    });
    this.#connections.set(transport, connection);
    transport.onClose(() => this.#connections.delete(transport));
    return connection;
  }

  emit<N extends EventName>(name: N, payload: Payload<N>): void {
    if (name === 'session.noticed' && this.#connections.size === 0) {
      this.#unheard = [...this.#unheard, payload as Notice].slice(-UNHEARD_KEPT);
    }
    for (const connection of this.#connections.values()) connection.emit(name, payload);
  }

  /** One at a time; the old project is closed only when the new one is open. */
  openProject(choice: ProjectChoice): Promise<SessionInfo> {
    const opened = this.#opening.then(() => this.#replaceProject(choice));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async close(): Promise<void> {
    await this.#opening;
    const { pool, inference } = this.#surroundings;
    await this.#endJobs();
    for (const connection of this.#connections.values()) connection.close();
    inference.dispose();
    await pool.close();
    await this.#project?.close();
    this.#project = undefined;
  }

  async #replaceProject(choice: ProjectChoice): Promise<SessionInfo> {
    const before = this.#project;
    const next = await openProject(choice, this.#surroundings, before);
    if (next === before) return before.info();
    if (before) {
      await this.#endJobs();
      // Another instance for those who come back: no revision they have seen counts any more.
      this.#instance = randomUUID();
    }
    this.#project = next;
    await before?.close();
    for (const event of this.#missed({}, false)) this.emit(event.name, event.payload as never);
    next.start();
    return next.info();
  }

  async #endJobs(): Promise<void> {
    const { jobs } = this.#surroundings;
    jobs.cancelAll();
    while (!jobs.idle) {
      await new Promise<void>((resolve) => {
        const stop = jobs.onProgress(() => {
          stop();
          resolve();
        });
      });
    }
  }

  #open(): OpenProject {
    if (!this.#project) throw new Error('bug: a call before a project is open');
    return this.#project;
  }

  /** A page that comes back asks again for what changed; the first one hears what was said to nobody. */
  #greeting({ instance, seen }: Hello): ServerEvent[] {
    const notices = this.#unheard.splice(0).map((payload) => {
      return { name: 'session.noticed' as const, payload };
    });
    return instance === undefined
      ? notices
      : [...this.#missed(seen, instance === this.#instance), ...notices];
  }

  /** What tells a page that comes back, or one whose project was replaced, to ask again. */
  #missed(seen: SeenRevisions, sameInstance: boolean): ServerEvent[] {
    const { catalog, sources, info } = this.#open();
    const jobs = this.#surroundings.jobs.list();
    const events: ServerEvent[] = [{ name: 'session.changed', payload: info() }];
    const sourceRevision = sources.revision;
    if (!sameInstance || seen['source.changed'] !== sourceRevision) {
      events.push({ name: 'source.changed', payload: { revision: sourceRevision } });
    }
    const revision = catalog.revision;
    const since = sameInstance ? (seen['catalog.changed'] ?? 0) : 0;
    if (!sameInstance || since !== revision) {
      const { tables } = catalog.changedSince(since);
      events.push({
        name: 'catalog.changed',
        payload: { revision, tables, undo: catalog.undoState },
      });
    }
    return [...events, ...jobs.map((payload) => ({ name: 'job.progressed' as const, payload }))];
  }
}

/** A table that stays while the project, and with it the handlers, are replaced. */
function forwarding(current: () => Handlers): Handlers {
  const names = Object.entries(api).flatMap(([name, { kind }]) => (kind === 'call' ? [name] : []));
  const forward = (name: CallName) => (args: never, signal: AbortSignal) =>
    current()[name](args, signal);
  return Object.fromEntries(
    names.map((name) => [name, forward(name as CallName)]),
  ) as unknown as Handlers;
}
