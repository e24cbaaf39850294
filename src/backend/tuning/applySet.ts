// How a set is shown without being run: the kept curves of a run that differs from it in thresholds and pick rule alone.

import { canonicalJson, toJson } from '../../base/canonicalJson.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { PickSettings } from '../../domain/event/repick.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import {
  readContent,
  type SetContent,
  type SetModel,
} from '../../domain/parameterSet/parameterSet.ts';
import type { ParameterSet } from '../../domain/parameterSet/parameterSet.ts';
import type { SetApplication } from '../../domain/parameterSet/setInfo.ts';
import type { BackendContext } from '../context.ts';
import type { CurveStore } from '../curves/curveStore.ts';
import { readEnsemble } from './ensembleSet.ts';
import { contentOfRun } from './runContent.ts';

/** The same for two settings whose curves are the same. */
export function inferenceKey(settings: RunSettings): string {
  const without = { thresholds: undefined, pickRule: undefined, uncertainty: undefined };
  return canonicalJson(toJson({ ...settings, ...without }));
}

/** What is changed of a run's curves without running the network. */
export function pickSettingsOf({
  settings,
  stationThresholds,
}: Pick<SetModel, 'settings' | 'stationThresholds'>): PickSettings {
  const { thresholds, pickRule } = settings;
  return { thresholds, pickRule, sensorThresholds: stationThresholds };
}

export async function applySet(
  { catalog }: Pick<BackendContext, 'catalog'>,
  curves: CurveStore,
  set: ParameterSet,
): Promise<SetApplication[]> {
  const content = readContent(set.content);
  const runs = catalog.runs.list().reverse();
  if (content.ensemble !== undefined) return applyEnsemble(catalog, curves, content, runs);
  const applications: SetApplication[] = [];
  for (const model of content.models) {
    const fitting = runs.filter((run) => answers(run, contentOfRun(catalog, run), model, content));
    const run = await firstWithCurves(fitting, curves);
    const reason =
      run === undefined
        ? `no run of this project has kept curves of ${model.id} as the set runs it over its stations and span; run the set`
        : undefined;
    const settings = pickSettingsOf(model);
    applications.push({ modelId: model.id, runId: run?.id, settings, reason });
  }
  return applications;
}

/** A run of the same members over the same data, its common curve picked again. */
async function applyEnsemble(
  catalog: BackendContext['catalog'],
  curves: CurveStore,
  content: SetContent,
  runs: readonly ModelRun[],
): Promise<SetApplication[]> {
  const fitting = runs.filter(
    (run) =>
      run.state !== 'running' && ensembleKey(contentOfRun(catalog, run)) === ensembleKey(content),
  );
  const run = await firstWithCurves(fitting, curves);
  const settings = readEnsemble(content)?.settings;
  return [
    {
      modelId: run?.modelId ?? content.models.map(({ id }) => id).join(', '),
      runId: run?.id,
      settings: settings ? { thresholds: settings.thresholds, pickRule: settings.pickRule } : {},
      reason: run
        ? undefined
        : 'no run of this project has kept curves of this ensemble; run the set',
    },
  ];
}

/** The same where the common curves are. */
function ensembleKey(content: SetContent): string {
  const ensemble = readEnsemble(content);
  const { models, stations, window } = content;
  const networks = models.map(({ id, sha256 }) => ({ id, sha256 }));
  const common = ensemble && { ...ensemble, settings: inferenceKey(ensemble.settings) };
  return canonicalJson(toJson({ networks, stations, window, common: common ?? null }));
}

function answers(run: ModelRun, made: SetContent, model: SetModel, set: SetContent): boolean {
  const over = ({ stations, window }: SetContent): string =>
    canonicalJson(toJson({ stations, window }));
  return (
    run.state !== 'running' &&
    made.ensemble === undefined &&
    run.modelSha256 === model.sha256 &&
    inferenceKey(run.parameters.settings) === inferenceKey(model.settings) &&
    over(made) === over(set)
  );
}

async function firstWithCurves(
  runs: readonly ModelRun[],
  curves: CurveStore,
): Promise<ModelRun | undefined> {
  for (const run of runs) {
    if ((await curves.sensorKeys(run)).length > 0) return run;
  }
  return undefined;
}
