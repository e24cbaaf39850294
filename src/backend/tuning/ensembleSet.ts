// An ensemble as a parameter set says it: its networks among the models, the rest under `ensemble`.

import { toJson } from '../../base/canonicalJson.ts';
import { type Ensemble, ENSEMBLE_RULES, type EnsembleMember } from '../../domain/event/ensemble.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { JsonReader } from '../../domain/parameterSet/jsonReader.ts';
import {
  readCalibrations,
  readStationThresholds,
  type SetContent,
  type SetModel,
} from '../../domain/parameterSet/parameterSet.ts';
import { readSettings } from '../../domain/parameterSet/readSettings.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';
import { runContent } from './runContent.ts';

/** What is read back of `ensemble`. */
export interface SetEnsemble extends Ensemble, Pick<SetModel, 'stationThresholds' | 'calibration'> {
  /** Of the common curve. */
  readonly settings: RunSettings;
}

/** Each network once, as the first member that runs it does. */
export function ensembleContent(run: ModelRun, plan?: ScanPlan): SetContent {
  const { ensemble, settings, stationThresholds, calibration } = run.parameters;
  const content = runContent(run, plan);
  if (ensemble === undefined) return content;
  const { rule, reachS, leastAgreeing, weights, members } = ensemble;
  const networks = members.filter(
    ({ modelId }, i) => members.findIndex((other) => other.modelId === modelId) === i,
  );
  const written = {
    ...{ rule, reachS, settings },
    ...(leastAgreeing !== undefined && { leastAgreeing }),
    ...(weights && { weights }),
    ...(stationThresholds && { stationThresholds }),
    ...(calibration && { calibration }),
    members: members.map(({ name, modelId, settings: own, offsetSamples }) => {
      return { name, modelId, settings: own, offsetSamples };
    }),
  };
  return {
    ...content,
    models: networks.map(modelOf),
    ensemble: new JsonReader(toJson(written), 'ensemble').fields,
  };
}

function modelOf({ modelId, modelVersion, modelSha256, settings }: EnsembleMember): SetModel {
  return {
    ...{ id: modelId, version: modelVersion, sha256: modelSha256, settings },
    ...{ stationThresholds: {}, calibration: {} },
  };
}

/** Undefined where the models each pick for themselves. Throws `bad-input` with the field that is wrong. */
export function readEnsemble({ ensemble, models }: SetContent): SetEnsemble | undefined {
  if (ensemble === undefined) return undefined;
  const from = new JsonReader(ensemble, 'ensemble');
  return {
    rule: from.oneOf('rule', ['first', ...ENSEMBLE_RULES]),
    reachS: from.number('reachS', 0),
    ...(from.has('leastAgreeing') && { leastAgreeing: from.integer('leastAgreeing', 1) }),
    ...(from.has('weights') && { weights: from.numberList('weights') }),
    stationThresholds: from.has('stationThresholds')
      ? readStationThresholds(from.object('stationThresholds'))
      : {},
    calibration: from.has('calibration') ? readCalibrations(from.object('calibration')) : {},
    settings: readSettings(from.object('settings')),
    members: from.objects('members').map((member): EnsembleMember => {
      const modelId = member.string('modelId');
      const network = models.find(({ id }) => id === modelId);
      return {
        ...{ name: member.string('name'), modelId },
        ...{ modelVersion: network?.version ?? '', modelSha256: network?.sha256 ?? '' },
        settings: readSettings(member.object('settings')),
        offsetSamples: member.integer('offsetSamples'),
      };
    }),
  };
}
