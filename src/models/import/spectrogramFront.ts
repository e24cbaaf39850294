// The spectrogram both networks of seismo-performer begin with (kapre's STFT and decibel layers):
// 64 samples, hop 16, periodic Hann, no padding; decibels floored 80 dB below the window's loudest bin;
// divided by the largest absolute value, of the window or of the whole batch.

import type { OnnxGraph, Value } from '../onnxGraph/graph.ts';

/** Over what the decibels are scaled: `batch` is as published, and makes answers depend on the batch. */
export type SpectrogramScaler = 'window' | 'batch';

export const SPECTROGRAM_WINDOW = 400;
export const SPECTROGRAM_COMPONENTS = 3;
export const SPECTROGRAM_BINS = 33;
export const SPECTROGRAM_FRAMES = 22;

const LENGTH = 64;
const HOP = 16;
const SMALLEST_MAGNITUDE = 1e-5;
const DYNAMIC_RANGE_DB = 80;
const DB_PER_NEPER = 10 / Math.LN10;

/** (batch, component, 400) → (batch, component, bin, frame). */
export function spectrogramFront(graph: OnnxGraph, x: Value, scaler: SpectrogramScaler): Value {
  const apart = graph.node('Reshape', [x, graph.integers([-1, 1, 1, SPECTROGRAM_WINDOW])]);
  const waves = graph.node('Conv', [apart, graph.tensor(fourierKernels())], {
    kernel_shape: [1, LENGTH],
    strides: [1, HOP],
  });
  const [real, imaginary] = graph.splitInTwo(waves, 1, [SPECTROGRAM_BINS, SPECTROGRAM_BINS]);
  const square = (value: Value) => graph.node('Mul', [value, value]);
  const power = graph.node('Add', [square(real), square(imaginary)]);
  const shape = [-1, SPECTROGRAM_COMPONENTS, SPECTROGRAM_BINS, SPECTROGRAM_FRAMES];
  const magnitude = graph.node('Reshape', [graph.node('Sqrt', [power]), graph.integers(shape)]);
  const audible = graph.node('Max', [magnitude, graph.scalar(SMALLEST_MAGNITUDE)]);
  const decibels = graph.node('Mul', [graph.node('Log', [audible]), graph.scalar(DB_PER_NEPER)]);
  const loudest = graph.node('ReduceMax', [decibels], { axes: [1, 2, 3], keepdims: 1 });
  const floor = graph.node('Sub', [loudest, graph.scalar(DYNAMIC_RANGE_DB)]);
  const ranged = graph.node('Max', [decibels, floor]);
  const axes = scaler === 'batch' ? [0, 1, 2, 3] : [1, 2, 3];
  const size = graph.node('ReduceMax', [graph.node('Abs', [ranged])], { axes, keepdims: 1 });
  return graph.node('Div', [ranged, size]);
}

/** Windowed cosines of 33 bins, then sines: a Fourier transform as one convolution. */
function fourierKernels() {
  const values = new Float32Array(2 * SPECTROGRAM_BINS * LENGTH);
  for (let bin = 0; bin < SPECTROGRAM_BINS; bin += 1) {
    for (let n = 0; n < LENGTH; n += 1) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / LENGTH);
      const angle = (2 * Math.PI * bin * n) / LENGTH;
      values[bin * LENGTH + n] = hann * Math.cos(angle);
      values[(SPECTROGRAM_BINS + bin) * LENGTH + n] = -hann * Math.sin(angle);
    }
  }
  return { shape: [2 * SPECTROGRAM_BINS, 1, 1, LENGTH], values };
}
