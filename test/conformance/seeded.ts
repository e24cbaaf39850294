// Weights and windows made from a formula, the same in any language: nothing has to be stored but the answers the
// original program gives. mulberry32 seeded with FNV-1a of the tensor's name.

/** Numbers in [0, 1) of mulberry32. */
export function mulberry(seed: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => {
    const a = (seed + Math.imul(k + 1, 0x6d2b79f5)) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  });
}

/** Numbers in [0, 1) that belong to a name. */
export function uniform(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return mulberry(seed, count);
}

/** Tensors by name, in the order they were added. */
export type Tensors = Map<string, { shape: number[]; values: Float32Array }>;

/** How lively a layer is: the variance of weights is gain / fan-in; 2 where nothing is said. */
export type Gains = readonly (readonly [RegExp, number])[];

export interface Seeding {
  readonly gains?: Gains;
  /** Keras keeps the outputs in the last dimension, PyTorch in the first. */
  readonly outputs?: 'first' | 'last';
}

/** A tensor of one name and shape: variances and scales near 1, biases near 0, weights by their fan-in. */
export function seeded(
  name: string,
  shape: readonly number[],
  seeding: Seeding = {},
): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const part = name.replace(/:0$/, '').split(/[./]/).at(-1) ?? '';
  const numbers = uniform(name, count);
  const spread = (scale: number, offset = 0) =>
    Float32Array.from(numbers, (u) => offset + scale * (2 * u - 1));
  if (/^(running_var|moving_variance)$/.test(part)) return spread(0.4, 1);
  if (part === 'gamma' || (part === 'weight' && shape.length === 1)) return spread(0.3, 1);
  if (shape.length <= 1 || part === 'beta') return spread(0.1);
  const gain = (seeding.gains ?? []).find(([pattern]) => pattern.test(name))?.[1] ?? 2;
  const outputs = (seeding.outputs === 'last' ? shape.at(-1) : shape[0]) ?? 1;
  return spread(Math.sqrt((3 * gain) / Math.floor(count / outputs)));
}

/** All tensors of a list of names and shapes. */
export function seededTensors(
  shapes: Iterable<readonly [name: string, shape: readonly number[]]>,
  seeding: Seeding = {},
): Tensors {
  return new Map(
    Array.from(shapes, ([name, shape]) => [
      name,
      { shape: [...shape], values: seeded(name, shape, seeding) },
    ]),
  );
}

/** A window (component, sample) of numbers between −1 and 1. */
export function seededWindow(components: number, samples: number): Float32Array {
  return Float32Array.from(uniform('x', components * samples), (u) => 2 * u - 1);
}
