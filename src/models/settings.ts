// What a run does: the spec's defaults, changed by what a person asked for and checked at the door.

import { AppError } from '../base/appError.ts';
import type { PickRule, RunSettings, WindowPreparation } from '../domain/event/runSettings.ts';
import { phaseLabels, type RunnerSpec } from './spec.ts';

const OPTIONAL: readonly string[] = [
  'windowSamples',
  'runningScale',
  'recordTreatment',
  'everyWindow',
  'provider',
  'uncertainty',
  'absentAs',
  'instruments',
];

/** The settings a spec asks for. */
export function defaultSettings(spec: RunnerSpec): RunSettings {
  const { output } = spec;
  return {
    policy: 'onset',
    filter: spec.filter,
    detrendRecords: spec.detrendRecords,
    preparation: spec.preparation,
    overlap: output.kind === 'point' ? 0 : output.overlap,
    strideSamples: output.kind === 'point' ? output.strideSamples : 1,
    stacking: spec.stacking,
    blindingSamples: spec.blindingSamples,
    strict: false,
    flexibleHorizontals: true,
    zeroPhaseResample: true,
    batchSize: spec.batchSize,
    thresholds: spec.thresholds,
    pickRule: spec.pickRule,
  };
}

/**
 * The spec's settings with those a person gave; what is undefined counts as not given. Thresholds are named by
 * label in any case, and replace only those named. A filter without corners means none. Throws `bad-input` for an unknown label and for settings no record could be run with.
 */
export function mergeSettings(
  spec: RunnerSpec,
  given: Partial<RunSettings> | undefined,
): RunSettings {
  const named = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  const known = defaultSettings(spec);
  for (const [name] of named) {
    if (name in known || OPTIONAL.includes(name)) continue;
    throw new AppError(
      'bad-input',
      `there is no setting "${name}" of a run; there are ${Object.keys(known).join(', ')}`,
    );
  }
  const changed: RunSettings = { ...known, ...(Object.fromEntries(named) as Partial<RunSettings>) };
  const { filter } = changed;
  const merged: RunSettings = {
    ...changed,
    filter: filter?.lowHz === undefined && filter?.highHz === undefined ? undefined : filter,
    // Answers per sample have no stride, and pick rules are told by it how dense a curve is.
    strideSamples: spec.output.kind === 'point' ? changed.strideSamples : 1,
    thresholds: mergeThresholds(spec, given?.thresholds),
  };
  checkSettings(spec, merged);
  return merged;
}

/**
 * Thresholds in force: the spec's, replaced by those a person gave under the label in any case.
 * Throws `bad-input` for a label the model does not have or a value outside 0–1.
 */
export function mergeThresholds(
  spec: RunnerSpec,
  given: Readonly<Record<string, number>> | undefined,
): Record<string, number> {
  const phases = phaseLabels(spec).map(({ phase }) => phase);
  const thresholds: Record<string, number> = { ...spec.thresholds };
  for (const [name, value] of Object.entries(given ?? {})) {
    const wanted = name.trim().toLowerCase();
    const phase =
      phases.find((each) => each === name.trim()) ??
      phases.find((each) => each.toLowerCase() === wanted);
    if (phase === undefined) {
      throw new AppError(
        'bad-input',
        `${spec.id} has no phase "${name}"; it picks ${phases.join(' and ')}`,
      );
    }
    if (!(value > 0 && value <= 1)) {
      throw new AppError(
        'bad-input',
        `threshold ${value} for ${phase} is not a probability; give a number above 0 and up to 1`,
      );
    }
    thresholds[phase] = value;
  }
  return thresholds;
}

/** Longest windows of a run; shorter stretches of networks of any length are windows of their own. */
export function windowLength(spec: RunnerSpec, settings: RunSettings): number {
  return settings.windowSamples ?? spec.windowSamples;
}

/** The shortest stretch that can be run: networks of any length run on less than their longest windows. */
export function shortestStretch(spec: RunnerSpec, settings: RunSettings): number {
  return Math.min(windowLength(spec, settings), spec.windowSamples);
}

/** Samples from one window to the next. Throws `bad-input` where settings leave none. */
export function hopSamples(spec: RunnerSpec, settings: RunSettings): number {
  if (spec.output.kind === 'point') return whole(spec, 'stride', settings.strideSamples);
  const window = windowLength(spec, settings);
  const samples = overlapSamples(spec, settings);
  return whole(spec, `window less its overlap of ${samples}`, window - samples);
}

/** Overlap of successive windows in samples: below 1 a fraction of the window (rounded down), from 1 on samples. */
export function overlapSamples(spec: RunnerSpec, settings: RunSettings): number {
  const { overlap } = settings;
  const window = windowLength(spec, settings);
  const samples = overlap < 1 ? Math.floor(overlap * window) : overlap;
  if (Number.isInteger(samples) && samples >= 0 && samples < window) return samples;
  throw new AppError(
    'bad-input',
    `overlap ${overlap} is not usable with ${spec.id}; give a fraction from 0 to below 1, or whole samples up to ${window - 1}`,
  );
}

/** Throws `bad-input` for settings no record could be run with. */
export function checkSettings(spec: RunnerSpec, settings: RunSettings): void {
  checkWords(spec, settings);
  checkWindow(spec, settings);
  hopSamples(spec, settings);
  const [before, after] = settings.blindingSamples;
  whole(spec, 'blinding', before, 'samples', 0);
  whole(spec, 'blinding', after, 'samples', 0);
  const window = windowLength(spec, settings);
  if (spec.output.kind !== 'point' && before + after >= window) {
    throw new AppError(
      'bad-input',
      `blinding ${before} and ${after} samples leaves nothing of the ${window} samples of a window of ${spec.id}; blind less`,
    );
  }
  whole(spec, 'batch', settings.batchSize, 'windows');
  checkPreparation(spec, settings.preparation, window);
  checkRunningScale(spec, settings);
  checkRecordTreatment(spec, settings);
  checkPickRule(spec, settings.pickRule);
  mergeThresholds(spec, settings.thresholds);
}

function checkWords(spec: RunnerSpec, settings: RunSettings): void {
  const { policy, stacking, uncertainty, absentAs, instruments } = settings;
  if (absentAs !== undefined && !['zeros', 'vertical'].includes(absentAs)) {
    throw new AppError(
      'bad-input',
      `an absent component cannot be fed as "${String(absentAs)}"; give zeros or vertical`,
    );
  }
  if (instruments !== undefined && !['all', 'best'].includes(instruments)) {
    throw new AppError(
      'bad-input',
      `picks of "${String(instruments)}" instruments cannot be kept; give all or best`,
    );
  }
  if (uncertainty !== undefined && !['width', 'normal fit'].includes(uncertainty)) {
    throw new AppError(
      'bad-input',
      `there is no uncertainty by "${String(uncertainty)}"; give width or normal fit`,
    );
  }
  if (policy !== 'onset' && policy !== 'seisbench') {
    throw new AppError(
      'bad-input',
      `there is no policy "${String(policy)}"; give onset or seisbench`,
    );
  }
  if (stacking !== 'avg' && stacking !== 'max') {
    throw new AppError(
      'bad-input',
      `${spec.id} cannot stack by "${String(stacking)}"; give avg or max`,
    );
  }
}

function checkWindow(spec: RunnerSpec, { windowSamples }: RunSettings): void {
  if (windowSamples === undefined || windowSamples === spec.windowSamples) return;
  whole(spec, 'window', windowSamples);
  if (spec.anyLength) return;
  throw new AppError(
    'bad-input',
    `${spec.id} runs with windows of ${spec.windowSamples} samples only, not ${windowSamples}`,
  );
}

function checkPreparation(
  spec: RunnerSpec,
  { taperSamples, scale }: WindowPreparation,
  window: number,
): void {
  whole(spec, 'taper', taperSamples, 'samples', 0);
  if (2 * taperSamples > window || (scale !== undefined && !(scale.epsilon >= 0))) {
    throw new AppError(
      'bad-input',
      `the preparation of windows of ${spec.id} cannot be done: the taper has to fit twice into ${window} samples, and epsilon cannot be negative`,
    );
  }
}

function checkRunningScale(spec: RunnerSpec, { runningScale, policy }: RunSettings): void {
  if (runningScale === undefined) return;
  whole(spec, 'running scale', runningScale.windowSamples);
  whole(spec, 'step of the running scale', runningScale.stepSamples);
  if (policy === 'onset') return;
  throw new AppError(
    'bad-input',
    `${spec.id}: SeisBench scales no whole records; take the policy onset for a running scale`,
  );
}

function checkRecordTreatment(spec: RunnerSpec, { recordTreatment, policy }: RunSettings): void {
  if (recordTreatment === undefined) return;
  const { taperS = 0, integrateFromHz = 1 } = recordTreatment;
  if (policy !== 'onset') {
    throw new AppError(
      'bad-input',
      `${spec.id}: SeisBench has a treatment of records of its own; take the policy onset for that of another program`,
    );
  }
  if (taperS >= 0 && integrateFromHz > 0) return;
  throw new AppError(
    'bad-input',
    `records of ${spec.id} cannot be tapered over ${taperS} s or integrated and high-passed at ${integrateFromHz} Hz; give 0 s or more and more than 0 Hz`,
  );
}

function checkPickRule(spec: RunnerSpec, rule: PickRule): void {
  if (rule.kind === 'trigger') whole(spec, 'width', rule.minimumWidthSamples, 'samples', 0);
  else whole(spec, 'distance of picks', rule.minimumDistanceSamples, 'samples', 0);
  if (rule.kind === 'dominance') whole(spec, 'dominance window', rule.windowSamples);
  if (
    rule.kind === 'detection-gated' &&
    rule.perWindow === true &&
    spec.output.kind !== 'samples'
  ) {
    throw new AppError('bad-input', `${spec.id} has no windows of answers to pick one by one`);
  }
  if (rule.kind !== 'trigger' && rule.kind !== 'detection-gated') return;
  const off = 'ratio' in rule.off ? rule.off.ratio : rule.off.level;
  if (off > 0 && off <= 1) return;
  throw new AppError(
    'bad-input',
    `a pick of ${spec.id} cannot end at ${off}; give a part of the threshold or a probability, above 0 and up to 1`,
  );
}

function whole(
  spec: RunnerSpec,
  what: string,
  count: number,
  unit = 'samples',
  least: 0 | 1 = 1,
): number {
  if (Number.isInteger(count) && count >= least) return count;
  throw new AppError(
    'bad-input',
    `${spec.id} cannot run with a ${what} of ${count} ${unit}; a whole number from ${least} is needed`,
  );
}
