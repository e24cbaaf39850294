// Starting a run of a model over what is open.

import { assertDefined } from '../../base/assert.ts';
import type { JsonObject } from '../../base/canonicalJson.ts';
import type { RunStart } from '../../catalog/repositories/runRepository.ts';
import type { Args, Reply } from '../../contract/api.ts';
import type { ModelRun, RunParameters } from '../../domain/event/modelRun.ts';
import { contentJson } from '../../domain/parameterSet/parameterSet.ts';
import { keptLabels } from '../../models/keptCurves/stretchPicker.ts';
import type { RunnableModel } from '../../models/registry.ts';
import type { BackendContext } from '../context.ts';
import { tidyCurves } from '../curves/tidyCurves.ts';
import { openRun } from '../openRun.ts';
import { dataKeyOf, type ScanPlan } from './scanPlan.ts';
import { type RunWork, ScanRun } from './scanRun.ts';
import { SensorScan } from './scanSensor.ts';
import { recordContent, runContent } from '../tuning/runContent.ts';

/** What a parameter set says besides the arguments of a run. */
export interface SetRun extends Pick<RunParameters, 'stationThresholds' | 'calibration'> {
  /** The whole set, where others of its models are run too. */
  readonly content?: JsonObject;
}

/** Starts a run. Throws `bad-input` when there is nothing to run on, and what opening the model throws. */
export async function startScan(
  context: BackendContext,
  args: Args<'model.run'>,
  asked: SetRun = {},
): Promise<Reply<'model.run'>> {
  const { model, settings, plan } = await openRun(context, args);
  const dataKey = dataKeyOf(plan);
  const { content, stationThresholds, calibration } = asked;
  const parameters: RunParameters = {
    ...{ settings, streams: args.streamKeys, window: args.window, dataKey },
    ...(stationThresholds && { stationThresholds }),
    ...(calibration && { calibration }),
  };
  const { id: modelId, version: modelVersion, sha256: modelSha256 } = model.spec;
  return startRun(context, {
    start: { modelId, modelVersion, modelSha256, parameters },
    work: modelWork(context, model),
    plan,
    label: `Pick with ${modelId}`,
    contentOf: (run) => content ?? contentJson(runContent(run, plan)),
  });
}

/** All that is known of a run before it begins. */
export interface RunBeginning {
  readonly start: Omit<RunStart, 'programVersion' | 'author'>;
  readonly work: RunWork;
  readonly plan: ScanPlan;
  /** Of the job. */
  readonly label: string;
  /** What is kept of it as a parameter set; undefined where no set can say it. */
  readonly contentOf?: (run: ModelRun) => JsonObject;
}

/** Begins a run, or goes on with the one that was interrupted with the same parameters and data. */
export function startRun(context: BackendContext, beginning: RunBeginning): Reply<'model.run'> {
  const { work, plan, label, start, contentOf } = beginning;
  const { run: stored, finished: before } = beginRun(context, start);
  const runId = stored.id;
  if (contentOf) recordContent(context.catalog, runId, contentOf(stored));
  const left = withoutSensors(plan, before);
  const run = new ScanRun(context, work, start.parameters, left, stored, before.size);
  const { id: jobId, finished } = context.jobs.start(label, (job) => run.perform(job), {
    lane: 'model',
  });
  void finished.then(async () => {
    run.closeUnbegun();
    await tidyCurves(context);
  });
  return { jobId, runId };
}

function modelWork({ inference }: BackendContext, model: RunnableModel): RunWork {
  const { id, version, labels } = model.spec;
  return {
    maker: `${id} ${version}`.trim(),
    prepare: () => inference.prepare(model),
    scanSensor: (tools, plan, settings, signal) => {
      const run = { model, settings, labels: keptLabels(labels, settings.pickRule) };
      return new SensorScan(tools, run, plan, signal).run();
    },
  };
}

/** A new run, or the one that was interrupted with the same parameters and data, and the sensors it has done. */
function beginRun(
  { catalog, programVersion, author }: BackendContext,
  beginning: RunBeginning['start'],
): { run: ModelRun; finished: ReadonlySet<string> } {
  const { runs } = catalog;
  const start = { ...beginning, programVersion, author };
  const interrupted = runs.interrupted(start);
  if (interrupted) {
    catalog.assertWritable();
    runs.resume(interrupted.id);
    return { run: interrupted, finished: new Set(runs.finishedSensors(interrupted.id)) };
  }
  const id = runs.start(start);
  return { run: assertDefined(runs.get(id), `run ${id}`), finished: new Set() };
}

function withoutSensors(plan: ScanPlan, finished: ReadonlySet<string>): ScanPlan {
  const sensors = plan.sensors.filter(({ sensor }) => !finished.has(sensor.sensorKey));
  return { ...plan, sensors };
}
