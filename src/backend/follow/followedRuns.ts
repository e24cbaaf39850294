// Runs over records that come from outside: who follows them tells the picks as they become final, and they are stored
// at once.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, epochNs, maxTime } from '../../base/time.ts';
import type { FollowedPick } from '../../domain/event/followedPick.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { PickContent } from '../../domain/event/pick.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { contentJson } from '../../domain/parameterSet/parameterSet.ts';
import { sensorKey } from '../../domain/waveform/nslc.ts';
import { uncertaintyWords } from '../../models/pickRules/uncertainty.ts';
import type { ModelSpec } from '../../models/spec.ts';
import type { BackendContext } from '../context.ts';
import { recordContent, runContent } from '../tuning/runContent.ts';

interface OpenRun {
  readonly maker: string;
  readonly settings: RunSettings;
  /** By sensor: up to where its picks are stored. */
  readonly storedTo: Map<string, EpochNs>;
  stored: number;
}

export class FollowedRuns {
  readonly #context: BackendContext;
  readonly #open = new Map<number, OpenRun>();

  constructor(context: BackendContext) {
    this.#context = context;
  }

  /** Answers the run's id. Throws `read-only` where another Onset holds the project. */
  begin({ id, version, sha256 }: ModelSpec, settings: RunSettings): number {
    const { catalog, programVersion, author } = this.#context;
    const runId = catalog.runs.start({
      ...{ modelId: id, modelVersion: version, modelSha256: sha256, programVersion, author },
      parameters: { settings, streams: undefined, window: undefined },
    });
    const run = catalog.runs.get(runId);
    if (run) recordContent(catalog, runId, contentJson(runContent(run)));
    const maker = `${id} ${version}`.trim();
    this.#open.set(runId, { maker, settings, storedTo: new Map(), stored: 0 });
    return runId;
  }

  /** Stores picks; those of a sensor come in order of time. Answers how many of them are new to the project. */
  store(runId: number, picks: readonly FollowedPick[]): number {
    const run = this.#run(runId);
    let added = 0;
    for (const [sensor, own] of Map.groupBy(picks, ({ stream }) => sensorKey(stream))) {
      added += this.#storeSensor(runId, run, sensor, own);
    }
    run.stored += added;
    return added;
  }

  /** Nothing more will come. */
  finish(
    runId: number,
    state: 'done' | 'failed',
    skipped: readonly SkippedStream[],
    notes: readonly SkippedStream[],
  ): void {
    const { storedTo } = this.#run(runId);
    const { runs } = this.#context.catalog;
    for (const [sensor, endNs] of state === 'done' ? storedTo : []) {
      const window = { startNs: endNs, endNs };
      const part = { window, first: false, checkpoint: undefined };
      runs.addPicks(runId, sensor, [], { method: '' }, part);
    }
    runs.finish(runId, state, skipped, notes);
    this.#open.delete(runId);
  }

  #storeSensor(
    runId: number,
    { maker, settings, storedTo }: OpenRun,
    sensor: string,
    picks: readonly FollowedPick[],
  ): number {
    const before = storedTo.get(sensor);
    const times = picks.map(({ time }) => time);
    const first = times.reduce((a, b) => (a < b ? a : b));
    const endNs = times.reduce(maxTime) + 1n;
    const fits = new Map<PickContent, FollowedPick>();
    const contents = picks.map((pick): PickContent => {
      const { stream, time, phase, probability, lowerUncertaintyS, upperUncertaintyS } = pick;
      const unset = { polarity: undefined, onset: undefined, weight: undefined, filter: undefined };
      const content = { stream, time, phase, probability, lowerUncertaintyS, upperUncertaintyS };
      const whole = { ...content, ...unset };
      fits.set(whole, pick);
      return whole;
    });
    const { uncertainty = 'width' } = settings;
    const method = (content: PickContent): string => {
      const { fit, warnings = [] } = fits.get(content) ?? {};
      return [maker, uncertaintyWords(uncertainty, fit), ...warnings].join(', ');
    };
    // What earlier runs of the model left in this span gives way, and nothing of another time.
    const window = { startNs: before ?? first, endNs: epochNs(endNs) };
    const checkpoint = { finishedToNs: window.endNs, state: new Uint8Array(0) };
    const part = { window, first: before === undefined, checkpoint };
    const ids = this.#context.catalog.runs.addPicks(runId, sensor, contents, { method }, part);
    storedTo.set(sensor, window.endNs);
    return ids.length;
  }

  #run(runId: number): OpenRun {
    const run = this.#open.get(runId);
    if (run === undefined) {
      throw new AppError('not-found', `run ${runId} follows no records, or no longer`);
    }
    return run;
  }
}
