// Layers by their definitions (PyTorch's Conv1d, ConvTranspose1d and so on), in double precision: what networks
// without published weights are compared with.

export type Rows = Float64Array[];
export type Tensors = Map<string, { shape: number[]; values: Float32Array }>;

/** Numbers between -1 and 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 30 - 1;
  };
}

/** Adds a tensor of random numbers around `offset`. */
export function addRandom(
  tensors: Tensors,
  next: () => number,
  [name, shape, scale, offset = 0]: readonly [string, number[], number, number?],
): void {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length }, () => offset + scale * next());
  tensors.set(name, { shape, values });
}

/** The layers as PyTorch defines them. */
export class PlainLayers {
  readonly tensors: Tensors;

  constructor(tensors: Tensors) {
    this.tensors = tensors;
  }

  conv(x: Rows, name: string, stride: number, [left, right]: readonly [number, number]): Rows {
    const { shape, values } = this.tensors.get(`${name}.weight`)!;
    const [outputs, inputs, kernel] = shape as [number, number, number];
    const bias = this.tensors.get(`${name}.bias`)?.values;
    const length = Math.floor((x[0]!.length + left + right - kernel) / stride) + 1;
    return Array.from({ length: outputs }, (_, o) =>
      Float64Array.from({ length }, (__, t) => {
        let sum = bias?.[o] ?? 0;
        for (let i = 0; i < inputs; i += 1) {
          for (let k = 0; k < kernel; k += 1) {
            sum += (x[i]![t * stride + k - left] ?? 0) * values[(o * inputs + i) * kernel + k]!;
          }
        }
        return sum;
      }),
    );
  }

  convTranspose(x: Rows, name: string, stride: number, cut = 0): Rows {
    const { shape, values } = this.tensors.get(`${name}.weight`)!;
    const [inputs, outputs, kernel] = shape as [number, number, number];
    const length = (x[0]!.length - 1) * stride + kernel;
    const bias = this.tensors.get(`${name}.bias`)?.values;
    const y = Array.from({ length: outputs }, (_, o) =>
      new Float64Array(length).fill(bias?.[o] ?? 0),
    );
    for (let i = 0; i < inputs; i += 1) {
      for (let o = 0; o < outputs; o += 1) {
        x[i]!.forEach((value, t) => {
          for (let k = 0; k < kernel; k += 1) {
            y[o]![t * stride + k]! += value * values[(i * outputs + o) * kernel + k]!;
          }
        });
      }
    }
    return y.map((row) => row.slice(cut, length - cut));
  }

  normRelu(x: Rows, name: string): Rows {
    const of = (part: string, c: number) => this.tensors.get(`${name}.${part}`)!.values[c]!;
    return x.map((row, c) => {
      const scale = of('weight', c) / Math.sqrt(of('running_var', c) + 1e-3);
      return row.map((v) => Math.max(0, (v - of('running_mean', c)) * scale + of('bias', c)));
    });
  }

  relu(x: Rows): Rows {
    return x.map((row) => row.map((value) => Math.max(0, value)));
  }

  /** The highest of each two samples. */
  pool(x: Rows): Rows {
    return x.map((row) => {
      const length = Math.floor(row.length / 2);
      return Float64Array.from({ length }, (_, t) => Math.max(row[2 * t]!, row[2 * t + 1]!));
    });
  }

  /** Every sample `times` times. */
  repeat(x: Rows, times: number): Rows {
    return x.map((row) =>
      Float64Array.from({ length: row.length * times }, (_, t) => row[Math.floor(t / times)]!),
    );
  }
}

/** Labels × samples, flattened as the networks answer them. */
export function probabilities(logits: Rows, activation: string): Float32Array {
  const length = logits[0]!.length;
  return Float32Array.from({ length: logits.length * length }, (_, k) => {
    const value = (row: Float64Array) => row[k % length]!;
    const own = value(logits[Math.floor(k / length)]!);
    if (activation === 'sigmoid') return 1 / (1 + Math.exp(-own));
    return 1 / logits.reduce((sum, row) => sum + Math.exp(value(row) - own), 0);
  });
}
