// PhaseNet (Zhu and Beroza 2019, doi:10.1093/gji/ggy423): a U-Net along time, kernel 7, stride 4.
// One graph for any number of samples: TensorFlow's SAME rule at the strided convolutions (SeisBench pads
// so for its 3001), and the upsampled branch cut in its middle to the skip's length.

import { AppError } from '../../base/appError.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  conv,
  convTranspose,
  cropToLengthOf,
  relu,
  withHeight,
  withoutHeight,
  type Affine,
  type Padding,
} from '../onnxGraph/layers.ts';
import { transpose, type Tensor } from '../onnxGraph/tensor.ts';
import { modelArgument } from './settings.ts';
import { Weights, type NamedTensors } from './weights.ts';

interface Layer {
  readonly weight: Tensor;
  readonly bias?: Tensor;
  readonly norm?: Affine;
}

/** The layers in the order they run, whatever their file calls them. */
interface PhaseNetLayers {
  readonly input: Layer;
  /** Convolution, then the strided one; the last depth has none. */
  readonly down: readonly (readonly [Layer, Layer?])[];
  /** From the deepest: transposed convolution, then the one over skip and upsampled. */
  readonly up: readonly (readonly [Layer, Layer])[];
  readonly output: Layer;
}

/** How a build meets the ends of the window and what it answers. */
interface PhaseNetBuild {
  readonly stridedPadding: Padding;
  /** Samples dropped after each transposed convolution, before the cut in the middle. */
  readonly transposedPadding: readonly [number, number];
  readonly activation: 'Softmax' | 'Sigmoid';
}

const KERNEL = 7;
const REACH = 3;
const STRIDE = 4;
const DEPTHS = [0, 1, 2, 3, 4] as const;
const DEEPEST = 4;
const EPSILON = 1e-3;

/** The authors' own sizes. */
const TF_ROOT = 8;
const TF_COMPONENTS = 3;
const TF_LABELS = 3;

const ORIGINAL: PhaseNetBuild = {
  stridedPadding: 'same',
  transposedPadding: [1, 2],
  activation: 'Softmax',
};

/** PhaseNet from a SeisBench `.pt`, of any width and number of components and labels. Throws `bad-input`. */
export function phaseNetFromTorch(tensors: NamedTensors): Uint8Array {
  return phaseNetGraph(torchLayers(tensors), ORIGINAL);
}

/**
 * VariableLengthPhaseNet and LFEDetect of SeisBench: PhaseNet's tensors, padded alike at every depth,
 * with softmax or sigmoid as the settings say. Throws `bad-input`.
 */
export function variableLengthPhaseNetFromTorch(
  tensors: NamedTensors,
  settings: unknown,
): Uint8Array {
  return phaseNetGraph(torchLayers(tensors), {
    stridedPadding: [REACH, REACH],
    transposedPadding: [0, 0],
    activation: activationOf(settings),
  });
}

function activationOf(settings: unknown): PhaseNetBuild['activation'] {
  const name = modelArgument(settings, 'output_activation') ?? 'softmax';
  if (name === 'softmax') return 'Softmax';
  if (name === 'sigmoid') return 'Sigmoid';
  throw new AppError(
    'bad-input',
    `The settings beside the weights ask for the output activation ${String(name)}; softmax and sigmoid are known.`,
  );
}

function torchLayers(tensors: NamedTensors): PhaseNetLayers {
  const weights = new Weights(tensors, 'PhaseNet of SeisBench');
  const [root = 8, components = 3] = tensors.get('inc.weight')?.shape ?? [];
  const [labels = 3] = tensors.get('out.weight')?.shape ?? [];
  const layer = (
    name: string,
    norm: string,
    shape: readonly number[],
    channels: number,
  ): Layer => ({
    weight: weights.take(`${name}.weight`, shape),
    norm: weights.torchNorm(norm, channels, EPSILON),
  });
  const layers: PhaseNetLayers = {
    input: {
      ...layer('inc', 'in_bn', [root, components, KERNEL], root),
      bias: weights.take('inc.bias', [root]),
    },
    down: DEPTHS.map((depth) => {
      const branch = `down_branch.${depth}`;
      const width = widthAt(root, depth);
      const from = widthAt(root, Math.max(0, depth - 1));
      const first = layer(`${branch}.0`, `${branch}.1`, [width, from, KERNEL], width);
      if (depth === DEEPEST) return [first] as const;
      return [first, layer(`${branch}.2`, `${branch}.3`, [width, width, KERNEL], width)] as const;
    }),
    up: ascents(root).map(([from, to], step) => {
      const branch = `up_branch.${step}`;
      return [
        layer(`${branch}.0`, `${branch}.1`, [from, to, KERNEL], to),
        layer(`${branch}.2`, `${branch}.3`, [to, 2 * to, KERNEL], to),
      ] as const;
    }),
    output: {
      weight: weights.take('out.weight', [labels, root, 1]),
      bias: weights.take('out.bias', [labels]),
    },
  };
  weights.refuseLeftovers(/\.num_batches_tracked$/);
  return layers;
}

/** PhaseNet from the authors' TensorFlow 2 checkpoint. Throws `bad-input`. */
export function phaseNetFromTensorFlow(tensors: NamedTensors): Uint8Array {
  const weights = new Weights(tensors, "PhaseNet of the authors' checkpoint");
  // (kernel, 1, in, out), of a transposed one (kernel, 1, out, in): both end as the graph needs them.
  const kernel = (name: string, last: number, first: number, length = KERNEL): Tensor => {
    const { shape, values } = weights.take(`${name}/kernel`, [length, 1, last, first]);
    const flat = { shape: [shape[0] ?? 0, last, first], values };
    return transpose(flat, [2, 1, 0]);
  };
  const norm = (name: string, channels: number) => weights.kerasNorm(name, channels, EPSILON);
  const layers: PhaseNetLayers = {
    input: {
      weight: kernel('Input/input_conv', TF_COMPONENTS, TF_ROOT),
      bias: weights.take('Input/input_conv/bias', [TF_ROOT]),
      norm: norm('Input/input_bn', TF_ROOT),
    },
    down: DEPTHS.map((depth) => {
      const width = widthAt(TF_ROOT, depth);
      const folder = `DownConv_${depth}`;
      const part = (name: string, from: number): Layer => ({
        weight: kernel(`${folder}/down_conv${name}`, from, width),
        norm: norm(`${folder}/down_bn${name}`, width),
      });
      const first = part(`1_${depth + 1}`, widthAt(TF_ROOT, Math.max(0, depth - 1)));
      if (depth === DEEPEST) return [first] as const;
      return [first, part(`3_${depth + 1}`, width)] as const;
    }),
    up: ascents(TF_ROOT).map(([from, to], step) => {
      const depth = DEEPEST - 1 - step;
      const name = (part: string) => `UpConv_${depth}/up_${part}_${depth + 1}`;
      return [
        { weight: kernel(name('conv0'), to, from), norm: norm(name('bn0'), to) },
        { weight: kernel(name('conv1'), 2 * to, to), norm: norm(name('bn1'), to) },
      ] as const;
    }),
    output: {
      weight: kernel('Output/output_conv', TF_ROOT, TF_LABELS, 1),
      bias: weights.take('Output/output_conv/bias', [TF_LABELS]),
    },
  };
  weights.refuseLeftovers(/\/Adam(_1)?$|^beta[12]_power$|^global_step$|^(Variable|learning_rate)/);
  return phaseNetGraph(layers, ORIGINAL);
}

function widthAt(root: number, depth: number): number {
  return root * 2 ** depth;
}

/** Widths before and after each upsampling, from the deepest. */
function ascents(root: number): (readonly [from: number, to: number])[] {
  return DEPTHS.slice(1)
    .map((depth) => [widthAt(root, depth), widthAt(root, depth - 1)] as const)
    .reverse();
}

function phaseNetGraph(layers: PhaseNetLayers, build: PhaseNetBuild): Uint8Array {
  const graph = new OnnxGraph('phasenet');
  const components = layers.input.weight.shape[1] ?? 0;
  const x = graph.input('x', ['batch', components, 'samples']);
  const same = [REACH, REACH] as const;
  const smooth = (value: Value, layer: Layer) =>
    relu(graph, conv(graph, value, { ...layer, padding: same }));
  let value = smooth(withHeight(graph, x), layers.input);
  const skips: Value[] = [];
  for (const [first, strided] of layers.down) {
    value = smooth(value, first);
    if (strided === undefined) continue;
    skips.push(value);
    value = relu(
      graph,
      conv(graph, value, { ...strided, stride: STRIDE, padding: build.stridedPadding }),
    );
  }
  for (const [transposed, merging] of layers.up) {
    const skip = skips.pop() ?? value;
    const padding = build.transposedPadding;
    const up = relu(graph, convTranspose(graph, value, { ...transposed, stride: STRIDE, padding }));
    const merged = graph.node('Concat', [skip, cropToLengthOf(graph, up, skip)], { axis: 1 });
    value = smooth(merged, merging);
  }
  const logits = conv(graph, value, { ...layers.output, padding: [0, 0] });
  const labelled = withoutHeight(graph, logits);
  const attributes = build.activation === 'Softmax' ? { axis: 1 } : {};
  const y = graph.node(build.activation, [labelled], attributes);
  graph.output('y', y, ['batch', layers.output.weight.shape[0] ?? 0, 'samples']);
  return graph.toBytes();
}
