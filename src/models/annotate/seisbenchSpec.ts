// What a SeisBench model class does by default, and what the `.json.vN` beside its weights changes.

import { AppError } from '../../base/appError.ts';
import type { WindowScale } from '../../domain/event/runSettings.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { Card } from '../cardReader.ts';
import { usualPresets } from '../presets.ts';
import {
  BATCH_SIZE,
  DETECTION_LABEL,
  MISSING_AS_ZEROS,
  NOISE_LABEL,
  POINT_BATCH_SIZE,
  type RunnerSpec,
} from '../spec.ts';
import { seisbenchArguments } from './seisbenchArguments.ts';

type ClassDefaults = Omit<RunnerSpec, 'id'>;

const STD: WindowScale = { by: 'std', scope: 'component', divisor: 'n-1', epsilon: 1e-10 };
const PLAIN = { demean: true, detrend: false, scale: STD, taperSamples: 0 } as const;

const PHASENET: ClassDefaults = {
  samplingRateHz: 100,
  windowSamples: 3001,
  anyLength: false,
  missingComponents: MISSING_AS_ZEROS,
  components: ['Z', 'N', 'E'],
  labels: ['N', 'P', 'S'],
  filter: undefined,
  detrendRecords: false,
  filterBeforeResampling: true,
  preparation: PLAIN,
  output: { kind: 'samples', overlap: 1500 },
  stacking: 'avg',
  blindingSamples: [0, 0],
  thresholds: { P: 0.3, S: 0.3 },
  pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
  batchSize: BATCH_SIZE,
  presets: {},
};

const EQTRANSFORMER: ClassDefaults = {
  ...PHASENET,
  windowSamples: 6000,
  labels: ['Detection', 'P', 'S'],
  preparation: { ...PLAIN, scale: { ...STD, scope: 'window' }, taperSamples: 6 },
  output: { kind: 'samples', overlap: 3000 },
  stacking: 'max',
  blindingSamples: [500, 500],
  thresholds: { Detection: 0.3, P: 0.1, S: 0.1 },
};

const PEAK: WindowScale = { by: 'peak', scope: 'component', epsilon: 1e-10 };

const VARIABLE_LENGTH: ClassDefaults = {
  ...PHASENET,
  windowSamples: 600,
  anyLength: true,
  labels: ['P', 'S', 'N'],
  preparation: { ...PLAIN, scale: PEAK },
  output: { kind: 'samples', overlap: 0.5 },
};

/** By the names `convertWeights` gives to architectures. */
const CLASSES: Readonly<Record<string, ClassDefaults>> = {
  phasenet: PHASENET,
  'phasenet-light': PHASENET,
  'variable-length-phasenet': VARIABLE_LENGTH,
  'lfe-detect': VARIABLE_LENGTH,
  eqtransformer: EQTRANSFORMER,
  obstransformer: EQTRANSFORMER,
  'eqcct-p': { ...EQTRANSFORMER, labels: ['P'], thresholds: { P: 0.3 } },
  'eqcct-s': { ...EQTRANSFORMER, labels: ['S'], thresholds: { S: 0.5 } },
  skynet: {
    ...PHASENET,
    windowSamples: 30_000,
    labels: ['P', 'S', 'N'],
    preparation: { ...PLAIN, scale: { ...PEAK, scope: 'window' } },
    output: { kind: 'samples', overlap: 15_000 },
    stacking: 'max',
    thresholds: { P: 0.5, S: 0.5 },
  },
  cred: {
    ...PHASENET,
    windowSamples: 3000,
    labels: ['Detection'],
    preparation: { ...PLAIN, scale: { ...STD, scope: 'window' } },
    output: { kind: 'samples', overlap: 1500, steps: 19 },
    thresholds: { Detection: 0.5 },
  },
  // Every component is denoised by itself.
  'deep-denoiser': {
    ...PHASENET,
    windowSamples: 3000,
    labels: ['Z', 'N', 'E'],
    preparation: { ...PLAIN, demean: false, scale: undefined },
    output: { kind: 'waveform', overlap: 1500 },
    thresholds: {},
  },
  'basic-phase-ae': {
    ...PHASENET,
    windowSamples: 600,
    output: { kind: 'samples', overlap: 300 },
    // In front SeisBench blinds sample 130 alone; the windows before cover it.
    blindingSamples: [0, 130],
  },
  gpd: {
    ...PHASENET,
    windowSamples: 400,
    labels: ['P', 'S', 'N'],
    // The network divides by the window's largest value itself.
    preparation: { ...PLAIN, scale: undefined },
    output: { kind: 'point', labelSample: 200, strideSamples: 10 },
    thresholds: { P: 0.7, S: 0.7 },
    batchSize: POINT_BATCH_SIZE,
  },
};

/**
 * The spec of weights published for SeisBench: the defaults of their class, changed by `model_args`
 * (component order, phases, rate, filter, normalisation) and `default_args` (arguments of a run) of the parsed
 * `.json.vN`. `architecture` is as `convertWeights` names it. Throws `bad-input`.
 */
export function seisbenchSpec(id: string, architecture: string, json: unknown): RunnerSpec {
  const defaults = CLASSES[architecture];
  if (defaults === undefined) {
    throw new AppError(
      'bad-input',
      `${id}: how SeisBench runs a "${architecture}" is not known here; known are ${Object.keys(CLASSES).join(', ')}`,
    );
  }
  const card = new Card(json, '');
  const args = card.has('model_args') ? card.at('model_args') : new Card({}, 'model_args.');
  const base = withModelArguments({ ...defaults, id }, args);
  const given = card.has('default_args') ? card.at('default_args').all() : {};
  const { settings } = seisbenchArguments(base, given);
  const { output } = base;
  const spec: RunnerSpec = {
    ...base,
    output:
      output.kind === 'point'
        ? { ...output, strideSamples: settings.strideSamples }
        : { ...output, overlap: settings.overlap },
    stacking: settings.stacking,
    blindingSamples: settings.blindingSamples,
    thresholds: settings.thresholds,
  };
  return { ...spec, presets: usualPresets(spec) };
}

function withModelArguments(spec: RunnerSpec, args: Card): RunnerSpec {
  const { output, preparation } = spec;
  const detection = spec.labels.filter((label) => label === DETECTION_LABEL);
  const labels = args.has('phases') ? [...detection, ...args.letters('phases')] : spec.labels;
  return {
    ...spec,
    samplingRateHz: args.has('sampling_rate')
      ? args.positive('sampling_rate')
      : spec.samplingRateHz,
    components: args.has('component_order') ? args.letters('component_order') : spec.components,
    labels,
    thresholds: thresholdsFor(labels, spec.thresholds),
    filter: args.has('filter_args') ? filterOf(args) : spec.filter,
    output:
      output.kind === 'point' && args.has('pred_sample')
        ? { ...output, labelSample: args.number('pred_sample') }
        : output,
    preparation: {
      ...preparation,
      detrend: args.has('norm_detrend') ? args.truth('norm_detrend') : preparation.detrend,
      scale: preparation.scale && scaleOf(preparation.scale, args),
    },
  };
}

/** Phases a class does not name (Pn, Sg) are picked where it picks P. */
function thresholdsFor(
  labels: readonly string[],
  ofClass: RunnerSpec['thresholds'],
): RunnerSpec['thresholds'] {
  return Object.fromEntries(
    labels.flatMap((label) => {
      const threshold = ofClass[label] ?? (label === NOISE_LABEL ? undefined : ofClass['P']);
      return threshold === undefined ? [] : [[label, threshold]];
    }),
  );
}

function scaleOf(given: WindowScale, args: Card): WindowScale {
  const scale = args.has('norm_axis') ? { ...given, scope: scopeOf(args) } : given;
  const { epsilon } = scale;
  const perComponent: WindowScale = { by: 'peak', scope: 'component', epsilon };
  if (args.has('norm_amp_per_comp') && args.truth('norm_amp_per_comp')) return perComponent;
  if (!args.has('norm')) return scale;
  const norm = args.text('norm');
  if (norm === scale.by) return scale;
  if (norm === 'peak') return perComponent;
  // Skynet's other scale is a mean of deviations, which nothing here does.
  const isPlain = norm === 'std' && scale.scope === 'component';
  return isPlain ? STD : args.fail('norm', `"${scale.by}", or "peak" of each component`);
}

/** VariableLengthPhaseNet's axes of one norm: the last is time, the one before it the components. */
function scopeOf(args: Card): WindowScale['scope'] {
  const axes = args.all()['norm_axis'];
  const over = Array.isArray(axes) ? axes.map(String).sort().join() : '';
  if (over === '-1') return 'component';
  return over === '-1,-2' ? 'window' : args.fail('norm_axis', '[-1] or [-1, -2]');
}

function filterOf(args: Card): BandFilter {
  const [kind] = args.texts('filter_args');
  const words = args.has('filter_kwargs')
    ? args.at('filter_kwargs')
    : new Card({}, 'filter_kwargs.');
  const given = {
    corners: words.has('corners') ? words.positive('corners') : 4,
    zeroPhase: words.has('zerophase') ? words.truth('zerophase') : false,
  };
  switch (kind) {
    case 'bandpass':
      return { ...given, lowHz: words.positive('freqmin'), highHz: words.positive('freqmax') };
    case 'highpass':
      return { ...given, lowHz: words.positive('freq'), highHz: undefined };
    case 'lowpass':
      return { ...given, lowHz: undefined, highHz: words.positive('freq') };
    default:
      return args.fail('filter_args', '"bandpass", "highpass" or "lowpass"');
  }
}
