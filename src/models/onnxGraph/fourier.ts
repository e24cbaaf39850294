// Short-time Fourier transforms as convolutions, so that a network carries its own spectrogram.

import type { OnnxGraph, Value } from './graph.ts';
import type { Tensor } from './tensor.ts';

/** How a trace is cut into frames and turned into frequencies. */
export interface FrameTransform {
  /** Window of one frame, as long as the transform; zeros at its ends widen the transform. */
  readonly window: Float64Array;
  readonly hop: number;
  /** Zeros before and after the trace. */
  readonly zeros?: number;
  /** The sample of a frame whose phase is zero. */
  readonly origin?: number;
  readonly scale?: number;
}

/** 0.5 − 0.5 cos(2πn / length), whose next sample would be zero again. */
export function periodicHann(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}

/** Frequencies from 0 to Nyquist, both included. */
export function binsOf(transform: FrameTransform): number {
  return transform.window.length / 2 + 1;
}

/** (row, 1, 1, sample) → (row, 2 · bin, 1, frame): real parts of all bins, then imaginary ones. */
export function frameSpectra(graph: OnnxGraph, traces: Value, transform: FrameTransform): Value {
  const zeros = transform.zeros ?? 0;
  return graph.node('Conv', [traces, graph.tensor(waveKernels(transform))], {
    kernel_shape: [1, transform.window.length],
    strides: [1, transform.hop],
    pads: [0, zeros, 0, zeros],
  });
}

/** (row, 2 · bin, 1, frame) → (row, bin, 1, frame): absolute values. */
export function magnitudes(graph: OnnxGraph, spectra: Value, bins: number): Value {
  const [real, imaginary] = graph.splitInTwo(spectra, 1, [bins, bins]);
  const square = (value: Value) => graph.node('Mul', [value, value]);
  return graph.node('Sqrt', [graph.node('Add', [square(real), square(imaginary)])]);
}

/**
 * (row, 2 · bin, 1, frame) → (row, 1, 1, sample): inverse of `frameSpectra`, its scale undone, weighted by
 * the window again (least squares). `frames` and `samples` say which lengths belong together.
 */
export function tracesOfSpectra(
  graph: OnnxGraph,
  spectra: Value,
  transform: FrameTransform,
  { frames, samples }: { readonly frames: number; readonly samples: number },
): Value {
  const { window, hop, zeros = 0, scale = 1 } = transform;
  const { shape, values } = waveKernels({ ...transform, scale: 1 / (scale * window.length) });
  const bins = binsOf(transform);
  // Bins between 0 and Nyquist stand for their negative twins too.
  const whole = values.map((value, k) => {
    const bin = Math.floor(k / window.length) % bins;
    return bin === 0 || bin === bins - 1 ? value : 2 * value;
  });
  const sum = graph.node('ConvTranspose', [spectra, graph.tensor({ shape, values: whole })], {
    kernel_shape: [1, window.length],
    strides: [1, hop],
    pads: [0, zeros, 0, zeros],
  });
  const weight = new Float64Array((frames - 1) * hop + window.length);
  for (let frame = 0; frame < frames; frame += 1) {
    window.forEach((w, n) => (weight[frame * hop + n] = (weight[frame * hop + n] ?? 0) + w * w));
  }
  const envelope = Float32Array.from(weight.subarray(zeros, zeros + samples));
  return graph.node('Div', [sum, graph.tensor({ shape: [1, 1, 1, samples], values: envelope })]);
}

/** Windowed cosines, then negative sines, of every bin: (2 · bin, 1, 1, sample). */
function waveKernels(transform: FrameTransform): Tensor {
  const { window, origin = 0, scale = 1 } = transform;
  const { length } = window;
  const bins = binsOf(transform);
  const values = new Float32Array(2 * bins * length);
  for (let bin = 0; bin < bins; bin += 1) {
    for (let n = 0; n < length; n += 1) {
      const angle = (2 * Math.PI * bin * (n - origin)) / length;
      const weight = scale * (window[n] ?? 0);
      values[bin * length + n] = weight * Math.cos(angle);
      values[(bins + bin) * length + n] = -weight * Math.sin(angle);
    }
  }
  return { shape: [2 * bins, 1, 1, length], values };
}
