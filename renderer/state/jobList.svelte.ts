import type { Job } from '../../src/contract/messages/session.ts';
import type { Client } from '../../src/contract/rpc.ts';

const isOpen = (job: Job): boolean => job.state === 'running' || job.state === 'waiting';

/** Jobs of this session, newest first. */
export class JobList {
  list = $state.raw<readonly Job[]>([]);
  readonly open = $derived(this.list.filter(isOpen));
  readonly running = $derived(this.list.find((job) => job.state === 'running'));
  readonly #client: Client;
  #ended = new Map<string, (job: Job) => void>();

  constructor(client: Client) {
    this.#client = client;
  }

  async load(): Promise<void> {
    const jobs = await this.#client.call('job.list', {});
    this.list = [...jobs].reverse();
    for (const job of jobs) this.#settle(job);
  }

  /** An event of the backend. */
  progressed(job: Job): void {
    const known = this.list.some((other) => other.id === job.id);
    this.list = known
      ? this.list.map((other) => (other.id === job.id ? job : other))
      : [job, ...this.list];
    this.#settle(job);
  }

  /** Resolves when the job has ended, however it did. */
  ended(jobId: string): Promise<Job> {
    const now = this.list.find((job) => job.id === jobId);
    if (now && !isOpen(now)) return Promise.resolve(now);
    return new Promise((resolve) => this.#ended.set(jobId, resolve));
  }

  async cancel(jobId: string): Promise<void> {
    await this.#client.call('job.cancel', { jobId });
  }

  /** Takes jobs that have ended off the list. */
  clearEnded(): void {
    this.list = this.list.filter(isOpen);
  }

  #settle(job: Job): void {
    if (isOpen(job)) return;
    this.#ended.get(job.id)?.(job);
    this.#ended.delete(job.id);
  }
}
