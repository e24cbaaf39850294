// How a set is shown without being run: the kept curves of a run that differs from it in thresholds and pick rule alone.

import { AppError } from '../../base/appError.ts';
import { canonicalJson, toJson } from '../../base/canonicalJson.ts';
import { combinationOf, type Ensemble } from '../../domain/event/ensemble.ts';
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
import { readEnsemble, type SetEnsemble } from './ensembleSet.ts';
import { contentOfRun } from './runContent.ts';

/** The same for two settings whose curves are the same. */
export function inferenceKey(settings: RunSettings): string {
  const without = { thresholds: undefined, pickRule: undefined, uncertainty: undefined };
  return canonicalJson(toJson({ ...settings, ...without }));
}

/** What is changed of a run's curves without running the network. */
function pickSettingsOf({
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
    const { id: modelId, calibration } = model;
    applications.push({ modelId, runId: run?.id, settings, calibration, reason });
  }
  return applications;
}

/** The same of an ensemble: how its members are taken together and their common curve is picked. */
function pickSettingsOfEnsemble(ensemble: SetEnsemble): PickSettings {
  return { ...pickSettingsOf(ensemble), ensemble: combinationOf(ensemble) };
}

/** What of a changed run is picked again from its kept curves. Throws `bad-input` for what needs the network. */
export function repickedAs(run: ModelRun, changed: SetContent): PickSettings {
  const ensemble = readEnsemble(changed);
  const model = ensemble ? undefined : changed.models.find(({ id }) => id === run.modelId);
  const settings = ensemble ? pickSettingsOfEnsemble(ensemble) : model && pickSettingsOf(model);
  const own = ensemble?.settings ?? model?.settings;
  const members = (all: Ensemble | undefined): string =>
    all?.members.map((member) => inferenceKey(member.settings)).join() ?? '';
  const { settings: made, ensemble: madeOf } = run.parameters;
  const alike =
    own && inferenceKey(own) === inferenceKey(made) && members(ensemble) === members(madeOf);
  if (settings && alike) return settings;
  throw new AppError(
    'bad-input',
    'these settings need the network; run the set, then score that run',
  );
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
  const asked = readEnsemble(content);
  return [
    {
      modelId: run?.modelId ?? content.models.map(({ id }) => id).join(', '),
      runId: run?.id,
      settings: asked ? pickSettingsOfEnsemble(asked) : {},
      calibration: asked?.calibration ?? {},
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
  const { rule, reachS = 0, members = [], settings } = ensemble ?? {};
  const common = {
    // Of any other rule the members are kept.
    ...{ first: rule === 'first', reachS, settings: settings ? inferenceKey(settings) : '' },
    members: members.map(({ name, modelId, offsetSamples, settings: own }) => {
      return { name, modelId, offsetSamples, own: inferenceKey(own) };
    }),
  };
  return canonicalJson(toJson({ networks, stations, window, common }));
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
