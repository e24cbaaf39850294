// From named tensors to an ONNX graph: which network they are is read from their names.

import { AppError } from '../../base/appError.ts';
import { eqTransformerFromTorch } from './eqTransformer.ts';
import { gpdFromTorch } from './gpd.ts';
import { phaseNetFromTensorFlow, phaseNetFromTorch } from './phaseNet.ts';
import { phaseNetLightFromTorch } from './phaseNetLight.ts';
import type { NamedTensors } from './weights.ts';

/** A network ready for a pack: input `x` (batch, component, sample), output `y`. */
export interface ConvertedNetwork {
  readonly architecture: string;
  readonly onnx: Uint8Array;
  readonly windowSamples: number;
  /** Whether the graph takes windows of any length. */
  readonly anyLength: boolean;
  /** One probability per sample and label, or one per window and label. */
  readonly answers: 'each sample' | 'each window';
}

/** What the tensors alone do not say. */
export interface ConversionOptions {
  /** The parsed `.json.vN` beside a SeisBench `.pt.vN`. */
  readonly settings?: unknown;
}

interface Architecture {
  readonly architecture: string;
  /** A tensor only this network has. */
  readonly mark: RegExp;
  readonly convert: (tensors: NamedTensors, options: ConversionOptions) => Uint8Array;
  readonly windowSamples: number;
  readonly anyLength: boolean;
  readonly answers: ConvertedNetwork['answers'];
}

const phaseNet = {
  architecture: 'phasenet',
  windowSamples: 3001,
  anyLength: true,
  answers: 'each sample',
} as const;

const ARCHITECTURES: readonly Architecture[] = [
  { ...phaseNet, mark: /^down_branch\.0\.0\.weight$/, convert: phaseNetFromTorch },
  { ...phaseNet, mark: /^Input\/input_conv\/kernel$/, convert: phaseNetFromTensorFlow },
  {
    architecture: 'phasenet-light',
    mark: /^conv1\.conv\.weight$/,
    convert: phaseNetLightFromTorch,
    windowSamples: 3001,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'eqtransformer',
    mark: /^encoder\.convs\.0\.weight$/,
    convert: (tensors, { settings }) => eqTransformerFromTorch(tensors, settings),
    windowSamples: 6000,
    anyLength: false,
    answers: 'each sample',
  },
  {
    architecture: 'gpd',
    mark: /^fc1\.weight$/,
    convert: (tensors, { settings }) => gpdFromTorch(tensors, settings),
    windowSamples: 400,
    anyLength: false,
    answers: 'each window',
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
  const names = [...tensors.keys()];
  const found = ARCHITECTURES.find(({ mark }) => names.some((name) => mark.test(name)));
  if (found === undefined) {
    const known = new Set(ARCHITECTURES.map(({ architecture }) => architecture));
    throw new AppError(
      'bad-input',
      `These ${names.length} tensors are of no network known here (${[...known].join(', ')}); the first is ${names[0] ?? 'missing'}.`,
    );
  }
  return {
    architecture: found.architecture,
    onnx: found.convert(tensors, options),
    windowSamples: found.windowSamples,
    anyLength: found.anyLength,
    answers: found.answers,
  };
}
