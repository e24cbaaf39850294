// A sweep of the run that is tuned: what is asked, what it has found so far, and a row of it put to use.

import type { ModelInfo } from '../../src/contract/messages/models.ts';
import type { JobState } from '../../src/contract/messages/session.ts';
import type { Client } from '../../src/contract/rpc.ts';
import {
  gridSize,
  parseSweep,
  type SweepMethod,
  type SweepPoint,
  type SweepSpec,
} from '../../src/domain/evaluation/sweep.ts';
import type { SweepGoal, SweepReport } from '../../src/domain/evaluation/sweepReport.ts';
import { combinationOf } from '../../src/domain/event/ensemble.ts';
import type { RunParameters } from '../../src/domain/event/modelRun.ts';
import { changedCombination, changedSettings } from '../../src/domain/parameterSet/setChanges.ts';
import { needsInference } from '../../src/domain/parameterSet/settingsWith.ts';
import { messageOf } from '../../src/base/appError.ts';
import type { JobList } from './jobList.svelte.ts';
import type { Tuning } from './tuning.svelte.ts';
import type { TuningScore } from './tuningScore.svelte.ts';

/** What a sweep needs of the page. */
export interface SweepHost {
  readonly client: Client;
  readonly jobs: JobList;
  readonly models: readonly ModelInfo[];
  readonly tuning: Tuning;
  readonly tuningScore: TuningScore;
}

/** A parameter as a person writes it: `0.1 to 0.9 by 0.1`, or `avg, max`. */
export interface SweepParameter {
  readonly name: string;
  readonly values: string;
}

const PAGE = 1000;
/** How often a running sweep is asked for its new rows. */
const POLL_MS = 500;

export class SweepBench {
  method = $state<SweepMethod>('grid');
  n = $state(40);
  seed = $state(1);
  goal = $state<SweepGoal>('all');
  parameters = $state.raw<readonly SweepParameter[]>([]);
  report = $state.raw<SweepReport | undefined>(undefined);
  jobId = $state<string | undefined>(undefined);
  chosen = $state<number | undefined>(undefined);
  readonly #app: SweepHost;

  constructor(app: SweepHost) {
    this.#app = app;
  }

  /** What would be tried, or why it cannot be. */
  readonly spec = $derived.by((): { spec: SweepSpec; points: number } | { problem: string } => {
    try {
      const { method, n, seed } = this;
      const spec = parseSweep({ method, n, seed, parameters: parametersOf(this.parameters) });
      const run = this.#app.tuning.run;
      if (run) checkValues(run.parameters, spec);
      const size = gridSize(spec.parameters);
      return { spec, points: method === 'grid' ? size : Math.min(n, size) };
    } catch (error) {
      return { problem: messageOf(error) };
    }
  });
  /** Parameters that the kept curves cannot answer. */
  readonly withNetwork = $derived.by(() => {
    const settings = this.#app.tuning.run?.parameters.settings;
    if (!settings) return [];
    return this.parameters.map(({ name }) => name).filter((name) => needsInference(name, settings));
  });
  readonly state = $derived.by((): JobState | undefined => {
    return this.#app.jobs.list.find(({ id }) => id === this.jobId)?.state;
  });
  /** Why the last sweep ended before its time, and what stands. */
  readonly problem = $derived.by((): string => {
    const job = this.#app.jobs.list.find(({ id }) => id === this.jobId);
    if (job?.state !== 'failed') return '';
    const done = this.report?.total ?? 0;
    return `The sweep stopped: ${job.detail}. ${done === 0 ? 'No set was scored.' : `The ${done} sets below were scored and stand.`}`;
  });
  /** Until its last rows are here. */
  readonly running = $derived(
    this.state === 'running' ||
      this.state === 'waiting' ||
      (this.report !== undefined && !this.report.ended),
  );

  /** Begins with the thresholds of the run. */
  open(): void {
    if (this.parameters.length > 0) return;
    this.parameters = this.#app.tuning.labels.map((name) => {
      return { name, values: '0.1 to 0.9 by 0.1' };
    });
  }

  async start(): Promise<void> {
    const { run } = this.#app.tuning;
    const { reference, tolerance } = this.#app.tuningScore;
    if (!run || !reference || 'problem' in this.spec) return;
    const model = this.#app.models.find(({ id }) => id === run.modelId);
    const { jobId } = await this.#app.client.call('tuning.sweep', {
      ...{ runId: run.id, reference: reference.ref, tolerance, goal: this.goal },
      ...{ sweep: this.spec.spec, withinData: true },
      // A person has let it run before.
      ...(model && model.use !== 'picking' ? { allowTestModel: true } : {}),
    });
    this.jobId = jobId;
    this.report = undefined;
    this.chosen = undefined;
    await this.#follow(jobId);
  }

  async cancel(): Promise<void> {
    if (this.jobId !== undefined) await this.#app.jobs.cancel(this.jobId);
  }

  /** Turns the sliders to a row's values; what needs the network waits for a run. */
  apply(point: SweepPoint): void {
    const { tuning } = this.#app;
    const settings = tuning.run?.parameters.settings;
    if (!settings) return;
    const { thresholds, pickRule, ...rest } = changedSettings(settings, { point });
    const { ensemble } = tuning.run?.parameters ?? {};
    const own = ensemble && combinationOf(ensemble);
    const combination = own && changedCombination(own, { point }, ensemble.members.length);
    tuning.change({ thresholds, pickRule, ensemble: combination });
    tuning.rerun = Object.fromEntries(
      Object.keys(point).flatMap((name) => {
        const [area = ''] = name.split('.');
        return needsInference(name, settings) ? [[area, rest[area as keyof typeof rest]]] : [];
      }),
    );
  }

  async #follow(jobId: string): Promise<void> {
    for (;;) {
      const report = await this.#whole(jobId);
      if (this.jobId !== jobId) return;
      this.report = report;
      if (report.ended) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** What is there by now: rows that are at hand are not asked for again. */
  async #whole(jobId: string): Promise<SweepReport> {
    const rows = [...(this.jobId === jobId ? (this.report?.rows ?? []) : [])];
    for (;;) {
      const page = await this.#app.client.call('tuning.sweepReport', {
        ...{ jobId, offset: rows.length, limit: PAGE },
      });
      rows.push(...page.rows);
      if (page.rows.length === 0 || rows.length >= page.total) return { ...page, offset: 0, rows };
    }
  }
}

/** Numbers, words, or a range. */
export function parametersOf(written: readonly SweepParameter[]): Record<string, unknown> {
  return Object.fromEntries(
    written.map(({ name, values }) => {
      const range = /^\s*(\S+)\s+to\s+(\S+)\s+by\s+(\S+)\s*$/.exec(values);
      if (range) {
        const [from, to, step] = range.slice(1).map(Number);
        return [name, { from, to, step }];
      }
      return [name, values.split(',').flatMap(valueOf)];
    }),
  );
}

function valueOf(text: string): (number | string | boolean)[] {
  const word = text.trim();
  if (word === '') return [];
  if (word === 'true' || word === 'false') return [word === 'true'];
  const number = Number(word);
  return [Number.isNaN(number) ? word : number];
}

function checkValues({ settings, ensemble }: RunParameters, { parameters }: SweepSpec): void {
  const own = ensemble && combinationOf(ensemble);
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of values.slice(0, 1000)) {
      const point = { [name]: value };
      changedSettings(settings, { point });
      if (own) changedCombination(own, { point }, ensemble.members.length);
    }
  }
}
