// The spectrogram's frames by themselves: 64 samples in, natural logarithms of 33 powers out.

import { OnnxGraph } from '../onnxGraph/graph.ts';

export const FRAME_SAMPLES = 64;
export const FRAME_HOP = 16;
export const FRAME_BINS = 33;
export const FRONT_INPUT = 'x';
export const FRONT_OUTPUT = 'y';

/** Powers count as at least this; samples are fed at most 1. */
const SMALLEST_POWER = 1e-36;

/** Graph from (frame, 64) to (frame, 33): a periodic Hann window and the Fourier transform as one product. */
export function frontGraph(): Uint8Array {
  const graph = new OnnxGraph('spectrogram-frames');
  const frames = graph.input(FRONT_INPUT, ['frame', FRAME_SAMPLES]);
  const values = new Float32Array(FRAME_SAMPLES * 2 * FRAME_BINS);
  for (let n = 0; n < FRAME_SAMPLES; n += 1) {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FRAME_SAMPLES);
    for (let bin = 0; bin < FRAME_BINS; bin += 1) {
      const angle = (2 * Math.PI * bin * n) / FRAME_SAMPLES;
      values[n * 2 * FRAME_BINS + bin] = hann * Math.cos(angle);
      values[n * 2 * FRAME_BINS + FRAME_BINS + bin] = -hann * Math.sin(angle);
    }
  }
  const kernels = graph.tensor({ shape: [FRAME_SAMPLES, 2 * FRAME_BINS], values });
  const waves = graph.node('MatMul', [frames, kernels]);
  const [real, imaginary] = graph.splitInTwo(waves, 1, [FRAME_BINS, FRAME_BINS]);
  const square = (value: string) => graph.node('Mul', [value, value]);
  const power = graph.node('Add', [square(real), square(imaginary)]);
  const audible = graph.node('Max', [power, graph.scalar(SMALLEST_POWER)]);
  graph.output(FRONT_OUTPUT, graph.node('Log', [audible]), ['frame', FRAME_BINS]);
  return graph.toBytes();
}
