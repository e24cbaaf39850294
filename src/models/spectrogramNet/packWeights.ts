// Knows Seismo-Performer and Spec-CNN again in an ONNX file, whoever wrote it, by the sequence of their layers.

import { AppError } from '../../base/appError.ts';
import { assertDefined } from '../../base/assert.ts';
import type { Tensor } from '../onnxGraph/tensor.ts';
import type { SpectrogramScaler } from '../import/spectrogramFront.ts';
import { type OnnxNode, type ReadGraph, readOnnx } from './readOnnx.ts';

/** A network behind a spectrogram: its tensors in the order in which its layers use them. */
export interface SpectrogramNetwork {
  readonly architecture: 'seismo-performer' | 'spec-cnn';
  readonly scaler: SpectrogramScaler;
  readonly tensors: readonly Tensor[];
}

const NORM = ['LayerNormalization 48', 'LayerNormalization 48'];
const DENSE = (inputs: number, outputs: number): string[] => [
  `MatMul ${inputs}x${outputs}`,
  `Add ${outputs}`,
];
const BLOCK = [
  ...NORM,
  ...['MatMul 48x48', 'MatMul 48x48', 'MatMul 48x48', 'MatMul 48x48'],
  ...NORM,
  ...DENSE(48, 96),
  ...DENSE(96, 48),
];

/** Every constant tensor of more than one number, with the operator that uses it. */
const LAYERS: Readonly<Record<SpectrogramNetwork['architecture'], readonly string[]>> = {
  'seismo-performer': [
    'Conv 66x1x1x64',
    ...DENSE(198, 48),
    ...['Expand 1x1x48', 'Add 12x48'],
    ...BLOCK,
    ...BLOCK,
    ...NORM,
    ...DENSE(48, 96),
    ...DENSE(96, 48),
    ...DENSE(48, 3),
  ],
  'spec-cnn': [
    'Conv 66x1x1x64',
    ...['Conv 32x3x3x3', 'Conv 32'],
    ...['Conv 64x32x3x3', 'Conv 64'],
    ...['Conv 128x64x3x3', 'Conv 128'],
    ...DENSE(1024, 80),
    ...DENSE(80, 3),
  ],
};

/** The numbers of the decibel layer that stand in the graph by themselves. */
const SMALLEST_MAGNITUDE = 1e-5;
const DB_PER_NEPER = 10 / Math.LN10;
const DYNAMIC_RANGE_DB = 80;

/**
 * The network in an ONNX file, or undefined when it is neither of the two or its spectrogram is another one.
 * Whoever uses the answer compares a few windows with the file itself before the first use.
 */
export function readSpectrogramNetwork(file: Uint8Array): SpectrogramNetwork | undefined {
  let graph: ReadGraph;
  try {
    graph = readOnnx(file);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
  const used = graph.nodes.flatMap(({ operator, inputs }) =>
    inputs.flatMap((name) => {
      const tensor = graph.tensors.get(name);
      return tensor === undefined || tensor.values.length === 1 ? [] : [{ operator, tensor }];
    }),
  );
  const layers = used.map(({ operator, tensor }) => `${operator} ${tensor.shape.join('x')}`);
  const scaler = scalerOf(graph.nodes);
  if (scaler === undefined || !hasDecibels(graph)) return undefined;
  for (const architecture of ['seismo-performer', 'spec-cnn'] as const) {
    const expected = LAYERS[architecture];
    if (layers.length !== expected.length || layers.some((each, k) => each !== expected[k]))
      continue;
    const kernels = assertDefined(used[0], 'the transform').tensor;
    if (!isFourier(kernels)) return undefined;
    return { architecture, scaler, tensors: used.slice(1).map(({ tensor }) => tensor) };
  }
  return undefined;
}

/** Over what the last of the two maxima is taken. */
function scalerOf(nodes: readonly OnnxNode[]): SpectrogramScaler | undefined {
  const maxima = nodes.filter(({ operator }) => operator === 'ReduceMax');
  if (maxima.length !== 2) return undefined;
  const [loudest, size] = maxima.map(({ integers }) => (integers.get('axes') ?? []).join(' '));
  if (loudest !== '1 2 3') return undefined;
  return size === '1 2 3' ? 'window' : size === '0 1 2 3' ? 'batch' : undefined;
}

function hasDecibels({ nodes, tensors }: ReadGraph): boolean {
  const scalars = nodes.flatMap(({ operator, inputs }) =>
    inputs.flatMap((name) => {
      const tensor = tensors.get(name);
      return tensor?.values.length === 1 ? [{ operator, value: tensor.values[0] ?? NaN }] : [];
    }),
  );
  const has = (operator: string, value: number): boolean =>
    scalars.some((each) => each.operator === operator && Math.fround(value) === each.value);
  return has('Max', SMALLEST_MAGNITUDE) && has('Mul', DB_PER_NEPER) && has('Sub', DYNAMIC_RANGE_DB);
}

const LENGTH = 64;
const BINS = 33;

function isFourier({ values }: Tensor): boolean {
  for (let bin = 0; bin < BINS; bin += 1) {
    for (let n = 0; n < LENGTH; n += 1) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / LENGTH);
      const angle = (2 * Math.PI * bin * n) / LENGTH;
      const real = values[bin * LENGTH + n] ?? NaN;
      const imaginary = values[(BINS + bin) * LENGTH + n] ?? NaN;
      const near =
        Math.abs(real - hann * Math.cos(angle)) < 1e-6 &&
        Math.abs(Math.abs(imaginary) - Math.abs(hann * Math.sin(angle))) < 1e-6;
      if (!near) return false;
    }
  }
  return true;
}
