import { AppError, messageOf } from '../base/appError.ts';

export type JobState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

/** What is shown of a job; the same shape as `Job` of the contract. */
export interface JobView {
  readonly id: string;
  readonly label: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | undefined;
  readonly detail: string;
  readonly cancelLabel: string;
}

export type JobUpdate = Partial<
  Pick<JobView, 'label' | 'done' | 'total' | 'detail' | 'cancelLabel'>
>;

/** What the work of a job sees of it. */
export interface JobControl {
  readonly id: string;
  readonly signal: AbortSignal;
  update(change: JobUpdate): void;
}

export interface JobOptions {
  readonly total?: number;
  readonly detail?: string;
  readonly cancelLabel?: string;
  /** Jobs of one lane run one after another; without a lane at once. */
  readonly lane?: string;
}

interface JobEntry {
  view: JobView;
  readonly controller: AbortController;
  readonly lane: string | undefined;
  /** Wall time in ms when it began to run. */
  startedMs: number;
  begin: () => void;
}

const FINISHED_KEPT = 20;
const EVENT_INTERVAL_MS = 100;

/** Long work with a name, progress, time left and a way to stop it. Progress is told at most ten times a second. */
export class JobQueue {
  readonly #entries = new Map<string, JobEntry>();
  readonly #listeners = new Set<(job: JobView) => void>();
  readonly #untold = new Set<string>();
  readonly #nowMs: () => number;
  #nextId = 1;
  #timer: NodeJS.Timeout | undefined;
  #toldMs = -Infinity;
  #idleWaiters: (() => void)[] = [];

  constructor(options: { nowMs?: () => number } = {}) {
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /**
   * Starts `work`, or queues it in its lane. `finished` gives the job's last view and never rejects:
   * a cancelled or failed job says so in `state` and `detail`.
   */
  start(
    label: string,
    work: (job: JobControl) => Promise<void>,
    options: JobOptions = {},
  ): { readonly id: string; readonly finished: Promise<JobView> } {
    const id = `job-${this.#nextId++}`;
    const { lane, total = 0, detail = '', cancelLabel = 'Cancel' } = options;
    const view: JobView = {
      ...{ id, label, state: 'waiting', done: 0, total },
      ...{ secondsLeft: undefined, detail, cancelLabel },
    };
    const controller = new AbortController();
    const finished = new Promise<JobView>((resolve) => {
      const entry: JobEntry = { view, controller, lane, startedMs: 0, begin: () => undefined };
      entry.begin = () => void this.#perform(entry, work).then(resolve);
      this.#entries.set(id, entry);
    });
    this.#tell(id);
    this.#beginWaiting();
    return { id, finished };
  }

  /** Running and waiting jobs and the last finished ones, in order of their start. */
  list(): JobView[] {
    return [...this.#entries.values()].map((entry) => entry.view);
  }

  /** Asks a job to stop; what it finished stays. Stopping a finished job does nothing. Throws `not-found`. */
  cancel(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) throw new AppError('not-found', `There is no job ${id}; it may have ended`);
    if (isFinished(entry.view.state)) return;
    entry.controller.abort();
    if (entry.view.state === 'waiting') entry.begin();
  }

  cancelAll(): void {
    for (const { view } of this.#entries.values()) this.cancel(view.id);
  }

  /** Hears of every job that changed. Returns how to stop hearing. */
  onProgress(listener: (job: JobView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get idle(): boolean {
    return [...this.#entries.values()].every((entry) => isFinished(entry.view.state));
  }

  async whenIdle(): Promise<void> {
    while (!this.idle) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #beginWaiting(): void {
    const busy = new Set<string>();
    for (const { view, lane } of this.#entries.values()) {
      if (view.state === 'running' && lane !== undefined) busy.add(lane);
    }
    for (const entry of this.#entries.values()) {
      if (entry.view.state !== 'waiting') continue;
      if (entry.lane !== undefined && busy.has(entry.lane)) continue;
      if (entry.lane !== undefined) busy.add(entry.lane);
      entry.begin();
    }
  }

  async #perform(entry: JobEntry, work: (job: JobControl) => Promise<void>): Promise<JobView> {
    const { id } = entry.view;
    const { signal } = entry.controller;
    entry.startedMs = this.#nowMs();
    if (signal.aborted) {
      this.#change(entry, { state: 'cancelled' });
    } else {
      this.#change(entry, { state: 'running' });
      try {
        await work({ id, signal, update: (change) => this.#progress(entry, change) });
        this.#change(entry, { state: signal.aborted ? 'cancelled' : 'done' });
      } catch (error) {
        const stopped = signal.aborted || (error instanceof AppError && error.code === 'cancelled');
        this.#change(
          entry,
          stopped ? { state: 'cancelled' } : { state: 'failed', detail: messageOf(error) },
        );
      }
    }
    this.#change(entry, { secondsLeft: undefined });
    // Somebody waits for the end; only what lies between may be merged.
    this.#tellNow();
    this.#forgetOldest();
    this.#beginWaiting();
    if (this.idle) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    return entry.view;
  }

  #progress(entry: JobEntry, change: JobUpdate): void {
    if (isFinished(entry.view.state)) return;
    const { done, total } = { ...entry.view, ...change };
    const elapsedS = (this.#nowMs() - entry.startedMs) / 1000;
    // An estimate from the first moments would only jump about.
    const known = elapsedS >= 1 && done > 0 && total > done;
    const secondsLeft = known ? (elapsedS * (total - done)) / done : undefined;
    this.#change(entry, { ...change, secondsLeft });
  }

  #change(entry: JobEntry, change: Partial<JobView>): void {
    entry.view = { ...entry.view, ...change };
    this.#tell(entry.view.id);
  }

  #tell(id: string): void {
    this.#untold.add(id);
    if (this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#toldMs + EVENT_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  #tellNow(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), 0);
  }

  #flush(): void {
    this.#timer = undefined;
    this.#toldMs = performance.now();
    const ids = [...this.#untold];
    this.#untold.clear();
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (!entry) continue;
      for (const listener of this.#listeners) listener(entry.view);
    }
  }

  #forgetOldest(): void {
    const finished = this.list().filter((view) => isFinished(view.state));
    for (const view of finished.slice(0, Math.max(0, finished.length - FINISHED_KEPT))) {
      if (!this.#untold.has(view.id)) this.#entries.delete(view.id);
    }
  }
}

function isFinished(state: JobState): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}
