// A sweep: parameters tried one after another, each scored against the reference, as a job of a lane of its own.

import { AppError } from '../../base/appError.ts';
import type { Args, Reply } from '../../contract/api.ts';
import {
  parseSweep,
  type SweepPoint,
  type SweepRow,
  type SweepSpec,
} from '../../domain/evaluation/sweep.ts';
import type {
  PerPhase,
  SweepGoal,
  SweepReport,
  SweepScores,
} from '../../domain/evaluation/sweepReport.ts';
import type { ScoreReport } from '../../domain/evaluation/score.ts';
import type { ThresholdSuggestion } from '../../domain/evaluation/thresholdCurve.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import { type Combination, combinationOf } from '../../domain/event/ensemble.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { RepickedRun } from '../../domain/event/repick.ts';
import { contentJson, hashContent } from '../../domain/parameterSet/parameterSet.ts';
import {
  changedCombination,
  changedContent,
  changedSettings,
  isOfEnsemble,
} from '../../domain/parameterSet/setChanges.ts';
import { paretoFront } from '../../evaluation/paretoFront.ts';
import { commonCoverage, coverageOf, observedSeconds } from '../../evaluation/selectPicks.ts';
import { runSweep, type Trial } from '../../evaluation/sweep/runSweep.ts';
import type { JobControl } from '../../jobs/jobQueue.ts';
import type { BackendContext } from '../context.ts';
import type { Repicker } from '../curves/repick.ts';
import { readPicks, runPicks } from '../evaluation/readPicks.ts';
import type { ScoreRequest } from '../evaluation/scoreSets.ts';
import { lockedWords, leakOf, lockOf, tuningPart } from './lockedPart.ts';
import { repickedPicks } from './repickedPicks.ts';
import { contentOfRun, sha256 } from './runContent.ts';
import { SweepCurves } from './sweepCurves.ts';

/** The lowest threshold that suggestions look at, unless the sweep itself goes lower. */
const SUGGEST_FROM = 0.1;
const MOST_ROWS = 1000;

/** Everything a sweep has found so far. */
export class Sweep {
  readonly #context: BackendContext;
  readonly #repicker: Repicker;
  readonly #run: ModelRun;
  readonly #spec: SweepSpec;
  readonly #goal: SweepGoal;
  readonly #allowTestModel: boolean;
  /** With the picks of the run in the place of those of each point. */
  readonly #request: ScoreRequest;
  readonly #observedS: number | undefined;
  readonly #locked: number;
  readonly #warnings: readonly string[];
  readonly #rows: SweepRow<SweepScores>[] = [];
  #suggestions: readonly ThresholdSuggestion[] = [];
  #suggestedFrom: Readonly<Record<string, number>> = {};
  #made: ReadonlySet<string> = new Set();
  #ended = false;

  /** Throws `bad-input` for parameters the run does not have, and what reading the reference throws. */
  static async prepare(
    context: BackendContext,
    repicker: Repicker,
    args: Args<'tuning.sweep'>,
    signal: AbortSignal,
  ): Promise<Sweep> {
    const { runId, reference, tolerance, sweep, withinData } = args;
    const { catalog } = context;
    const run = catalog.runs.get(runId);
    if (run === undefined) throw new AppError('not-found', `there is no run ${runId}`);
    if (run.state === 'running') {
      throw new AppError('bad-input', `run ${runId} has not ended yet; wait for it, then sweep`);
    }
    if (run.parameters.detector) {
      throw new AppError(
        'bad-input',
        'a classic detector has no thresholds to sweep; name a run of a model',
      );
    }
    const spec = parseSweep(sweep);
    checkNames(run, spec);
    const references = await readPicks(context, reference, 'reference', signal);
    const request: ScoreRequest = {
      ...{ reference: references.set, picks: runPicks(catalog, runId) },
      tolerance: checkTolerance(tolerance),
      reviewedOnly: references.kind === 'catalog',
      withRejected: true,
      coverage: withinData ? coverageOf(context.sources.streams()) : undefined,
    };
    return new Sweep(context, repicker, { ...args, run, spec, request });
  }

  private constructor(
    context: BackendContext,
    repicker: Repicker,
    asked: Pick<Args<'tuning.sweep'>, 'goal' | 'allowTestModel'> & {
      readonly run: ModelRun;
      readonly spec: SweepSpec;
      readonly request: ScoreRequest;
    },
  ) {
    this.#context = context;
    this.#repicker = repicker;
    this.#run = asked.run;
    this.#spec = asked.spec;
    this.#goal = asked.goal ?? 'all';
    this.#allowTestModel = asked.allowTestModel === true;
    const { request, locked } = tuningPart(asked.request, lockOf(context.catalog));
    this.#request = request;
    this.#locked = locked;
    this.#observedS = observedOf(request);
    this.#warnings = [...request.reference.warnings, ...lockedWords(locked)];
  }

  start(): Reply<'tuning.sweep'> {
    const planned = this.#planned;
    const { id: jobId } = this.#context.jobs.start(
      `Sweep of ${this.#run.modelId}`,
      (job) => this.#perform(job),
      { lane: 'sweep', total: planned },
    );
    return { jobId, planned };
  }

  report(offset: number, limit: number): SweepReport {
    const most = Math.min(Math.max(0, limit), MOST_ROWS);
    return {
      ...{ runId: this.#run.id, goal: this.#goal, names: Object.keys(this.#spec.parameters) },
      rows: this.#rows.slice(offset, offset + most),
      ...{ offset, total: this.#rows.length, planned: this.#planned, ended: this.#ended },
      best: this.#best(),
      front: this.#front(),
      suggestions: this.#suggestions,
      suggestedFrom: this.#suggestedFrom,
      locked: this.#locked,
      leakText: leakOf(this.#context.catalog),
      warnings: [...this.#warnings, ...this.#made],
    };
  }

  get #planned(): number {
    const { method, n, parameters } = this.#spec;
    const size = Object.values(parameters).reduce((all, values) => all * values.length, 1);
    return method === 'grid' ? size : Math.min(n, size);
  }

  async #perform(job: JobControl): Promise<void> {
    const asked = { spec: this.#spec, id: job.id, allowTestModel: this.#allowTestModel };
    const curves = new SweepCurves(this.#context, this.#run, this.#repicker, asked);
    this.#made = curves.warnings;
    try {
      await runSweep(this.#spec, {
        signal: job.signal,
        evaluate: (point, signal) => this.#evaluate(point, curves, job, signal ?? job.signal),
        onProgress: (done, total, row) => {
          this.#rows.push(row);
          job.update({ done, total, detail: this.#words(), cancelLabel: `Cancel, keep ${done}` });
        },
      });
      if (!job.signal.aborted) await this.#suggest(job.signal);
    } finally {
      this.#ended = true;
      await curves.close();
    }
  }

  async #evaluate(
    point: SweepPoint,
    curves: SweepCurves,
    job: JobControl,
    signal: AbortSignal,
  ): Promise<Trial<SweepScores>> {
    const settings = changedSettings(this.#run.parameters.settings, { point });
    const wanted = { settings, ensemble: combinationAt(this.#run, point) };
    const { picked, fromInference } = await curves.picks(wanted, signal, (detail) =>
      job.update({ detail }),
    );
    const report = await this.#context.pool.run('score', this.#with(picked), { signal });
    const { all, P, S } = report;
    const result: SweepScores = {
      ...{ all, P, S },
      falsePerHour: this.#falsePerHour(report),
      setHash: this.#hashOf(point),
      fromInference,
    };
    return { result, value: report[this.#goal].f1 };
  }

  #with(picked: RepickedRun): ScoreRequest {
    const lock = lockOf(this.#context.catalog);
    const picks = { ...this.#request.picks, picks: repickedPicks(picked) };
    return tuningPart({ ...this.#request, picks }, lock).request;
  }

  #hashOf(point: SweepPoint): string {
    const content = contentOfRun(this.#context.catalog, this.#run);
    return hashContent(contentJson(changedContent(content, { point }, this.#run.modelId)), sha256);
  }

  #falsePerHour(report: ScoreReport): PerPhase<number | null> {
    const hours = this.#observedS === undefined ? 0 : this.#observedS / 3600;
    const rate = (goal: SweepGoal): number | null =>
      hours > 0 ? report[goal].extra / hours : null;
    return { all: rate('all'), P: rate('P'), S: rate('S') };
  }

  #best(): number | undefined {
    let best: number | undefined;
    this.#rows.forEach(({ value }, row) => {
      const known = best === undefined ? -Infinity : (this.#rows[best]?.value ?? -Infinity);
      if (value !== null && value > known) best = row;
    });
    return best;
  }

  #front(): number[] {
    const known = this.#rows.flatMap(({ result }, row) => {
      const recall = result?.[this.#goal].recall ?? null;
      const falsePerHour = result?.falsePerHour[this.#goal] ?? null;
      return recall === null || falsePerHour === null ? [] : [{ recall, falsePerHour, row }];
    });
    return paretoFront(known).flatMap((index) => known[index]?.row ?? []);
  }

  #words(): string {
    const best = this.#best();
    const value = best === undefined ? undefined : this.#rows[best]?.value;
    const found = typeof value === 'number' ? `, best F1 ${value.toFixed(3)}` : '';
    return `${this.#rows.length} of ${this.#planned} tried${found}`;
  }

  /** From the run's own curves, low enough that thresholds below those of the run can be suggested too. */
  async #suggest(signal: AbortSignal): Promise<void> {
    const { settings } = this.#run.parameters;
    try {
      const { lowestThresholds } = await this.#repicker.repick(this.#run, { settings: {} });
      const swept = Object.entries(settings.thresholds).map(([label, own]) => {
        const values = this.#rows.flatMap(({ point }) => {
          return changedSettings(settings, { point }).thresholds[label] ?? [];
        });
        const low = Math.min(own, SUGGEST_FROM, ...values);
        return [label, Math.max(low, lowestThresholds[label] ?? 0)] as const;
      });
      const thresholds = Object.fromEntries(swept);
      const change = { settings: { thresholds, sensorThresholds: {} } };
      const picked = await this.#repicker.repick(this.#run, change);
      const { byPhase } = await this.#context.pool.run('evaluate', this.#with(picked), { signal });
      this.#suggestions = [...byPhase.P.suggestions, ...byPhase.S.suggestions];
      this.#suggestedFrom = thresholds;
    } catch (error) {
      // Without curves of the run itself there is nothing to suggest from; the table stands.
      if (!(error instanceof AppError)) throw error;
    }
  }
}

function checkNames(run: ModelRun, { parameters }: SweepSpec): void {
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of values) {
      const point = { [name]: value };
      changedSettings(run.parameters.settings, { point });
      combinationAt(run, point);
    }
  }
}

/** How the members are taken together at a point; undefined where it says nothing of that. */
function combinationAt(
  { modelId, parameters: { ensemble } }: ModelRun,
  point: SweepPoint,
): Combination | undefined {
  const name = Object.keys(point).find(isOfEnsemble);
  if (name === undefined) return undefined;
  const own = ensemble && combinationOf(ensemble);
  if (ensemble === undefined || own === undefined) {
    throw new AppError('bad-input', `"${name}" is of an ensemble; ${modelId} is run alone`);
  }
  return changedCombination(own, { point }, ensemble.members.length);
}

function observedOf({ reference, picks, coverage }: ScoreRequest): number | undefined {
  const reaches = [
    reference.reach,
    picks.reach,
    { window: undefined, stations: undefined, coverage },
  ];
  const common = commonCoverage(reaches);
  return common && observedSeconds(common);
}
