// The one spec from the `model.json` of a pack. A card that asks for something this program does not do is
// refused with the field, never approximated.

import type { ModelUse } from '../domain/event/modelPack.ts';
import type {
  PickRule,
  RunSettings,
  Stacking,
  WindowPreparation,
  WindowScale,
} from '../domain/event/runSettings.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import { Card } from './cardReader.ts';
import { knownWeights } from './library/knownWeights.ts';
import { checkSettings, defaultSettings, mergeSettings } from './settings.ts';
import { usualPresets, WHOLE_RECORDS } from './presets.ts';
import {
  BATCH_SIZE,
  MISSING_AS_ZEROS,
  type ModelLicence,
  type ModelSpec,
  NOISE_LABEL,
  POINT_BATCH_SIZE,
  type RunnerOutput,
  type RunnerSpec,
  type RunPreset,
} from './spec.ts';

/** Reads a card. Throws `bad-input` naming the field that is absent, wrong or beyond this program. */
export function parseModelSpec(json: unknown): ModelSpec {
  const card = new Card(json, '');
  const source = card.maybe('source');
  const published = source.has('path');
  const sha256 = source.maybeText('sha256').toLowerCase();
  const useNote = card.text('use');
  return {
    ...parseRunnerSpec(card),
    version: card.maybeText('version'),
    title: card.text('title'),
    network: card.maybeText('network'),
    use: useOf(card, useNote),
    useNote,
    licence: licenceOf(card),
    source: sourceOf(source),
    citation: card.maybeText('citation'),
    sha256: card.has('sha256') ? card.text('sha256').toLowerCase() : published ? '' : sha256,
    weightsSha256: published ? sha256 : '',
    file: card.maybeText('file') || 'model.onnx',
    inputName: card.text('input'),
    outputName: card.text('output'),
    trainingData: trainingDataOf(card, sha256),
    limits: card.has('limits') ? card.texts('limits') : [],
  };
}

/** The numbers of a card alone, without what is to be said of the model. */
export function parseRunnerSpec(json: unknown): RunnerSpec {
  const card = json instanceof Card ? json : new Card(json, '');
  const preprocessing = card.at('preprocessing');
  const defaults = card.at('defaults');
  const labels = card.names('labels');
  const output = outputOf(card, defaults);
  checkLayout(card, output);
  const spec: RunnerSpec = {
    id: card.text('id'),
    samplingRateHz: card.positive('samplingRateHz'),
    windowSamples: card.at('window').positive('samples'),
    anyLength: card.at('window').has('dynamic') && card.at('window').truth('dynamic'),
    components: card.letters('components'),
    missingComponents: card.maybeText('missingComponents') || MISSING_AS_ZEROS,
    labels,
    filter: preprocessing.has('filter') ? filterOf(preprocessing.at('filter')) : undefined,
    detrendRecords: preprocessing.has('detrend') && isLinear(preprocessing),
    filterBeforeResampling:
      !preprocessing.has('filterBeforeResampling') || preprocessing.truth('filterBeforeResampling'),
    preparation: preparationOf(preprocessing),
    output,
    stacking: output.kind === 'point' ? 'avg' : stackingOf(defaults),
    blindingSamples: output.kind === 'point' ? [0, 0] : blindingOf(defaults),
    pickRule: pickRuleOf(defaults),
    thresholds: thresholdsOf(defaults, output, labels),
    batchSize: batchOf(defaults, output),
    presets: {},
  };
  checkSettings(spec, defaultSettings(spec));
  return { ...spec, presets: presetsOf(card, spec) };
}

function useOf(card: Card, note: string): ModelUse {
  if (note === 'picking') return 'picking';
  if (note.startsWith('tests only')) return 'tests-only';
  if (note.startsWith('random weights')) return 'never-picking';
  if (note.startsWith('processing')) return 'not-a-picker';
  return card.fail('use', '"picking", "processing", "tests only …" or "random weights …"');
}

function licenceOf(card: Card): ModelLicence {
  const licence = card.at('licence');
  return {
    name: licence.text('spdx'),
    holder: licence.maybeText('holder'),
    note: licence.maybeText('note'),
  };
}

function sourceOf(source: Card): string {
  if (source.has('training')) return source.text('training');
  const [repository, commit] = [source.maybeText('repository'), source.maybeText('commit')];
  const place = commit === '' ? repository : `${repository} at ${commit}`;
  return [place, source.maybeText('path')].filter((part) => part !== '').join(', ');
}

function trainingDataOf(card: Card, weightsSha256: string): readonly string[] {
  const training = card.maybe('training');
  if (!training.has('data')) return knownWeights(weightsSha256)?.trainingData ?? [];
  const named = training.cards('data').map((data) => {
    const path = data.maybeText('path');
    return path === '' ? data.text('what') : path;
  });
  return [...new Set(named)];
}

function checkLayout(card: Card, output: RunnerOutput): void {
  if (!card.has('layout')) return;
  const layout = card.at('layout');
  layout.expect('input', ['batch', 'component', 'sample']);
  if (output.kind === 'samples') layout.expect('output', ['batch', 'label', 'sample']);
  if (output.kind === 'point') layout.expect('output', ['batch', 'label']);
  if (output.kind === 'waveform') layout.expect('output', ['batch', 'component', 'sample']);
}

function outputOf(card: Card, defaults: Card): RunnerOutput {
  const words = ['sample-wise', 'one label per window', 'waveform'] as const;
  const windowing = card.oneOf('windowing', words);
  if (windowing === 'one label per window') {
    return {
      kind: 'point',
      labelSample: card.number('labelSample'),
      strideSamples: defaults.positive('strideSamples'),
    };
  }
  const overlap = defaults.number('overlapSamples');
  if (windowing === 'waveform') return { kind: 'waveform', overlap };
  const steps = card.has('answerSteps') ? card.positive('answerSteps') : undefined;
  return { kind: 'samples', overlap, ...(steps !== undefined && { steps }) };
}

function filterOf(card: Card): BandFilter {
  const kind = card.oneOf('kind', ['bandpass', 'highpass', 'lowpass']);
  return {
    lowHz:
      kind === 'lowpass' ? undefined : card.positive(kind === 'bandpass' ? 'freqMinHz' : 'freqHz'),
    highHz:
      kind === 'highpass' ? undefined : card.positive(kind === 'bandpass' ? 'freqMaxHz' : 'freqHz'),
    corners: card.positive('corners'),
    zeroPhase: card.truth('zeroPhase'),
  };
}

/** In cards, detrending means whole records; `detrendWindows` the windows cut from them. */
function isLinear(preprocessing: Card): boolean {
  preprocessing.expect('detrend', 'linear');
  return true;
}

function preparationOf(card: Card): WindowPreparation {
  if (card.has('demean')) card.expect('demean', 'component');
  return {
    demean: card.has('demean'),
    detrend: card.has('detrendWindows') && card.truth('detrendWindows'),
    scale: card.has('normalise') ? scaleOf(card.at('normalise')) : undefined,
    taperSamples: card.has('taperSamples') ? card.number('taperSamples') : 0,
  };
}

function scaleOf(card: Card): WindowScale {
  const scope = card.oneOf('scope', ['component', 'window']);
  const epsilon = card.has('epsilon') ? card.number('epsilon') : 0;
  if (card.oneOf('name', ['std', 'peak']) === 'peak') return { by: 'peak', scope, epsilon };
  return { by: 'std', scope, epsilon, divisor: card.oneOf('divisor', ['n', 'n-1']) };
}

function stackingOf(defaults: Card): Stacking {
  return defaults.oneOf('stacking', ['avg', 'max']);
}

function blindingOf(defaults: Card): readonly [number, number] {
  const [before, after] = defaults.numbers('blindingSamples');
  return before !== undefined && after !== undefined
    ? [before, after]
    : defaults.fail('blindingSamples', 'two whole numbers');
}

/** By the words of the card: a dominance window, an off threshold, or a distance of peaks. */
function pickRuleOf(defaults: Card): PickRule {
  if (defaults.has('dominanceWindowSamples')) {
    return {
      kind: 'dominance',
      minimumDistanceSamples: defaults.positive('pickDistanceSamples'),
      windowSamples: defaults.positive('dominanceWindowSamples'),
    };
  }
  if (defaults.has('minimumPeakDistanceSamples')) {
    const minimumDistanceSamples = defaults.positive('minimumPeakDistanceSamples');
    return { kind: 'peaks', minimumDistanceSamples };
  }
  const off = offOf(defaults);
  // An off level of its own is that of GPD's program.
  return 'level' in off
    ? { kind: 'trigger', off, minimumWidthSamples: 0, convention: 'trigger_onset' }
    : { kind: 'trigger', off, minimumWidthSamples: 0 };
}

function offOf(defaults: Card): { ratio: number } | { level: number } {
  const off = defaults.all()['offThreshold'];
  if (off === undefined || off === null || off === 'half of on') return { ratio: 0.5 };
  return { level: defaults.positive('offThreshold') };
}

function thresholdsOf(
  defaults: Card,
  output: RunnerOutput,
  labels: readonly string[],
): Record<string, number> {
  if (output.kind === 'waveform') return {};
  const card = defaults.at('thresholds');
  const phases = labels.filter((label) => label !== NOISE_LABEL);
  return Object.fromEntries(phases.map((phase) => [phase, card.positive(phase)]));
}

function batchOf(defaults: Card, output: RunnerOutput): number {
  if (defaults.has('batch')) return defaults.positive('batch');
  return output.kind === 'point' ? POINT_BATCH_SIZE : BATCH_SIZE;
}

/** `presets: {name: {text, settings}}`; settings as runs have them, checked with the spec. */
function presetsOf(card: Card, spec: RunnerSpec): Record<string, RunPreset> {
  const presets = card.maybe('presets');
  const read = Object.keys(presets.all()).map((name) => {
    const preset = presets.at(name);
    const settings = preset.at('settings').all() as Partial<RunSettings>;
    mergeSettings(spec, settings);
    return [name, { text: preset.text('text'), settings }] as const;
  });
  return { ...originalPresets(card, spec), ...usualPresets(spec), ...Object.fromEntries(read) };
}

/** What a card says under `original`. */
function originalPresets(card: Card, spec: RunnerSpec): Record<string, RunPreset> {
  const presets: Record<string, RunPreset> = {};
  const original = card.maybe('original');
  if (original.has('minimumPeakDistanceSamples')) presets['original'] = originalOf(original, spec);
  return presets;
}

/** A running scale over records that go through the network whole. */
function originalOf(original: Card, spec: RunnerSpec): RunPreset {
  const minimumDistanceSamples = original.positive('minimumPeakDistanceSamples');
  const pickRule = { kind: 'peaks', minimumDistanceSamples, convention: 'detect_peaks' } as const;
  const words = /^running mean and std, window (\d+), step (\d+)/.exec(
    original.maybeText('normalisation'),
  );
  if (words === null || !spec.anyLength) {
    return { text: 'Picks by the rule of the authors’ program.', settings: { pickRule } };
  }
  const [windowSamples, stepSamples] = [Number(words[1]), Number(words[2])];
  return {
    text: 'As the authors’ own program: records scaled by their running mean and deviation, whole through the network, the highest peaks. Records longer than an hour go through in pieces of one: the same numbers where their length is a multiple of 256 samples, as that of a day is; with others weak picks differ, as they do in the program when a record is a sample longer. Other rates are resampled by straight lines, without a filter; accelerometers are integrated and high-passed at 1 Hz.',
    settings: {
      ...WHOLE_RECORDS,
      recordTreatment: { resampling: 'linear', integrateFromHz: 1 },
      runningScale: { windowSamples, stepSamples },
      preparation: { demean: false, detrend: false, scale: undefined, taperSamples: 0 },
      pickRule,
    },
  };
}
