// Starting a run of several members: an ensemble, or one model at several offsets of its windows.

import { createHash } from 'node:crypto';
import { AppError } from '../../base/appError.ts';
import type { JsonObject } from '../../base/canonicalJson.ts';
import type { Reply } from '../../contract/api.ts';
import type { EnsembleRequest } from '../../contract/messages/models.ts';
import {
  checkCombination,
  type Ensemble,
  ENSEMBLE_PICK_RULE,
  ENSEMBLE_REACH_S,
  ensembleName,
  SEMBLANCE_THRESHOLD,
} from '../../domain/event/ensemble.ts';
import type { RunParameters, SkippedStream } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { contentJson } from '../../domain/parameterSet/parameterSet.ts';
import { hull } from '../../domain/waveform/timeWindow.ts';
import { keptLabels } from '../../models/keptCurves/stretchPicker.ts';
import { needsEveryLabel } from '../../models/pickRules/reach.ts';
import { DETECTION_LABEL } from '../../models/spec.ts';
import type { BackendContext } from '../context.ts';
import { startRun } from '../scan/scan.ts';
import { dataKeyOf, type ScanPlan } from '../scan/scanPlan.ts';
import type { RunWork } from '../scan/scanRun.ts';
import type { SensorPlan } from '../scan/scanSensor.ts';
import { ensembleContent } from '../tuning/ensembleSet.ts';
import { EnsembleScan, type ScanMember } from './ensembleScan.ts';
import { exactMembers, type OpenMember, openMembers } from './openMembers.ts';

/** As a parameter set says it: nothing is worked out anew. */
export interface ExactEnsemble
  extends Pick<Ensemble, 'members'>, Pick<RunParameters, 'stationThresholds' | 'calibration'> {
  /** Of the common curve. */
  readonly settings: RunSettings;
  readonly content: JsonObject;
}

/** Throws `bad-input` when the members cannot work together or have nothing to look at. */
export async function startEnsemble(
  context: BackendContext,
  request: EnsembleRequest,
  exact?: ExactEnsemble,
): Promise<Reply<'model.run'>> {
  const members = exact
    ? await exactMembers(context, request, exact.members)
    : await openMembers(context, request);
  const [first] = members;
  if (first === undefined) throw new AppError('bad-input', 'an ensemble needs members');
  checkTogether(request, members);
  const { rule, streamKeys, window, leastAgreeing, weights } = request;
  checkCombination(request, members.length);
  const labels = commonLabels(request, members);
  const settings =
    exact?.settings ??
    (rule === 'first' ? first.settings : commonSettings(request, members, labels));
  const reachS = request.reachS ?? ENSEMBLE_REACH_S;
  const plan = commonPlan(members);
  const parameters: RunParameters = {
    ...{ settings, streams: streamKeys, window },
    dataKey: keyOf(members.map((member) => dataKeyOf(member.plan))),
    ...(exact && atStations(exact)),
    ensemble: {
      ...{ rule, reachS },
      ...(leastAgreeing !== undefined && { leastAgreeing }),
      ...(weights && { weights }),
      members: members.map(({ name, model, settings: own, offsetSamples }) => ({
        ...{ name, modelId: model.spec.id, modelVersion: model.spec.version },
        ...{ modelSha256: model.spec.sha256, settings: own, offsetSamples },
      })),
    },
  };
  const { id, version, sha256 } = first.model.spec;
  const name =
    rule === 'first'
      ? id
      : ensembleName(
          rule,
          members.map((m) => m.model.spec.id),
        );
  const ofModel = { modelId: id, modelVersion: version, modelSha256: sha256 };
  const ofAll = {
    modelId: name,
    modelVersion: '',
    modelSha256: keyOf([rule, ...members.map((member) => member.model.spec.sha256)]),
  };
  return startRun(context, {
    start: { ...(rule === 'first' ? ofModel : ofAll), parameters },
    work: workOf(
      context,
      { rule, weights, reachS, leastAgreeing: leastAgreeing ?? 0, labels },
      members,
      `${name} ${atOffsets(members)}`,
    ),
    plan,
    contentOf: (run) => exact?.content ?? contentJson(ensembleContent(run, plan)),
    label: rule === 'first' ? `Pick with ${id} ${atOffsets(members)}` : `Pick with the ${name}`,
  });
}

const atOffsets = (members: readonly OpenMember[]): string => `at ${members.length} offsets`;

function atStations({ stationThresholds, calibration }: ExactEnsemble): Partial<RunParameters> {
  return {
    ...(stationThresholds && { stationThresholds }),
    ...(calibration && { calibration }),
  };
}

function workOf(
  { inference }: BackendContext,
  work: ConstructorParameters<typeof EnsembleScan>[1],
  members: readonly OpenMember[],
  offsets: string,
): RunWork {
  const ids = members.map(({ model }) => model.spec.id);
  const { rule } = work;
  return {
    // The method of a pick is a list with commas.
    maker: rule === 'first' ? offsets : ensembleName(rule, ids).replaceAll(', ', ' and '),
    prepare: () => members.slice(0, 1).forEach(({ model }) => inference.prepare(model)),
    scanSensor: (tools, plan, settings, signal) => {
      const own = members.flatMap((member, index) => scanMember(member, index, plan));
      return new EnsembleScan(tools, work, own, plan, settings, signal).run();
    },
  };
}

/** Undefined where the member's model has nothing to look at on the sensor. */
function scanMember(
  { plan, ...member }: OpenMember,
  index: number,
  { sensor }: SensorPlan,
): ScanMember[] {
  const own = plan.sensors.find((each) => each.sensor.sensorKey === sensor.sensorKey);
  return own === undefined ? [] : [{ ...member, index, sensor: own.sensor }];
}

function checkTogether({ rule, settings }: EnsembleRequest, members: readonly OpenMember[]): void {
  const policies = new Set(members.map((member) => member.settings.policy));
  if (policies.size > 1) {
    throw new AppError(
      'bad-input',
      `the members group channels by ${[...policies].join(' and ')}; give all of them one policy`,
    );
  }
  const perWindow = members.some(
    ({ settings: { pickRule } }) => pickRule.kind === 'detection-gated' && pickRule.perWindow,
  );
  if (rule === 'first' && perWindow) {
    throw new AppError(
      'bad-input',
      'a run that picks each window by itself cannot be repeated at other offsets; let it pick the common curve of its windows (pick rule, Windows)',
    );
  }
  if (rule !== 'first' && settings?.pickRule?.kind === 'detection-gated') {
    throw new AppError(
      'bad-input',
      'an ensemble has no common detections to look for picks in; choose another pick rule',
    );
  }
}

function commonLabels(request: EnsembleRequest, members: readonly OpenMember[]): string[] {
  const { rule, settings } = request;
  const [first] = members;
  if (rule === 'first' && first) {
    const { spec } = first.model;
    return keptLabels(spec.labels, first.settings.pickRule).map(({ phase }) => phase);
  }
  const pickRule = settings?.pickRule ?? ENSEMBLE_PICK_RULE;
  const all = members.flatMap(({ model }) => keptLabels(model.spec.labels, pickRule));
  const labels = [...new Set(all.map(({ phase }) => phase))];
  if (!needsEveryLabel(pickRule)) return labels.filter((label) => label !== DETECTION_LABEL);
  return labels;
}

function commonSettings(
  { rule, settings: given, bands }: EnsembleRequest,
  members: readonly OpenMember[],
  labels: readonly string[],
): RunSettings {
  const [first] = members as readonly [OpenMember, ...OpenMember[]];
  const thresholds: Record<string, number> = {};
  for (const label of labels) {
    const own = members.flatMap((member) => member.settings.thresholds[label] ?? []);
    if (own.length === 0) continue;
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    thresholds[label] = rule === 'semblance' ? SEMBLANCE_THRESHOLD : mean;
  }
  for (const [name, value] of Object.entries(given?.thresholds ?? {})) {
    const label = labels.find((each) => each.toLowerCase() === name.trim().toLowerCase());
    if (label === undefined || !(value > 0 && value <= 1)) {
      throw new AppError(
        'bad-input',
        `threshold ${value} for ${name} cannot be used; the members pick ${labels.join(' and ')}, from 0 to 1`,
      );
    }
    thresholds[label] = value;
  }
  const { settings } = first;
  return {
    ...settings,
    filter: bands?.length ? undefined : settings.filter,
    ...{ thresholds, pickRule: given?.pickRule ?? ENSEMBLE_PICK_RULE, strideSamples: 1 },
  };
}

/** Sensors that at least one member looks at, over the span of all. */
function commonPlan(members: readonly OpenMember[]): ScanPlan {
  const sensors = new Map<string, SensorPlan>();
  for (const { plan } of members) {
    for (const each of plan.sensors) {
      const known = sensors.get(each.sensor.sensorKey);
      // Members go in step: what one needs as a whole all read so.
      const whole = (known?.whole ?? false) || (each.whole ?? false);
      sensors.set(each.sensor.sensorKey, {
        sensor: widest(known?.sensor, each.sensor),
        window: known ? hull(known.window, each.window) : each.window,
        expectedWindows: (known?.expectedWindows ?? 0) + each.expectedWindows,
        ...(whole && { whole }),
      });
    }
  }
  const skipped: SkippedStream[] = [];
  const notes: SkippedStream[] = [];
  for (const { name, plan } of members) {
    for (const each of plan.skipped) {
      const everywhere = members.every((member) =>
        member.plan.skipped.some(({ stream }) => stream === each.stream),
      );
      if (everywhere) skipped.push(each);
      else notes.push({ ...each, reason: `${name}: ${each.reason}` });
    }
    notes.push(...plan.notes);
  }
  const keys = [...sensors.keys()].sort();
  return {
    sensors: keys.flatMap((key) => sensors.get(key) ?? []),
    skipped: once(skipped),
    notes: once(notes),
  };
}

/** With the most channels: picks belong to them. */
function widest(known: SensorPlan['sensor'] | undefined, sensor: SensorPlan['sensor']) {
  return known && known.channels.length >= sensor.channels.length ? known : sensor;
}

function once(told: readonly SkippedStream[]): SkippedStream[] {
  return [...new Map(told.map((each) => [`${each.stream} ${each.reason}`, each])).values()];
}

function keyOf(texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('hex');
}
