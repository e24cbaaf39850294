// EQTransformer from its authors' Keras files (Mousavi et al. 2020, doi:10.1038/s41467-020-17591-w): the tensors
// are named and turned as SeisBench's port has them, whose graph is the same.

import { AppError } from '../../base/appError.ts';
import { reshape, transpose, type Tensor } from '../onnxGraph/tensor.ts';
import { eqTransformerGraph } from './eqTransformer.ts';
import { byKerasRank, kerasLayers } from './kerasNames.ts';
import { Weights, type NamedTensors } from './weights.ts';

/** `original`: gates are sigmoids; `conservative`: clip(0.2 x + 0.5, 0, 1), Keras 2's hard sigmoid. */
export type EqTransformerBuild = 'original' | 'conservative';

const COMPONENTS = 3;
const WIDTHS = [8, 16, 16, 32, 32, 64, 64] as const;
const KERNELS = [11, 9, 7, 7, 5, 5, 3] as const;
const RESIDUAL_KERNELS = [3, 3, 3, 3, 2, 3, 2] as const;
const DEEP = 64;
const HIDDEN = 16;
const ATTENTION = 32;
const FEED_FORWARD = 128;
/** Decoders as the program makes them, and their last convolution. */
const DECODERS = [
  { name: 'decoder_d', last: 'conv_d', keras: 'detector' },
  { name: 'pick_decoders.0', last: 'pick_convs.0', keras: 'picker_P' },
  { name: 'pick_decoders.1', last: 'pick_convs.1', keras: 'picker_S' },
] as const;

/**
 * EQTransformer from a Keras weights file; its components are E, N, Z. The gates of its LSTMs are not in the
 * tensors: they come from the architecture or are named. Throws `bad-input`.
 */
export function eqTransformerFromKeras(
  tensors: NamedTensors,
  build: EqTransformerBuild | undefined,
): Uint8Array {
  if (build === undefined) {
    throw new AppError(
      'bad-input',
      'EQTransformer weights of Keras fit two builds; give the whole model with its architecture, or name the file after its build: original (sigmoid gates) or conservative (hard sigmoid gates).',
    );
  }
  const renamed = new Renaming(tensors).all();
  return eqTransformerGraph(renamed, build === 'original' ? 'non-conservative' : 'conservative');
}

/** The build a Keras architecture describes; undefined when it describes neither. */
export function eqTransformerBuildOf(architecture: unknown): EqTransformerBuild | undefined {
  const text = JSON.stringify(architecture) ?? '';
  const gates = [...text.matchAll(/"recurrent_activation":"(\w+)"/g)].map((match) => match[1]);
  if (gates.length === 0) return undefined;
  if (gates.every((gate) => gate === 'hard_sigmoid')) return 'conservative';
  return gates.every((gate) => gate === 'sigmoid') ? 'original' : undefined;
}

/** The build a file is named after, as the published ones are; undefined when its name says neither or both. */
export function eqTransformerBuildNamed(fileName: string): EqTransformerBuild | undefined {
  const builds = ['original', 'conservative'] as const;
  const said = builds.filter((build) => fileName.toLowerCase().includes(build));
  return said.length === 1 ? said[0] : undefined;
}

class Renaming {
  readonly #weights: Weights;
  readonly #blocks: number;
  readonly #renamed = new Map<string, Tensor>();
  #convolution = 0;
  #norm = 0;

  constructor(tensors: NamedTensors) {
    const ranked = byKerasRank(tensors);
    this.#weights = new Weights(ranked, 'EQTransformer of Keras');
    this.#blocks = kerasLayers(ranked, 'bidirectional');
  }

  all(): NamedTensors {
    WIDTHS.forEach((width, k) => {
      const shape = [KERNELS[k] ?? 0, WIDTHS[k - 1] ?? COMPONENTS, width];
      this.#nextConvolution(`encoder.convs.${k}`, shape);
    });
    RESIDUAL_KERNELS.forEach((kernel, k) => {
      for (const part of [1, 2]) {
        this.#nextNorm(`res_cnn_stack.members.${k}.norm${part}`, DEEP);
        const shape = [kernel, DEEP, DEEP];
        this.#nextConvolution(`res_cnn_stack.members.${k}.conv${part}`, shape);
      }
    });
    for (let k = 0; k < this.#blocks; k += 1) {
      const name = `bi_lstm_stack.members.${k}`;
      const inputs = k === 0 ? DEEP : HIDDEN;
      this.#cell(`${name}.lstm.cell_f`, '', `bidirectional ${k} forward `, inputs);
      this.#cell(`${name}.lstm.cell_b`, '', `bidirectional ${k} backward `, inputs);
      this.#nextConvolution(`${name}.conv`, [1, 2 * HIDDEN, HIDDEN]);
      this.#nextNorm(`${name}.norm`, HIDDEN);
    }
    this.#transformer('transformer_d0', 'attentionD0', 0);
    this.#transformer('transformer_d', 'attentionD', 1);
    ['attentionP', 'attentionS'].forEach((attention, k) => {
      this.#cell(`pick_lstms.${k}`, '_l0', `lstm ${k} `, HIDDEN);
      this.#attention(`pick_attentions.${k}`, attention);
    });
    for (const { name, last, keras } of DECODERS) {
      const widths = WIDTHS.toReversed();
      KERNELS.toReversed().forEach((kernel, k) => {
        const shape = [kernel, widths[k - 1] ?? HIDDEN, widths[k] ?? 0];
        this.#nextConvolution(`${name}.convs.${k}`, shape);
      });
      this.#convolutionOf(`${keras} 0`, last, [KERNELS[0], WIDTHS[0], 1]);
    }
    this.#weights.refuseLeftovers(/^$/);
    return this.#renamed;
  }

  #nextConvolution(to: string, shape: readonly number[]): void {
    this.#convolutionOf(`conv1d ${this.#convolution}`, to, shape);
    this.#convolution += 1;
  }

  #convolutionOf(from: string, to: string, shape: readonly number[]): void {
    const kernel = this.#weights.take(`${from} kernel`, shape);
    this.#renamed.set(`${to}.weight`, transpose(kernel, [2, 1, 0]));
    this.#copy(`${from} bias`, `${to}.bias`, [shape.at(-1) ?? 0]);
  }

  #nextNorm(to: string, channels: number): void {
    const from = `batch_normalization ${this.#norm}`;
    this.#copy(`${from} gamma`, `${to}.weight`, [channels]);
    this.#copy(`${from} beta`, `${to}.bias`, [channels]);
    this.#copy(`${from} moving_mean`, `${to}.running_mean`, [channels]);
    this.#copy(`${from} moving_variance`, `${to}.running_var`, [channels]);
    this.#norm += 1;
  }

  /** Keras keeps the gates in PyTorch's order i, f, g, o, and one bias. */
  #cell(to: string, ending: string, from: string, inputs: number): void {
    const rows = 4 * HIDDEN;
    this.#turned(`${from}kernel`, `${to}.weight_ih${ending}`, [inputs, rows]);
    this.#turned(`${from}recurrent_kernel`, `${to}.weight_hh${ending}`, [HIDDEN, rows]);
    this.#copy(`${from}bias`, `${to}.bias_ih${ending}`, [rows]);
    const none = { shape: [rows], values: new Float32Array(rows) };
    this.#renamed.set(`${to}.bias_hh${ending}`, none);
  }

  #transformer(to: string, attention: string, k: number): void {
    this.#attention(`${to}.attention`, attention);
    [1, 2].forEach((part) => {
      for (const each of ['gamma', 'beta']) {
        const from = `layer_normalization ${2 * k + part - 1} ${each}`;
        const tensor = this.#weights.take(from, [HIDDEN]);
        this.#renamed.set(`${to}.norm${part}.${each}`, reshape(tensor, [HIDDEN, 1]));
      }
    });
    this.#turned(`feed_forward ${k} W1`, `${to}.ff.lin1.weight`, [HIDDEN, FEED_FORWARD]);
    this.#copy(`feed_forward ${k} b1`, `${to}.ff.lin1.bias`, [FEED_FORWARD]);
    this.#turned(`feed_forward ${k} W2`, `${to}.ff.lin2.weight`, [FEED_FORWARD, HIDDEN]);
    this.#copy(`feed_forward ${k} b2`, `${to}.ff.lin2.bias`, [HIDDEN]);
  }

  #attention(to: string, from: string): void {
    this.#copy(`${from} 0 Add_Wt`, `${to}.Wt`, [HIDDEN, ATTENTION]);
    this.#copy(`${from} 0 Add_Wx`, `${to}.Wx`, [HIDDEN, ATTENTION]);
    this.#copy(`${from} 0 Add_bh`, `${to}.bh`, [ATTENTION]);
    this.#copy(`${from} 0 Add_Wa`, `${to}.Wa`, [ATTENTION, 1]);
    this.#copy(`${from} 0 Add_ba`, `${to}.ba`, [1]);
  }

  #copy(from: string, to: string, shape: readonly number[]): void {
    this.#renamed.set(to, this.#weights.take(from, shape));
  }

  #turned(from: string, to: string, shape: readonly number[]): void {
    this.#renamed.set(to, transpose(this.#weights.take(from, shape), [1, 0]));
  }
}
