// Types of elements (IV.A.2.d), shapes (IV.A.2.b), and elements as numbers or texts.

import { textOf, type Cursor, type FileBytes } from './fileBytes.ts';

/** What one element is. */
export interface ElementType {
  readonly kind: 'integer' | 'float' | 'text' | 'heap text' | 'other';
  readonly sizeBytes: number;
  readonly littleEndian: boolean;
  readonly signed: boolean;
}

const CLASS_KINDS: Readonly<Record<number, ElementType['kind']>> = {
  0: 'integer',
  1: 'float',
  3: 'text',
};
const VARIABLE_LENGTH = 9;
const ENUMERATION = 8;

/** Reads a datatype message; the cursor need not end behind it. */
export function readElementType(cursor: Cursor): ElementType {
  const classAndVersion = cursor.u8();
  const bits = cursor.unsigned(3);
  const sizeBytes = cursor.u32();
  const elementClass = classAndVersion & 15;
  if (elementClass === ENUMERATION) return readElementType(cursor);
  const isHeapText = elementClass === VARIABLE_LENGTH && (bits & 15) === 1;
  return {
    kind: isHeapText ? 'heap text' : (CLASS_KINDS[elementClass] ?? 'other'),
    sizeBytes,
    littleEndian: (bits & 1) === 0,
    signed: elementClass === 0 && (bits & 8) !== 0,
  };
}

/** Lengths of the axes now, and at most (which orders the chunks of some indexes). */
export interface Extent {
  readonly shape: readonly number[];
  readonly most: readonly number[];
}

/** Reads a dataspace message; no axes for a scalar, undefined for no elements at all. */
export function readExtent(cursor: Cursor): Extent | undefined {
  const version = cursor.u8();
  const rank = cursor.u8();
  const flags = cursor.u8();
  if (version === 1) cursor.skip(5);
  else if (cursor.u8() === 2) return undefined;
  const lengths = () => Array.from({ length: rank }, () => cursor.length());
  const shape = lengths();
  return { shape, most: (flags & 1) !== 0 ? lengths() : shape };
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Integers and floats as doubles; undefined for other types. */
export function readNumbers(
  bytes: Uint8Array,
  type: ElementType,
  count: number,
): Float64Array | undefined {
  const read = numberReader(type);
  if (read === undefined) return undefined;
  if (bytes.length < count * type.sizeBytes) throw new RangeError('its values end early');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(count);
  for (let k = 0; k < count; k += 1) values[k] = read(view, k * type.sizeBytes);
  return values;
}

function numberReader(type: ElementType): ((view: DataView, at: number) => number) | undefined {
  const little = type.littleEndian;
  switch (`${type.kind} ${type.sizeBytes}`) {
    case 'float 4':
      return (view, at) => view.getFloat32(at, little);
    case 'float 8':
      return (view, at) => view.getFloat64(at, little);
    case 'integer 1':
      return (view, at) => (type.signed ? view.getInt8(at) : view.getUint8(at));
    case 'integer 2':
      return (view, at) => (type.signed ? view.getInt16(at, little) : view.getUint16(at, little));
    case 'integer 4':
      return (view, at) => (type.signed ? view.getInt32(at, little) : view.getUint32(at, little));
    case 'integer 8':
      return (view, at) =>
        Number(type.signed ? view.getBigInt64(at, little) : view.getBigUint64(at, little));
    default:
      return undefined;
  }
}

/** Texts of fixed length, or of any length from the global heap; undefined for other types. */
export function readTexts(
  file: FileBytes,
  bytes: Uint8Array,
  type: ElementType,
  count: number,
): string[] | undefined {
  if (type.kind !== 'text' && type.kind !== 'heap text') return undefined;
  if (bytes.length < count * type.sizeBytes) throw new RangeError('its texts end early');
  return Array.from({ length: count }, (_, k) => {
    const element = bytes.subarray(k * type.sizeBytes, (k + 1) * type.sizeBytes);
    if (type.kind === 'text') return textOf(element);
    return heapText(file, file.cursor(element.byteOffset - file.bytes.byteOffset));
  });
}

/** A text in the global heap (III.E): its length, the collection's address, the object's number. */
function heapText(file: FileBytes, element: Cursor): string {
  const length = element.u32();
  const address = element.address();
  const wanted = element.u32();
  if (length === 0 || address === undefined) return '';
  const heap = file.cursor(address).expect('GCOL').skip(4);
  const end = address + heap.length();
  while (heap.at + 8 + file.lengthBytes <= end) {
    const number = heap.u16();
    const size = heap.skip(6).length();
    if (number === wanted) return heap.text(Math.min(length, size));
    if (number === 0) break;
    heap.skip(Math.ceil(size / 8) * 8);
  }
  throw new RangeError('a text is not in its heap');
}
