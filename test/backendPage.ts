// For tests that use a real backend as a page does.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { AppError } from '../src/base/appError.ts';
import { addSeconds, epochNs } from '../src/base/time.ts';
import type { Args, CallName, Reply } from '../src/contract/api.ts';
import type { Job, Notice } from '../src/contract/messages/session.ts';
import { memoryTransportPair } from '../src/contract/memoryTransport.ts';
import { Client } from '../src/contract/rpc.ts';
import type { PickContent } from '../src/domain/event/pick.ts';
import { parseNslc } from '../src/domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../src/formats/miniseed/write2.ts';
import { type Backend, type BackendOptions, createBackend } from '../src/backend/createBackend.ts';

export const START = epochNs(1_700_000_000_000_000_000n);
export const RATE_HZ = 100;
const SECONDS = 90;
export const CHANNELS = ['HHZ', 'HHN', 'HHE'];
export const window = { startNs: START, endNs: addSeconds(START, SECONDS) };

/** Noise with one onset, from a fixed seed: something that can be filtered, picked and drawn. */
function noise(seed: number): Int32Array {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Int32Array.from({ length: SECONDS * RATE_HZ }, (_, i) => {
    const onset = i > 4000 ? 3000 * Math.exp((4000 - i) / 800) : 0;
    return Math.round(200 * random() + onset * Math.sin(i / 3));
  });
}

/** Ninety seconds of `XX.STATION..CHANNEL` as a miniSEED file. */
export function mseed(channel: string, station = 'ABC'): Uint8Array {
  const stream = parseNslc(`XX.${station}..${channel}`);
  const samples = noise(CHANNELS.indexOf(channel) + 1);
  return writeMiniseed2([{ stream, startNs: START, sampleRateHz: RATE_HZ, samples }]);
}

/** A page: remembers which calls it made. */
export class Page {
  readonly backend: Backend;
  readonly client: Client;
  readonly called = new Set<CallName>();
  readonly notices: Notice[] = [];
  readonly #jobs = new Map<string, Job>();

  constructor(backend: Backend) {
    this.backend = backend;
    const [here, there] = memoryTransportPair();
    backend.connect(there);
    this.client = new Client(here);
    this.client.on('job.progressed', (job) => this.#jobs.set(job.id, job));
    this.client.on('session.noticed', (notice) => this.notices.push(notice));
  }

  call<N extends CallName>(name: N, args: Args<N>): Promise<Reply<N>> {
    this.called.add(name);
    return this.client.call(name, args);
  }

  async ended(jobId: string): Promise<Job> {
    for (const job of await this.call('job.list', {})) this.#jobs.set(job.id, job);
    for (;;) {
      const job = this.#jobs.get(jobId);
      if (job && !['waiting', 'running'].includes(job.state)) return job;
      await new Promise<void>((resolve) => {
        const stop = this.client.on('job.progressed', () => {
          stop();
          resolve();
        });
      });
    }
  }

  /** Until nothing runs any more. */
  async settled(): Promise<void> {
    for (const { id } of await this.call('job.list', {})) await this.ended(id);
  }

  async addFiles(...refs: string[]): Promise<Job> {
    return this.ended((await this.call('source.add', { files: refs })).jobId);
  }
}

/** The AppError that a promise is rejected with; anything else fails the test. */
export const failure = async (promise: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await promise.then(
    () => new Error('it was fulfilled'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
};

export const manualPick: PickContent = {
  stream: parseNslc('XX.ABC..HHZ'),
  time: addSeconds(START, 40),
  lowerUncertaintyS: 0.05,
  upperUncertaintyS: 0.05,
  phase: 'P',
  polarity: undefined,
  onset: undefined,
  weight: undefined,
  probability: undefined,
  filter: undefined,
};

/** Data and backends of one test file, in a folder of its own; each test's backends are closed behind it. */
export function temporaryBackends(): {
  readonly folder: string;
  /** Holds `day/` with a file for each of `CHANNELS`. */
  readonly data: string;
  readonly backends: Backend[];
  freshPath(): string;
  start(options?: Partial<BackendOptions>): Promise<Page>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'onset-backend-'));
  const data = join(folder, 'data');
  const backends: Backend[] = [];
  let projects = 0;
  const freshPath = (): string => join(folder, `project-${++projects}.onset`);
  mkdirSync(join(data, 'day'), { recursive: true });
  for (const channel of CHANNELS)
    writeFileSync(join(data, 'day', `${channel}.mseed`), mseed(channel));
  afterEach(async () => {
    for (const backend of backends.splice(0)) await backend.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function start(options: Partial<BackendOptions> = {}): Promise<Page> {
    const backend = await createBackend({
      project: { kind: 'file', path: freshPath(), create: true },
      dataFolders: [data],
      userFolder: join(folder, 'user'),
      author: 'analyst',
      workers: 1,
      ...options,
    });
    backends.push(backend);
    return new Page(backend);
  }
  return { folder, data, backends, freshPath, start };
}
