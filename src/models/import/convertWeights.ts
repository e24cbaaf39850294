// From named tensors to an ONNX graph: which network they are is read from their names.

import { AppError } from '../../base/appError.ts';
import { ARCES_WINDOW, arcesNetFromKeras } from './arcesNets.ts';
import { basicPhaseAeFromTorch } from './basicPhaseAe.ts';
import { credFromTorch } from './cred.ts';
import { deepDenoiserFromTorch } from './deepDenoiser.ts';
import { eqcctFromTorch } from './eqcct.ts';
import { eqTransformerFromTorch } from './eqTransformer.ts';
import {
  eqTransformerBuildOf,
  eqTransformerFromKeras,
  type EqTransformerBuild,
} from './eqTransformerKeras.ts';
import { gpdFromKeras, gpdFromTorch, gpdOrderOf, type GpdOrder } from './gpd.ts';
import {
  phaseNetFromTensorFlow,
  phaseNetFromTorch,
  variableLengthPhaseNetFromTorch,
} from './phaseNet.ts';
import { phaseNetLightFromTorch } from './phaseNetLight.ts';
import { seismoPerformerFromKeras } from './seismoPerformer.ts';
import { modelArgument } from './settings.ts';
import { skynetFromTorch } from './skynet.ts';
import { specCnnFromKeras } from './specCnn.ts';
import type { SpectrogramScaler } from './spectrogramFront.ts';
import { tPhaseNetFromSavedModel } from './tPhaseNet.ts';
import type { NamedTensors } from './weights.ts';

/** A network ready for a pack: input `x` (batch, component, sample), output `y`. */
export interface ConvertedNetwork {
  readonly architecture: string;
  readonly onnx: Uint8Array;
  readonly windowSamples: number;
  /** Whether the graph takes windows of any length. */
  readonly anyLength: boolean;
  /** Rows of the input; undefined where the graph takes any number of them. */
  readonly components: number | undefined;
  /** One probability per sample and label, one per window and label, or a trace of the window's length. */
  readonly answers: 'each sample' | 'each window' | 'waveform';
}

/** What the tensors alone do not say. */
export interface ConversionOptions {
  /** Name of the folder the weights lay in: SeisBench has one for each class, also where tensors are alike. */
  readonly folder?: string;
  /** The parsed `.json.vN` beside a SeisBench `.pt.vN`. */
  readonly settings?: unknown;
  /** A parsed Keras architecture: it tells the order of GPD's layers and EQTransformer's gates. */
  readonly kerasArchitecture?: unknown;
  /** The order of GPD's layers, where no architecture file is at hand. */
  readonly gpdOrder?: GpdOrder;
  /** The gates of EQTransformer's LSTMs in a Keras file, where no architecture is at hand. */
  readonly eqTransformerBuild?: EqTransformerBuild;
  /** How Seismo-Performer and Spec-CNN scale their spectrogram; by default per window. */
  readonly scaler?: SpectrogramScaler;
}

interface Architecture {
  readonly architecture: string;
  /** Networks of the same tensors and the same graph, trained for something else. */
  readonly heirs?: readonly string[];
  /** A tensor only this network has, among those further down the list. */
  readonly mark: RegExp;
  /** Tells apart networks whose tensors are alike; such an entry stands before the other. */
  readonly isMeant?: (settings: unknown) => boolean;
  readonly convert: (tensors: NamedTensors, options: ConversionOptions) => Uint8Array;
  readonly windowSamples: number;
  readonly anyLength: boolean;
  readonly answers: ConvertedNetwork['answers'];
}

const PHASENET_WINDOW = 3001;

const phaseNet = {
  architecture: 'phasenet',
  windowSamples: PHASENET_WINDOW,
  anyLength: true,
  answers: 'each sample',
} as const;

const eqcct = { windowSamples: 6000, anyLength: false, answers: 'each sample' } as const;

const eachWindow = { windowSamples: 400, anyLength: false, answers: 'each window' } as const;

const ARCHITECTURES: readonly Architecture[] = [
  {
    architecture: 'variable-length-phasenet',
    heirs: ['lfe-detect'],
    mark: /^down_branch\.0\.0\.weight$/,
    // SeisBench writes the first two for this network and its heirs, never for PhaseNet itself.
    isMeant: (settings) =>
      modelArgument(settings, 'output_activation') !== undefined ||
      modelArgument(settings, 'norm_axis') !== undefined ||
      (modelArgument(settings, 'in_samples') ?? PHASENET_WINDOW) !== PHASENET_WINDOW,
    convert: (tensors, { settings }) => variableLengthPhaseNetFromTorch(tensors, settings),
    windowSamples: 600,
    anyLength: true,
    answers: 'each sample',
  },
  { ...phaseNet, mark: /^down_branch\.0\.0\.weight$/, convert: phaseNetFromTorch },
  { ...phaseNet, mark: /^Input\/input_conv\/kernel$/, convert: phaseNetFromTensorFlow },
  {
    architecture: 'phasenet-light',
    mark: /^conv1\.conv\.weight$/,
    convert: phaseNetLightFromTorch,
    windowSamples: PHASENET_WINDOW,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'eqtransformer',
    heirs: ['obstransformer'],
    mark: /^encoder\.convs\.0\.weight$/,
    convert: (tensors, { settings }) => eqTransformerFromTorch(tensors, settings),
    windowSamples: 6000,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'eqtransformer',
    mark: /^attentionD0\//,
    convert: (tensors, { eqTransformerBuild, kerasArchitecture }) =>
      eqTransformerFromKeras(
        tensors,
        eqTransformerBuildOf(kerasArchitecture) ?? eqTransformerBuild,
      ),
    windowSamples: 6000,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'tphasenet',
    mark: /^variables\/0\/\.ATTRIBUTES\/VARIABLE_VALUE$/,
    convert: tPhaseNetFromSavedModel,
    windowSamples: 12000,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'arces-classifier',
    mark: /^classifier\/(.+\/)?kernel(:0)?$/,
    convert: arcesNetFromKeras,
    windowSamples: ARCES_WINDOW,
    anyLength: false,
    answers: 'each window',
  },
  {
    architecture: 'skynet',
    mark: /^dconv01\.weight$/,
    convert: skynetFromTorch,
    windowSamples: 30000,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'eqcct-p',
    mark: /^_eqcct_backbone\.transformer\./,
    convert: (tensors) => eqcctFromTorch(tensors, 'P'),
    ...eqcct,
  },
  {
    architecture: 'eqcct-s',
    mark: /^_eqcct_backbone\.transformers\./,
    convert: (tensors) => eqcctFromTorch(tensors, 'S'),
    ...eqcct,
  },
  {
    architecture: 'cred',
    mark: /^lstm_block\.lstms\.0\./,
    convert: (tensors, { settings }) => credFromTorch(tensors, settings),
    windowSamples: 3000,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'deep-denoiser',
    mark: /^down_conv_blocks\./,
    convert: deepDenoiserFromTorch,
    windowSamples: 3000,
    anyLength: false,
    answers: 'waveform',
  },
  {
    architecture: 'basic-phase-ae',
    mark: /^conv7\.weight$/,
    convert: basicPhaseAeFromTorch,
    windowSamples: 600,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'gpd',
    mark: /^fc1\.weight$/,
    convert: (tensors, { settings }) => gpdFromTorch(tensors, settings),
    ...eachWindow,
  },
  {
    architecture: 'gpd',
    mark: /^conv1d\/conv1d\/kernel:0$/,
    convert: (tensors, { gpdOrder, kerasArchitecture }) =>
      gpdFromKeras(tensors, gpdOrder ?? gpdOrderOf(kerasArchitecture)),
    ...eachWindow,
  },
  {
    architecture: 'seismo-performer',
    mark: /^cls_token(_\d+)?\//,
    convert: (tensors, { scaler }) => seismoPerformerFromKeras(tensors, scaler ?? 'window'),
    ...eachWindow,
  },
  {
    architecture: 'spec-cnn',
    mark: /^conv2d\/conv2d\/kernel:0$/,
    convert: (tensors, { scaler }) => specCnnFromKeras(tensors, scaler ?? 'window'),
    ...eachWindow,
  },
];

/**
 * Converts weights of a known network to ONNX with two-dimensional convolutions. Throws `bad-input`
 * naming the tensor that is missing or has a wrong shape, or the networks known when it is none of them.
 */
export function convertWeights(
  tensors: NamedTensors,
  options: ConversionOptions,
): ConvertedNetwork {
  const found = architectureOf([...tensors.keys()], options.settings);
  const stated = modelArgument(options.settings, 'in_samples');
  return {
    architecture: nameOf(found, options.folder),
    onnx: found.convert(tensors, options),
    windowSamples: found.anyLength && typeof stated === 'number' ? stated : found.windowSamples,
    anyLength: found.anyLength,
    components: found.answers === 'waveform' ? undefined : componentsOf(tensors),
    answers: found.answers,
  };
}

function architectureOf(names: readonly string[], settings: unknown): Architecture {
  const found = ARCHITECTURES.find(
    ({ mark, isMeant }) => names.some((name) => mark.test(name)) && (isMeant?.(settings) ?? true),
  );
  if (found !== undefined) return found;
  const known = new Set(ARCHITECTURES.map(({ architecture }) => architecture));
  throw new AppError(
    'bad-input',
    `These ${names.length} tensors are of no network known here (${[...known].join(', ')}); the first is ${names[0] ?? 'missing'}.`,
  );
}

/** The heir the folder is named after, or the network itself. */
function nameOf({ architecture, heirs = [] }: Architecture, folder: string | undefined): string {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
  const heir = heirs.find((each) => plain(each) === plain(folder ?? ''));
  return heir ?? architecture;
}

/** First layers that come in several widths; the other networks have three components always. */
const ENTRIES = [
  'inc.weight',
  'encoder.convs.0.weight',
  'conv1.weight',
  'variables/0/.ATTRIBUTES/VARIABLE_VALUE',
] as const;

function componentsOf(tensors: NamedTensors): number {
  const entry = ENTRIES.find((name) => tensors.has(name));
  return (entry === undefined ? undefined : tensors.get(entry)?.shape[1]) ?? 3;
}
