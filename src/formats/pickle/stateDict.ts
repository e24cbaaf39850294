// PyTorch's .pt: a zip of one pickle, which describes the tensors, and of one raw file per storage.

import { AppError } from '../../base/appError.ts';
import { looksLikeZip, openZip, type ZipArchive } from '../zip/zip.ts';
import { isPickledGlobal, unpickle } from './unpickle.ts';

/** A tensor of a state_dict, in C order whatever its strides were. */
export interface TorchTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Storage {
  readonly kind: 'storage';
  readonly values: ArrayLike<number>;
}

type ReadStorage = (bytes: Uint8Array) => ArrayLike<number>;

const numbers = (
  sizeBytes: number,
  read: (view: DataView, offset: number) => number,
): ReadStorage => {
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const values = new Float64Array(Math.floor(bytes.length / sizeBytes));
    for (let k = 0; k < values.length; k += 1) values[k] = read(view, k * sizeBytes);
    return values;
  };
};

const STORAGES: Readonly<Record<string, ReadStorage>> = {
  'torch.FloatStorage': numbers(4, (view, at) => view.getFloat32(at, true)),
  'torch.DoubleStorage': numbers(8, (view, at) => view.getFloat64(at, true)),
  'torch.LongStorage': numbers(8, (view, at) => Number(view.getBigInt64(at, true))),
  'torch.IntStorage': numbers(4, (view, at) => view.getInt32(at, true)),
  'torch.BoolStorage': numbers(1, (view, at) => view.getUint8(at)),
};

/** Keys under which training programs keep the state_dict inside a larger dictionary. */
const WRAPPERS = ['state_dict', 'model_state_dict'];

/**
 * The tensors of a PyTorch `state_dict` file (`.pt`, SeisBench `.pt.vN`) by name, as float32.
 * Only plain weights are read: a file that names anything but tensors, storages and ordered
 * dictionaries is refused, and nothing in it is run. Throws `unreadable-file`.
 */
export function readStateDict(bytes: Uint8Array, fileName: string): Map<string, TorchTensor> {
  if (!looksLikeZip(bytes)) {
    return refuse(
      fileName,
      'it is no zip archive; files of PyTorch before 1.6 have to be saved again with a newer PyTorch',
    );
  }
  const zip = openZip(bytes, fileName);
  const pickle = zip.names.find((name) => name.endsWith('/data.pkl'));
  if (pickle === undefined) return refuse(fileName, 'it holds no data.pkl');
  const root = pickle.slice(0, -'data.pkl'.length);
  refuseBigEndian(zip, root, fileName);
  const tree = unpickle(zip.read(pickle), {
    fileName,
    globals: globalsOf(fileName),
    persistent: (id) => loadStorage(zip, root, id, fileName),
  });
  return tensorsOf(tree, fileName);
}

function refuseBigEndian(zip: ZipArchive, root: string, fileName: string): void {
  if (!zip.names.includes(`${root}byteorder`)) return;
  const order = new TextDecoder().decode(zip.read(`${root}byteorder`)).trim();
  if (order !== 'little') refuse(fileName, `its numbers are ${order}-endian`);
}

function globalsOf(fileName: string) {
  return new Map<string, ((args: readonly unknown[]) => unknown) | undefined>([
    ['collections.OrderedDict', () => new Map()],
    ['torch._utils._rebuild_tensor_v2', (args) => rebuildTensor(args, fileName)],
    ['torch._utils._rebuild_parameter', (args) => args[0]],
    ...Object.keys(STORAGES).map((name): [string, undefined] => [name, undefined]),
  ]);
}

function loadStorage(zip: ZipArchive, root: string, id: unknown, fileName: string): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage') return refuse(fileName, 'a storage has no name');
  const [, type, key] = id as readonly unknown[];
  const read = isPickledGlobal(type) ? STORAGES[type.name] : undefined;
  if (read === undefined || typeof key !== 'string') {
    return refuse(fileName, 'a storage is of an unknown type');
  }
  return { kind: 'storage', values: read(zip.read(`${root}data/${key}`)) };
}

function rebuildTensor(args: readonly unknown[], fileName: string): TorchTensor {
  const [storage, offset, shape, strides] = args;
  if (!isStorage(storage) || !isCount(offset) || !areCounts(shape) || !areCounts(strides)) {
    return refuse(fileName, 'a tensor is described in an unknown way');
  }
  const size = shape.reduce((product, length) => product * length, 1);
  const last = shape.reduce(
    (sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0),
    offset,
  );
  const beyond = size > storage.values.length || (size > 0 && last >= storage.values.length);
  if (strides.length !== shape.length || beyond) {
    return refuse(fileName, 'a tensor reaches beyond its storage');
  }
  return { shape, values: gather(storage.values, offset, shape, strides, size) };
}

function gather(
  source: ArrayLike<number>,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  size: number,
): Float32Array {
  const values = new Float32Array(size);
  for (let k = 0; k < size; k += 1) {
    let rest = k;
    let at = offset;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const length = shape[axis] ?? 1;
      at += (rest % length) * (strides[axis] ?? 0);
      rest = Math.floor(rest / length);
    }
    values[k] = source[at] ?? 0;
  }
  return values;
}

function tensorsOf(tree: unknown, fileName: string, inside = false): Map<string, TorchTensor> {
  if (!(tree instanceof Map)) return refuse(fileName, 'it holds no dictionary of tensors');
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of tree) {
    if (typeof name === 'string' && isTensor(value)) tensors.set(name, value);
  }
  if (tensors.size > 0) return tensors;
  const inner = WRAPPERS.map((key) => tree.get(key)).find((value) => value instanceof Map);
  return inner === undefined || inside
    ? refuse(fileName, 'it holds no tensors')
    : tensorsOf(inner, fileName, true);
}

function isTensor(value: unknown): value is TorchTensor {
  return typeof value === 'object' && value !== null && 'shape' in value && 'values' in value;
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'storage';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function areCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function refuse(fileName: string, why: string): never {
  throw new AppError('unreadable-file', `${fileName} cannot be read as PyTorch weights: ${why}.`);
}
