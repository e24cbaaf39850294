// Named tensors as a network's builder takes them: each once, with the shape it must have.

import { AppError } from '../../base/appError.ts';
import { batchNorm, type Affine } from '../onnxGraph/layers.ts';
import type { Tensor } from '../onnxGraph/tensor.ts';

/** Tensors by the name their file gives them. */
export type NamedTensors = ReadonlyMap<string, Tensor>;

/** The tensors of one file, handed out by name and shape. */
export class Weights {
  readonly #tensors: NamedTensors;
  readonly #network: string;
  readonly #taken = new Set<string>();

  /** `network` names the architecture in messages. */
  constructor(tensors: NamedTensors, network: string) {
    this.#tensors = tensors;
    this.#network = network;
  }

  /** A tensor of exactly this shape. Throws `bad-input` when it is absent or has another. */
  take(name: string, shape: readonly number[]): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) {
      return this.#refuse(`tensor ${name} (${shape.join(' × ')}) is missing`);
    }
    if (tensor.shape.join() !== shape.join()) {
      return this.#refuse(
        `tensor ${name} is ${tensor.shape.join(' × ')} where ${shape.join(' × ')} is needed`,
      );
    }
    if (!tensor.values.every(Number.isFinite)) {
      return this.#refuse(`tensor ${name} holds numbers that are not finite`);
    }
    this.#taken.add(name);
    return tensor;
  }

  /** Batch normalisation under PyTorch's names. */
  torchNorm(prefix: string, channels: number, epsilon: number): Affine {
    return this.normOf(
      ['weight', 'bias', 'running_mean', 'running_var'].map((part) => `${prefix}.${part}`),
      channels,
      epsilon,
    );
  }

  /** Batch normalisation under Keras' and TensorFlow's names; `ending` as `:0`. */
  kerasNorm(prefix: string, channels: number, epsilon: number, ending = '', between = '/'): Affine {
    return this.normOf(
      ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
        (each) => `${prefix}${between}${each}${ending}`,
      ),
      channels,
      epsilon,
    );
  }

  /** Batch normalisation of four tensors: scale, shift, mean, variance. */
  normOf(names: readonly string[], channels: number, epsilon: number): Affine {
    const [gamma, beta, mean, variance] = names.map((name) => this.take(name, [channels]));
    if (!gamma || !beta || !mean || !variance) return this.#refuse('a normalisation is incomplete');
    return batchNorm({ gamma, beta, mean, variance }, epsilon);
  }

  /** Throws `bad-input` naming tensors nobody took, but for those `ignored` knows to be no weights. */
  refuseLeftovers(ignored: RegExp): void {
    const left = [...this.#tensors.keys()].filter(
      (name) => !this.#taken.has(name) && !ignored.test(name),
    );
    if (left.length > 0) {
      this.#refuse(`it has ${left.length} tensors such a network has not, first ${left[0]}`);
    }
  }

  #refuse(why: string): never {
    throw new AppError('bad-input', `These weights are no ${this.#network}: ${why}.`);
  }
}
