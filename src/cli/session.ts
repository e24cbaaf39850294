import { resolve } from 'node:path';
import { AppError } from '../base/appError.ts';
import {
  type Backend,
  type BackendOptions,
  createBackend,
  type ProjectChoice,
} from '../backend/createBackend.ts';
import type { FileRef, Job } from '../contract/messages/session.ts';
import { memoryTransportPair } from '../contract/memoryTransport.ts';
import { Client } from '../contract/rpc.ts';
import { onInterrupt } from './interrupt.ts';
import { ProgressLine, say } from './output.ts';

/** A backend in this process and a client of it. */
export class Session {
  readonly client: Client;
  readonly #backend: Backend;

  private constructor(backend: Backend, client: Client) {
    this.#backend = backend;
    this.client = client;
  }

  static async open(options: BackendOptions): Promise<Session> {
    const backend = await createBackend(options);
    const [here, there] = memoryTransportPair();
    backend.connect(there);
    const client = new Client(here);
    client.on('session.noticed', ({ level, text, file }) => {
      if (level === 'info') return;
      say(file === undefined || text.includes(file) ? text : `${text} (${file})`);
    });
    return new Session(backend, client);
  }

  /** A reference for a path that the person typed. */
  grant(path: string): FileRef {
    return this.#backend.grants.grant(resolve(path));
  }

  /**
   * Starts a job and follows it to its end with progress on stderr; an interrupt cancels it and keeps what
   * is done. Throws when it failed.
   */
  async follow(start: () => Promise<{ jobId: string }>): Promise<Job> {
    const line = new ProgressLine();
    const seen = new Map<string, Job>();
    const ended = Promise.withResolvers<Job>();
    let jobId: string | undefined;
    const settle = (): void => {
      const job = jobId === undefined ? undefined : seen.get(jobId);
      if (job?.state === 'running') line.show(job.label, job.done, job.total, job.secondsLeft);
      else if (job !== undefined && job.state !== 'waiting') ended.resolve(job);
    };
    const stop = this.client.on('job.progressed', (job) => {
      seen.set(job.id, job);
      settle();
    });
    let interrupted = false;
    const cancel = (): void => {
      interrupted = true;
      if (jobId !== undefined) void this.client.call('job.cancel', { jobId });
    };
    const listenNoLonger = onInterrupt(cancel);
    try {
      ({ jobId } = await start());
      if (interrupted) cancel();
      // One that had ended before anybody listened.
      for (const job of await this.client.call('job.list', {})) {
        if (!seen.has(job.id)) seen.set(job.id, job);
      }
      settle();
      const job = await ended.promise;
      if (job.state === 'failed') throw new AppError('service', job.detail);
      return job;
    } finally {
      listenNoLonger();
      stop();
      line.end();
    }
  }

  async close(): Promise<void> {
    this.client.close();
    await this.#backend.close();
  }
}

/** Where a command keeps what it makes: a project, made when there is none, or nowhere. */
export function keptIn(path: string | undefined): ProjectChoice {
  return path === undefined ? { kind: 'temporary' } : { kind: 'file', path, create: true };
}

/** Opens a session, works with it and closes it whatever happens. */
export async function withSession(
  options: BackendOptions,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const session = await Session.open(options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
