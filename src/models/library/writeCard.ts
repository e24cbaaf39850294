// The card of a model that was imported from published weights, in the format of all packs.

import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import type { WindowScale } from '../../domain/event/runSettings.ts';
import { phaseLabels, type RunnerSpec } from '../spec.ts';

/** What is said of the model apart from how it is run. */
export interface CardIdentity {
  readonly title: string;
  readonly network: string;
  readonly use: string;
  readonly licence: Readonly<Record<string, string>>;
  readonly source: Readonly<Record<string, string>>;
  readonly citation: string | undefined;
  readonly trainingData: readonly string[];
  readonly limits: readonly string[];
  readonly original: Readonly<Record<string, unknown>> | undefined;
  readonly presets: Readonly<Record<string, unknown>> | undefined;
  /** What each network of the pack is, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** sha-256 of each network. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Names of the files it was read from, and the program that did. */
  readonly imported: { readonly files: readonly string[]; readonly program: string };
}

/** The card as it is written into `model.json`. `parseModelSpec` reads it back to the same spec. */
export function cardOf(spec: RunnerSpec, identity: CardIdentity): Record<string, unknown> {
  const { output } = spec;
  const answers = output.kind === 'point' ? ['batch', 'label'] : ['batch', 'label', 'sample'];
  const waveform = ['batch', 'component', 'sample'];
  return {
    id: spec.id,
    title: identity.title,
    network: identity.network,
    use: identity.use,
    licence: identity.licence,
    source: identity.source,
    ...(identity.citation === undefined ? {} : { citation: identity.citation }),
    files: identity.files,
    checksums: identity.checksums,
    imported: identity.imported,
    input: 'x',
    output: 'y',
    layout: { input: waveform, output: output.kind === 'waveform' ? waveform : answers },
    samplingRateHz: spec.samplingRateHz,
    window: { samples: spec.windowSamples, dynamic: spec.anyLength },
    ...(output.kind === 'point'
      ? { windowing: 'one label per window', labelSample: output.labelSample }
      : { windowing: output.kind === 'waveform' ? 'waveform' : 'sample-wise' }),
    ...(output.kind === 'samples' && output.steps !== undefined && { answerSteps: output.steps }),
    components: spec.components.join(''),
    missingComponents: spec.missingComponents,
    labels: spec.labels,
    preprocessing: preprocessingOf(spec),
    defaults: defaultsOf(spec),
    ...(identity.trainingData.length === 0
      ? {}
      : { training: { data: identity.trainingData.map((what) => ({ what })) } }),
    limits: identity.limits,
    ...(identity.original === undefined ? {} : { original: identity.original }),
    ...(identity.presets === undefined ? {} : { presets: identity.presets }),
  };
}

function preprocessingOf({
  filter,
  detrendRecords,
  filterBeforeResampling,
  preparation,
}: RunnerSpec) {
  const { demean, detrend, scale, taperSamples } = preparation;
  return {
    filter: filter === undefined ? null : filterCard(filter),
    filterBeforeResampling,
    detrend: detrendRecords ? 'linear' : null,
    demean: demean ? 'component' : null,
    detrendWindows: detrend,
    normalise: scale === undefined ? null : scaleCard(scale),
    taperSamples,
  };
}

function filterCard({ lowHz, highHz, corners, zeroPhase }: BandFilter) {
  const rest = { corners, zeroPhase };
  if (lowHz !== undefined && highHz !== undefined) {
    return { kind: 'bandpass', freqMinHz: lowHz, freqMaxHz: highHz, ...rest };
  }
  return lowHz === undefined
    ? { kind: 'lowpass', freqHz: highHz, ...rest }
    : { kind: 'highpass', freqHz: lowHz, ...rest };
}

function scaleCard(scale: WindowScale) {
  const { by, scope, epsilon } = scale;
  return {
    name: by,
    scope,
    ...(scale.by === 'std' ? { divisor: scale.divisor } : {}),
    ...(epsilon === 0 ? {} : { epsilon }),
  };
}

function defaultsOf(spec: RunnerSpec) {
  const { output, windowSamples, stacking, blindingSamples, batchSize } = spec;
  const thresholds = thresholdsOf(spec);
  const rule = pickRuleCard(spec);
  if (output.kind === 'point') {
    return { strideSamples: output.strideSamples, batch: batchSize, thresholds, ...rule };
  }
  const { overlap } = output;
  const overlapSamples = overlap < 1 ? Math.floor(overlap * windowSamples) : overlap;
  return { overlapSamples, stacking, blindingSamples, batch: batchSize, thresholds, ...rule };
}

/** Settings may name labels their class has no threshold for. */
function thresholdsOf(spec: RunnerSpec): Record<string, number> {
  if (spec.output.kind === 'waveform') return {};
  const labels = phaseLabels(spec).map(({ phase }) => phase);
  return Object.fromEntries(labels.map((label) => [label, spec.thresholds[label] ?? 0.3]));
}

function pickRuleCard({ pickRule }: RunnerSpec) {
  switch (pickRule.kind) {
    case 'dominance':
      return {
        pickDistanceSamples: pickRule.minimumDistanceSamples,
        dominanceWindowSamples: pickRule.windowSamples,
      };
    case 'peaks':
      return { minimumPeakDistanceSamples: pickRule.minimumDistanceSamples };
    case 'trigger':
    case 'detection-gated':
      return { offThreshold: 'level' in pickRule.off ? pickRule.off.level : 'half of on' };
  }
}
