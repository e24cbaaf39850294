// NumPy's array file, version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** Header and what is before it are padded to a multiple of this. */
const ALIGNMENT = 64;

/** A `.npy` file of float32 values in C order. Throws a RangeError when values and shape disagree. */
export function writeNpy(values: Float32Array, shape: readonly number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== values.length) {
    throw new RangeError(`${values.length} values do not fill ${shape.join(' × ')}`);
  }
  const sizes = shape.length === 1 ? `${shape.join()},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = MAGIC.length + 2;
  const headerBytes = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT - start;
  const file = new Uint8Array(start + headerBytes + 4 * count);
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint16(MAGIC.length, headerBytes, true);
  const header = `${text.padEnd(headerBytes - 1)}\n`;
  file.set(new TextEncoder().encode(header), start);
  for (let i = 0; i < count; i += 1) {
    view.setFloat32(start + headerBytes + 4 * i, values[i] ?? 0, true);
  }
  return file;
}
