// The only file that loads the ONNX runtime; only the inference process's worker threads import it.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelSpec } from './spec.ts';

/** A network ready to run on one core. Rows are C-contiguous float32. */
export interface Network {
  /** `input` holds windows × components × samples; the answer windows × labels × samples. */
  run(input: Float32Array, windows: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Loads a network from the bytes of its ONNX file. */
export async function openNetwork(bytes: Uint8Array, spec: ModelSpec): Promise<Network> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
  });
  const { components, labels, windowSamples } = spec;
  return {
    async run(input, windows) {
      const data = input.subarray(0, windows * components.length * windowSamples);
      const tensor = new Tensor('float32', data, [windows, components.length, windowSamples]);
      const output = (await session.run({ [spec.inputName]: tensor }))[spec.outputName];
      if (output === undefined || !(output.data instanceof Float32Array)) {
        throw new Error(`${spec.id} has no float32 output named "${spec.outputName}"`);
      }
      if (output.data.length !== windows * labels.length * windowSamples) {
        throw new Error(`${spec.id} answered ${output.dims.join(' × ')} values, not one a sample`);
      }
      return output.data;
    },
    release: () => session.release(),
  };
}
