// Keras 2 keeps weights in HDF5: one group a layer, listed in `layer_names`, its tensors in `weight_names`.

import { AppError } from '../../base/appError.ts';
import type { Inflate } from '../zip/zip.ts';
import { openHdf5, type Hdf5Object } from './hdf5.ts';

/** A tensor of a Keras file, in C order. */
export interface KerasTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a Keras file holds. */
export interface KerasWeights {
  /** By layer and name: `dense/dense/kernel:0`. */
  readonly tensors: ReadonlyMap<string, KerasTensor>;
  /** The parsed architecture, when the file is a whole model and not weights alone. */
  readonly architecture: unknown;
}

/**
 * Weights from a Keras `.h5`/`.hd5` file, of weights alone (`save_weights`) or of a whole model
 * (`save`). `inflate` unpacks raw DEFLATE, should the file be packed. Throws `unreadable-file`.
 */
export function readKerasWeights(
  bytes: Uint8Array,
  fileName: string,
  inflate?: Inflate,
): KerasWeights {
  const root = openHdf5(bytes, fileName, inflate);
  const layers = root.at('model_weights') ?? root;
  const names = textsOf(layers, 'layer_names');
  if (names.length === 0) {
    throw new AppError(
      'unreadable-file',
      `${fileName} lists no Keras layers; files of Keras 3 (.weights.h5) have to be saved again in the older H5 layout.`,
    );
  }
  const tensors = new Map<string, KerasTensor>();
  for (const name of names) {
    const layer = layers.at(name);
    if (layer === undefined) return absent(fileName, name);
    for (const weight of textsOf(layer, 'weight_names')) {
      const numbers = layer.at(weight)?.numbers();
      if (numbers === undefined) return absent(fileName, `${name}/${weight}`);
      const values = Float32Array.from(numbers.values);
      tensors.set(`${name}/${weight}`, { shape: numbers.shape, values });
    }
  }
  return { tensors, architecture: architectureOf(root, fileName) };
}

function architectureOf(root: Hdf5Object, fileName: string): unknown {
  const [config] = textsOf(root, 'model_config');
  if (config === undefined) return undefined;
  try {
    return JSON.parse(config) as unknown;
  } catch (cause) {
    const message = `${fileName} holds an architecture that is no JSON; fetch the file again.`;
    throw new AppError('unreadable-file', message, { cause });
  }
}

/** An attribute of texts; long lists are cut into `name0`, `name1` and so on by Keras. */
function textsOf(object: Hdf5Object, name: string): string[] {
  const attributes = object.attributes();
  const texts: string[] = [];
  const add = (values: readonly (number | string)[] | undefined) => {
    for (const value of values ?? []) if (typeof value === 'string') texts.push(value);
  };
  add(attributes.get(name));
  for (let part = 0; attributes.has(`${name}${part}`); part += 1) {
    add(attributes.get(`${name}${part}`));
  }
  return texts;
}

function absent(fileName: string, name: string): never {
  throw new AppError(
    'unreadable-file',
    `${fileName} lists ${name} but does not hold it; fetch the file again.`,
  );
}
