// DeepDenoiser (Zhu, Mousavi and Beroza 2019, doi:10.1109/TGRS.2019.2926772) as SeisBench stores it: a U-Net that
// weighs every time and frequency of one channel. The graph goes from waveform to waveform: transform,
// normalisation, mask, inverse transform.

import { binsOf, frameSpectra, periodicHann, tracesOfSpectra } from '../onnxGraph/fourier.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { conv2d, convTranspose2d, relu } from '../onnxGraph/layers.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 3000;
const HOP = 15;
const HANN = 30;
const BINS = 31;
const FRAMES = 201;
/** Frames whose mean and deviation normalise the window: all but the last. */
const NORM_FRAMES = 200;
const WIDTHS = [8, 16, 32, 64, 128, 256] as const;
const KERNEL = 3;
const EPSILON = 1e-3;

/** 30 samples in the middle of a transform of 60, phases from the first of them, amplitudes as in SciPy. */
const TRANSFORM = {
  window: withZerosAround(periodicHann(HANN), HANN / 2),
  hop: HOP,
  zeros: HANN,
  origin: HANN / 2,
  scale: 2 / HANN,
} as const;

/**
 * DeepDenoiser from a SeisBench `.pt`: x (batch, component, 3000), any number of components in any unit → the
 * signal's share of each by itself, in the same unit and shape. Throws `bad-input`.
 */
export function deepDenoiserFromTorch(tensors: NamedTensors): Uint8Array {
  const graph = new OnnxGraph('deep-denoiser');
  const x = graph.input('x', ['batch', 'component', WINDOW]);
  const traces = graph.node('Reshape', [x, graph.integers([-1, 1, 1, WINDOW])]);
  const spectra = frameSpectra(graph, traces, TRANSFORM);
  const plane = graph.integers([-1, 2, binsOf(TRANSFORM), FRAMES]);
  const noisy = graph.node('Reshape', [spectra, plane]);
  const shares = maskOf(graph, new Weights(tensors, 'DeepDenoiser of SeisBench'), noisy);
  const signal = graph.node('Mul', [noisy, graph.splitInTwo(shares, 1, [1, 1])[0]]);
  const rows = graph.node('Reshape', [signal, graph.integers([-1, 2 * BINS, 1, FRAMES])]);
  const lengths = { frames: FRAMES, samples: WINDOW };
  const denoised = tracesOfSpectra(graph, rows, TRANSFORM, lengths);
  const y = graph.node('Reshape', [denoised, graph.node('Shape', [x])]);
  graph.output('y', y, ['batch', 'component', WINDOW]);
  return graph.toBytes();
}

/** (batch, real and imaginary, bin, frame) → shares of signal and noise, of the same size. */
function maskOf(graph: OnnxGraph, weights: Weights, noisy: Value): Value {
  const layer = (name: string, norm: string, from: number, to: number) => ({
    weight: weights.take(`${name}.weight`, [to, from, KERNEL, KERNEL]),
    norm: weights.torchNorm(norm, to, EPSILON),
  });
  const smooth = (value: Value, each: ReturnType<typeof layer>, stride = 1) =>
    relu(graph, conv2d(graph, value, { ...each, stride }));
  let value = smooth(normalised(graph, noisy), layer('inc', 'in_bn', 2, WIDTHS[0]));
  const skips: { readonly skip: Value; readonly size: readonly [number, number] }[] = [];
  let size: readonly [number, number] = [BINS, FRAMES];
  WIDTHS.slice(0, -1).forEach((width, depth) => {
    const name = `down_conv_blocks.${depth}`;
    const from = WIDTHS[Math.max(0, depth - 1)] ?? width;
    const skip = smooth(value, layer(`${name}.conv1`, `${name}.bn1`, from, width));
    skips.push({ skip, size });
    value = smooth(skip, layer(`${name}.conv2`, `${name}.bn2`, width, width), 2);
    size = [Math.ceil(size[0] / 2), Math.ceil(size[1] / 2)];
  });
  value = smooth(value, layer('conv5', 'bn5', WIDTHS[4], WIDTHS[5]));
  skips.reverse().forEach(({ skip, size: [height, length] }, step) => {
    const name = `up_conv_blocks.${step}`;
    const from = WIDTHS[WIDTHS.length - 1 - step] ?? 0;
    const to = from / 2;
    const wide = convTranspose2d(graph, value, {
      weight: weights.take(`${name}.conv1.weight`, [from, to, KERNEL, KERNEL]),
      norm: weights.torchNorm(`${name}.bn1`, to, EPSILON),
      stride: 2,
      cut: [0, 0, 1 + (height % 2), 1 + (length % 2)],
    });
    const merged = graph.node('Concat', [skip, relu(graph, wide)], { axis: 1 });
    value = smooth(merged, layer(`${name}.conv2`, `${name}.bn2`, from, to));
  });
  const last = {
    weight: weights.take('outc.weight', [2, WIDTHS[0], 1, 1]),
    bias: weights.take('outc.bias', [2]),
  };
  weights.refuseLeftovers(/\.num_batches_tracked$/);
  return graph.node('Softmax', [conv2d(graph, value, last)], { axis: 1 });
}

/**
 * Less the mean, divided by the deviation (n − 1) of the first 200 frames, all bins and both parts together.
 * The published sliding normalisation comes to this: of its three windows the outer ones take the values of the
 * middle one. A silent window is left as it is.
 */
function normalised(graph: OnnxGraph, noisy: Value): Value {
  const bounds = [graph.integers([0]), graph.integers([NORM_FRAMES]), graph.integers([3])];
  const frames = graph.node('Slice', [noisy, ...bounds]);
  const over = { axes: [1, 2, 3], keepdims: 1 };
  const mean = graph.node('ReduceMean', [frames], over);
  const around = graph.node('Sub', [frames, mean]);
  const squares = graph.node('Mul', [around, around]);
  const count = 2 * BINS * NORM_FRAMES;
  const variance = graph.node('Mul', [
    graph.node('ReduceMean', [squares], over),
    graph.scalar(count / (count - 1)),
  ]);
  const deviation = graph.node('Sqrt', [variance]);
  const isSilent = graph.node('Equal', [deviation, graph.scalar(0)]);
  const divisor = graph.node('Where', [isSilent, graph.scalar(1), deviation]);
  return graph.node('Div', [graph.node('Sub', [noisy, mean]), divisor]);
}

function withZerosAround(window: Float64Array, zeros: number): Float64Array {
  const wide = new Float64Array(window.length + 2 * zeros);
  wide.set(window, zeros);
  return wide;
}
