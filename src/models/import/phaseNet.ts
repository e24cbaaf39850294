// PhaseNet (Zhu and Beroza 2019, doi:10.1093/gji/ggy423): a U-Net along time, kernel 7, stride 4.
// One graph for any number of samples: TensorFlow's SAME rule at the strided convolutions, and the
// upsampled branch cut in its middle to the skip's length.

import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  conv,
  convTranspose,
  cropToLengthOf,
  relu,
  withHeight,
  withoutHeight,
  type Affine,
} from '../onnxGraph/layers.ts';
import { transpose, type Tensor } from '../onnxGraph/tensor.ts';
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

const KERNEL = 7;
const STRIDE = 4;
const WIDTHS = [8, 16, 32, 64, 128] as const;
const EPSILON = 1e-3;
const COMPONENTS = 3;
const LABELS = 3;

/** PhaseNet from a SeisBench `.pt`. Throws `bad-input`. */
export function phaseNetFromTorch(tensors: NamedTensors): Uint8Array {
  const weights = new Weights(tensors, 'PhaseNet of SeisBench');
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
      ...layer('inc', 'in_bn', [WIDTHS[0], COMPONENTS, KERNEL], WIDTHS[0]),
      bias: weights.take('inc.bias', [WIDTHS[0]]),
    },
    down: WIDTHS.map((width, depth) => {
      const branch = `down_branch.${depth}`;
      const from = WIDTHS[depth - 1] ?? WIDTHS[0];
      const first = layer(`${branch}.0`, `${branch}.1`, [width, from, KERNEL], width);
      if (depth === WIDTHS.length - 1) return [first] as const;
      return [first, layer(`${branch}.2`, `${branch}.3`, [width, width, KERNEL], width)] as const;
    }),
    up: ascents().map(([from, to], step) => {
      const branch = `up_branch.${step}`;
      return [
        layer(`${branch}.0`, `${branch}.1`, [from, to, KERNEL], to),
        layer(`${branch}.2`, `${branch}.3`, [to, 2 * to, KERNEL], to),
      ] as const;
    }),
    output: {
      weight: weights.take('out.weight', [LABELS, WIDTHS[0], 1]),
      bias: weights.take('out.bias', [LABELS]),
    },
  };
  weights.refuseLeftovers(/\.num_batches_tracked$/);
  return phaseNetGraph(layers);
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
      weight: kernel('Input/input_conv', COMPONENTS, WIDTHS[0]),
      bias: weights.take('Input/input_conv/bias', [WIDTHS[0]]),
      norm: norm('Input/input_bn', WIDTHS[0]),
    },
    down: WIDTHS.map((width, depth) => {
      const folder = `DownConv_${depth}`;
      const part = (name: string, from: number): Layer => ({
        weight: kernel(`${folder}/down_conv${name}`, from, width),
        norm: norm(`${folder}/down_bn${name}`, width),
      });
      const first = part(`1_${depth + 1}`, WIDTHS[depth - 1] ?? WIDTHS[0]);
      if (depth === WIDTHS.length - 1) return [first] as const;
      return [first, part(`3_${depth + 1}`, width)] as const;
    }),
    up: ascents().map(([from, to], step) => {
      const depth = WIDTHS.length - 2 - step;
      const name = (part: string) => `UpConv_${depth}/up_${part}_${depth + 1}`;
      return [
        { weight: kernel(name('conv0'), to, from), norm: norm(name('bn0'), to) },
        { weight: kernel(name('conv1'), 2 * to, to), norm: norm(name('bn1'), to) },
      ] as const;
    }),
    output: {
      weight: kernel('Output/output_conv', WIDTHS[0], LABELS, 1),
      bias: weights.take('Output/output_conv/bias', [LABELS]),
    },
  };
  weights.refuseLeftovers(/\/Adam(_1)?$|^beta[12]_power$|^global_step$|^(Variable|learning_rate)/);
  return phaseNetGraph(layers);
}

/** Widths before and after each upsampling, from the deepest. */
function ascents(): (readonly [from: number, to: number])[] {
  return [
    [128, 64],
    [64, 32],
    [32, 16],
    [16, 8],
  ];
}

function phaseNetGraph(layers: PhaseNetLayers): Uint8Array {
  const graph = new OnnxGraph('phasenet');
  const x = graph.input('x', ['batch', COMPONENTS, 'samples']);
  const same = [(KERNEL - 1) / 2, (KERNEL - 1) / 2] as const;
  const smooth = (value: Value, layer: Layer) =>
    relu(graph, conv(graph, value, { ...layer, padding: same }));
  let value = smooth(withHeight(graph, x), layers.input);
  const skips: Value[] = [];
  for (const [first, strided] of layers.down) {
    value = smooth(value, first);
    if (strided === undefined) continue;
    skips.push(value);
    value = relu(graph, conv(graph, value, { ...strided, stride: STRIDE, padding: 'same' }));
  }
  for (const [transposed, merging] of layers.up) {
    const skip = skips.pop() ?? value;
    const padding = [1, 2] as const;
    const up = relu(graph, convTranspose(graph, value, { ...transposed, stride: STRIDE, padding }));
    const merged = graph.node('Concat', [skip, cropToLengthOf(graph, up, skip)], { axis: 1 });
    value = smooth(merged, merging);
  }
  const logits = conv(graph, value, { ...layers.output, padding: [0, 0] });
  const y = graph.node('Softmax', [withoutHeight(graph, logits)], { axis: 1 });
  graph.output('y', y, ['batch', LABELS, 'samples']);
  return graph.toBytes();
}
