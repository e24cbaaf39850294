/** Numbers of any dimension in C order. A scalar has an empty shape. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The same numbers with the axes in the order `axes`: `transpose(t, [2, 0, 1])` puts axis 2 first. */
export function transpose(tensor: Tensor, axes: readonly number[]): Tensor {
  const strides = stridesOf(tensor.shape);
  const shape = axes.map((axis) => tensor.shape[axis] ?? 1);
  const steps = axes.map((axis) => strides[axis] ?? 0);
  const values = new Float32Array(tensor.values.length);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let k = 0; k < values.length; k += 1) {
    values[k] = tensor.values[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if (next < (shape[axis] ?? 1)) {
        index[axis] = next;
        break;
      }
      from -= next * (steps[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return { shape, values };
}

/** The same numbers under another shape. */
export function reshape(tensor: Tensor, shape: readonly number[]): Tensor {
  return { shape, values: tensor.values };
}

function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}
