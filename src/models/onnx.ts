// The only file that loads the ONNX runtime; only the inference process's worker threads import it.

import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import type { ModelSpec } from './spec.ts';
import type { OpenGraph } from './spectrogramNet/spectrogramScorer.ts';

// What goes wrong is thrown; the runtime would print it on stderr besides, with its own source lines.
env.logLevel = 'fatal';

const ONE_CORE: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
};

/** A network ready to run on one core. Rows are C-contiguous float32. */
export interface Network {
  /**
   * `input` begins with windows × components × samples and may be longer, when `windowSamples` are as the spec
   * says; of networks of any length it holds exactly the windows. The answer is windows × labels × samples, or
   * windows × labels for one answer a window; it is written to the start of `room` where that can be.
   */
  run(
    input: Float32Array,
    windows: number,
    windowSamples?: number,
    room?: Float32Array,
  ): Promise<Float32Array>;
  release(): Promise<void>;
}

/** What is needed of a spec to run its network. */
export type NetworkSpec = Pick<
  ModelSpec,
  'id' | 'inputName' | 'outputName' | 'components' | 'labels' | 'windowSamples' | 'output'
>;

/** A graph with any inputs, ready to run on one core; the answer may be memory that the next run uses again. */
export async function openGraph(bytes: Uint8Array): Promise<OpenGraph> {
  const session = await InferenceSession.create(bytes, ONE_CORE);
  return {
    async run(inputs, output) {
      const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        new Tensor('float32', data, shape),
      ]);
      const answer = (await session.run(Object.fromEntries(feeds)))[output];
      if (answer?.data instanceof Float32Array) return answer.data;
      throw new Error(`the graph has no float32 output named "${output}"`);
    },
    release: () => session.release(),
  };
}

/** What this build of the runtime knows to run networks with; whether it works on this machine is another matter. */
export function knownProviders(): { name: string; bundled: boolean }[] {
  return listSupportedBackends().map(({ name, bundled }) => ({ name, bundled }));
}

/** Loads a network from the bytes of its ONNX file. Throws what the runtime says when the provider cannot be used. */
export async function openNetwork(
  bytes: Uint8Array,
  spec: NetworkSpec,
  provider = 'cpu',
): Promise<Network> {
  const session = await InferenceSession.create(bytes, {
    ...ONE_CORE,
    executionProviders: [provider],
  });
  const { components, labels } = spec;
  const perWindow = (windowSamples: number): number =>
    labels.length * (spec.output.kind === 'point' ? 1 : windowSamples);
  // Its last dimensions are known from its first answer, of windows of one length.
  let answered: { readonly windowSamples: number; readonly shape: readonly number[] } | undefined;
  return {
    async run(input, windows, windowSamples = spec.windowSamples, room = undefined) {
      const data = input.subarray(0, windows * components.length * windowSamples);
      const feed = new Tensor('float32', data, [windows, components.length, windowSamples]);
      const values = windows * perWindow(windowSamples);
      const into =
        room !== undefined && answered?.windowSamples === windowSamples && provider === 'cpu'
          ? new Tensor('float32', room.subarray(0, values), [windows, ...answered.shape])
          : null;
      const fetches = { [spec.outputName]: into };
      const output = (await session.run({ [spec.inputName]: feed }, fetches))[spec.outputName];
      if (output === undefined || !(output.data instanceof Float32Array)) {
        throw new Error(`${spec.id} has no float32 output named "${spec.outputName}"`);
      }
      if (output.data.length !== values) {
        const wanted = spec.output.kind === 'point' ? 'one a window' : 'one a sample';
        throw new Error(`${spec.id} answered ${output.dims.join(' × ')} values, not ${wanted}`);
      }
      const [first, ...shape] = output.dims;
      if (first === windows) answered = { windowSamples, shape };
      return output.data;
    },
    release: () => session.release(),
  };
}
