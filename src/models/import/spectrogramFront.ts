// The spectrogram both networks of seismo-performer begin with (kapre's STFT and decibel layers):
// 64 samples, hop 16, periodic Hann, no padding; decibels floored 80 dB below the window's loudest bin;
// divided by the largest absolute value, of the window or of the whole batch.

import { frameSpectra, magnitudes, periodicHann } from '../onnxGraph/fourier.ts';
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
  const spectra = frameSpectra(graph, apart, { window: periodicHann(LENGTH), hop: HOP });
  const shape = [-1, SPECTROGRAM_COMPONENTS, SPECTROGRAM_BINS, SPECTROGRAM_FRAMES];
  const magnitude = graph.node('Reshape', [
    magnitudes(graph, spectra, SPECTROGRAM_BINS),
    graph.integers(shape),
  ]);
  const audible = graph.node('Max', [magnitude, graph.scalar(SMALLEST_MAGNITUDE)]);
  const decibels = graph.node('Mul', [graph.node('Log', [audible]), graph.scalar(DB_PER_NEPER)]);
  const loudest = graph.node('ReduceMax', [decibels], { axes: [1, 2, 3], keepdims: 1 });
  const floor = graph.node('Sub', [loudest, graph.scalar(DYNAMIC_RANGE_DB)]);
  const ranged = graph.node('Max', [decibels, floor]);
  const axes = scaler === 'batch' ? [0, 1, 2, 3] : [1, 2, 3];
  const size = graph.node('ReduceMax', [graph.node('Abs', [ranged])], { axes, keepdims: 1 });
  return graph.node('Div', [ranged, size]);
}
