// A TensorFlow 2 checkpoint: `NAME.index` is a sorted table of what each variable is and where it lies,
// `NAME.data-00000-of-0000N` hold the numbers. Messages: tensorflow/core/protobuf/tensor_bundle.proto.

import { AppError } from '../../base/appError.ts';
import { maskedCrc32c, readSortedTable, VarintReader } from './sortedTable.ts';

/** A variable of a checkpoint, float32 in C order. */
export interface CheckpointVariable {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The files of a checkpoint: its index and its data shards in order. */
export interface CheckpointFiles {
  /** For messages: the name before `.index`. */
  readonly name: string;
  readonly index: Uint8Array;
  readonly shards: readonly Uint8Array[];
}

interface BundleEntry {
  readonly type: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly crc: number;
}

const FLOAT = 1;

/**
 * The float32 variables of a checkpoint by name; others (step counters) are left out. Every variable
 * is checked against its stored CRC-32C. Throws `unreadable-file`.
 */
export function readCheckpoint(files: CheckpointFiles): Map<string, CheckpointVariable> {
  const variables = new Map<string, CheckpointVariable>();
  for (const [name, message] of tableOf(files)) {
    // The empty key holds the header: how many shards, which byte order.
    if (name === '') {
      refuseForeignHeader(message, files);
      continue;
    }
    const entry = guarded(files.name, () => readEntry(message));
    if (entry.type === FLOAT) variables.set(name, readVariable(name, entry, files));
  }
  if (variables.size === 0) refuse(files.name, 'it holds no variables');
  return variables;
}

function tableOf(files: CheckpointFiles): Map<string, Uint8Array> {
  return guarded(`${files.name}.index`, () => readSortedTable(files.index));
}

function refuseForeignHeader(message: Uint8Array, files: CheckpointFiles): void {
  const fields = guarded(files.name, () => fieldsOf(message));
  const shards = numberField(fields, 1);
  if (numberField(fields, 2) !== 0) refuse(files.name, 'its numbers are big-endian');
  if (shards !== files.shards.length) {
    refuse(files.name, `it has ${shards} data files, of which ${files.shards.length} are here`);
  }
}

function readEntry(message: Uint8Array): BundleEntry {
  const fields = fieldsOf(message);
  const shape = fields.find(({ field }) => field === 2);
  return {
    type: numberField(fields, 1),
    shape: shape?.value instanceof Uint8Array ? shapeOf(shape.value) : [],
    shard: numberField(fields, 3),
    offset: numberField(fields, 4),
    sizeBytes: numberField(fields, 5),
    crc: numberField(fields, 6),
  };
}

function shapeOf(message: Uint8Array): number[] {
  return fieldsOf(message)
    .filter(({ field }) => field === 2)
    .map(({ value }) => (value instanceof Uint8Array ? numberField(fieldsOf(value), 1) : 0));
}

function readVariable(
  name: string,
  entry: BundleEntry,
  files: CheckpointFiles,
): CheckpointVariable {
  const shard = files.shards[entry.shard];
  const bytes = shard?.subarray(entry.offset, entry.offset + entry.sizeBytes);
  const count = entry.shape.reduce((product, length) => product * length, 1);
  if (bytes?.length !== entry.sizeBytes || entry.sizeBytes !== 4 * count) {
    return refuse(files.name, `variable ${name} ends early`);
  }
  if (maskedCrc32c(bytes) !== entry.crc) {
    return refuse(files.name, `variable ${name} does not match its checksum`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float32Array.from({ length: count }, (_, k) => view.getFloat32(4 * k, true));
  return { shape: entry.shape, values };
}

interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** The fields of a protobuf message: whole numbers, fixed 32-bit numbers and bytes. */
function fieldsOf(message: Uint8Array): Field[] {
  const reader = new VarintReader(message);
  const fields: Field[] = [];
  while (!reader.done) {
    const tag = reader.varint();
    fields.push({ field: Math.floor(tag / 8), value: fieldValue(reader, tag % 8) });
  }
  return fields;
}

function fieldValue(reader: VarintReader, wireType: number): number | Uint8Array {
  if (wireType === 0) return reader.varint();
  if (wireType === 2) return reader.take(reader.varint());
  if (wireType === 1) return reader.take(8);
  if (wireType !== 5) throw new RangeError('a message is of an unknown form');
  const bytes = reader.take(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

function numberField(fields: readonly Field[], field: number): number {
  const value = fields.find((each) => each.field === field)?.value;
  return typeof value === 'number' ? value : 0;
}

function guarded<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return refuse(name, error.message);
    throw error;
  }
}

function refuse(name: string, why: string): never {
  throw new AppError(
    'unreadable-file',
    `${name} cannot be read as a TensorFlow checkpoint: ${why}. Fetch its files again.`,
  );
}
