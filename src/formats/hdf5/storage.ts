// The bytes of a dataset (IV.A.2.i, IV.A.2.l): inside the header, in one piece, or in chunks, which may be
// packed by deflate and shuffle.

import type { Inflate } from '../zip/zip.ts';
import type { Cursor, FileBytes } from './fileBytes.ts';
import { MESSAGE, messageBody, type HeaderMessage } from './objectHeader.ts';
import { countOf, type Extent } from './values.ts';

interface Chunk {
  readonly offset: readonly number[];
  readonly address: number;
  readonly storedBytes: number;
  readonly skippedFilters: number;
}

interface ChunkedLayout {
  readonly chunkShape: readonly number[];
  readonly chunks: readonly Chunk[];
}

/** What a dataset's bytes are. */
export interface Stored extends Extent {
  readonly elementBytes: number;
}

const COMPACT = 0;
const CONTIGUOUS = 1;
const DEFLATE = 1;
const SHUFFLE = 2;
const CHECKSUM = 3;
const SINGLE_CHUNK = 1;
const FIXED_ARRAY = 3;
const MOST_BYTES = 2 ** 30;

/** All elements of a dataset in C order. Throws RangeError saying what is broken or not read here. */
export function readStored(
  file: FileBytes,
  messages: readonly HeaderMessage[],
  stored: Stored,
  inflate: Inflate | undefined,
): Uint8Array {
  const cursor = messageBody(file, messages, MESSAGE.layout);
  if (cursor === undefined) throw new RangeError('a dataset does not say where it lies');
  const size = countOf(stored.shape) * stored.elementBytes;
  if (size > MOST_BYTES) throw new RangeError('a dataset is larger than is read here');
  const version = cursor.u8();
  if (version < 3 || version > 4) throw new RangeError(`a layout is of version ${version}`);
  const kind = cursor.u8();
  if (kind === COMPACT) return cursor.take(Math.min(cursor.u16(), size));
  if (kind === CONTIGUOUS) {
    const address = cursor.address();
    // Space is given at the first write; until then everything reads as the fill value.
    return address === undefined ? filled(file, messages, stored) : file.cursor(address).take(size);
  }
  const filters = readFilters(messageBody(file, messages, MESSAGE.filters));
  const layout =
    version === 3
      ? readTreeLayout(file, cursor)
      : readNewLayout(file, cursor, stored, filters.length > 0);
  const whole = filled(file, messages, stored);
  const chunkBytes = countOf(layout.chunkShape) * stored.elementBytes;
  for (const chunk of layout.chunks) {
    if (chunk.offset.some((from, axis) => from >= (stored.shape[axis] ?? 0))) continue;
    const packed = file.cursor(chunk.address).take(chunk.storedBytes);
    const bytes = unfilter(packed, filters, chunk, chunkBytes, inflate);
    copyChunk(bytes, layout.chunkShape, chunk.offset, whole, stored);
  }
  return whole;
}

/** Elements nobody wrote (IV.A.2.f): the dataset's fill value, zero where it has none. */
function filled(
  file: FileBytes,
  messages: readonly HeaderMessage[],
  { shape, elementBytes }: Stored,
): Uint8Array {
  const whole = new Uint8Array(countOf(shape) * elementBytes);
  const cursor = messageBody(file, messages, MESSAGE.fillValue);
  if (cursor === undefined) return whole;
  const isNew = cursor.u8() === 3;
  const defined = isNew ? (cursor.u8() & 0x20) !== 0 : cursor.skip(2).u8() !== 0;
  const value = defined ? cursor.take(cursor.u32()) : new Uint8Array(0);
  if (value.length !== elementBytes || value.every((byte) => byte === 0)) return whole;
  for (let at = 0; at < whole.length; at += elementBytes) whole.set(value, at);
  return whole;
}

function readTreeLayout(file: FileBytes, cursor: Cursor): ChunkedLayout {
  const rank = cursor.u8() - 1;
  const tree = cursor.address();
  const chunkShape = Array.from({ length: rank }, () => cursor.u32());
  const chunks: Chunk[] = [];
  const visit = (address: number): void => {
    const node = file.cursor(address).expect('TREE').skip(1);
    const level = node.u8();
    const count = node.u16();
    node.skip(2 * file.offsetBytes);
    for (let k = 0; k < count; k += 1) {
      const storedBytes = node.u32();
      const skippedFilters = node.u32();
      const offset = Array.from({ length: rank }, () => node.unsigned(8));
      const child = node.skip(8).requiredAddress();
      if (level > 0) visit(child);
      else chunks.push({ offset, address: child, storedBytes, skippedFilters });
    }
  };
  if (tree !== undefined) visit(tree);
  return { chunkShape, chunks };
}

/** Version 4: one chunk, chunks in a row, or a fixed array of them. */
function readNewLayout(
  file: FileBytes,
  cursor: Cursor,
  { most, elementBytes }: Stored,
  filtered: boolean,
): ChunkedLayout {
  const flags = cursor.u8();
  const rank = cursor.u8() - 1;
  const sizeBytes = cursor.u8();
  const chunkShape = Array.from({ length: rank }, () => cursor.unsigned(sizeBytes));
  const index = cursor.skip(sizeBytes).u8();
  const wholeBytes = countOf(chunkShape) * elementBytes;
  const offsetOf = (k: number) => chunkOffset(k, most, chunkShape);
  if (index === SINGLE_CHUNK) {
    const storedBytes = (flags & 2) !== 0 ? cursor.length() : wholeBytes;
    const skippedFilters = (flags & 2) !== 0 ? cursor.u32() : 0;
    const address = cursor.address();
    const offset = offsetOf(0);
    const chunk = { offset, address: address ?? 0, storedBytes, skippedFilters };
    return { chunkShape, chunks: address === undefined ? [] : [chunk] };
  }
  if (index !== FIXED_ARRAY) {
    throw new RangeError('its chunks are indexed in a way that is not read here');
  }
  const header = cursor.skip(1).address();
  const places = header === undefined ? [] : readFixedArray(file, header, filtered);
  const chunks = places.map(({ k, ...place }) => ({
    offset: offsetOf(k),
    address: place.address,
    storedBytes: place.storedBytes ?? wholeBytes,
    skippedFilters: place.skippedFilters,
  }));
  return { chunkShape, chunks };
}

interface Place {
  readonly k: number;
  readonly address: number;
  readonly storedBytes: number | undefined;
  readonly skippedFilters: number;
}

/** A fixed array index (VII.C): header FAHD, one data block FADB, in pages when it is long. */
function readFixedArray(file: FileBytes, address: number, filtered: boolean): Place[] {
  const header = file.cursor(address).expect('FAHD').skip(2);
  const entryBytes = header.u8();
  const pageLength = 2 ** header.u8();
  const count = header.length();
  const blockAddress = header.address();
  if (blockAddress === undefined) return [];
  const block = file
    .cursor(blockAddress)
    .expect('FADB')
    .skip(2 + file.offsetBytes);
  const pages = count > pageLength ? Math.ceil(count / pageLength) : 0;
  const written = block.take(Math.ceil(pages / 8));
  if (pages > 0) block.skip(4);
  const places: Place[] = [];
  for (let k = 0; k < count; k += 1) {
    const page = Math.floor(k / pageLength);
    if (pages > 0 && k % pageLength === 0) {
      if (k > 0) block.skip(4);
      // A page whose bit is clear was never written, and holds anything.
      if (((written[page >> 3] ?? 0) & (0x80 >> (page & 7))) === 0) {
        block.skip(Math.min(pageLength, count - k) * entryBytes);
        k += pageLength - 1;
        continue;
      }
    }
    const place = block.address();
    const storedBytes = filtered ? block.unsigned(entryBytes - file.offsetBytes - 4) : undefined;
    const skippedFilters = filtered ? block.u32() : 0;
    if (place !== undefined) places.push({ k, address: place, storedBytes, skippedFilters });
  }
  return places;
}

/** Where the k-th chunk begins, counted in C order through the grid of all chunks there may be. */
function chunkOffset(k: number, most: readonly number[], chunkShape: readonly number[]): number[] {
  const offset: number[] = [];
  let rest = k;
  for (let axis = most.length - 1; axis >= 0; axis -= 1) {
    const step = Math.max(1, chunkShape[axis] ?? 1);
    const along = Math.max(1, Math.ceil((most[axis] ?? 1) / step));
    offset[axis] = (rest % along) * step;
    rest = Math.floor(rest / along);
  }
  return offset;
}

function readFilters(cursor: Cursor | undefined): { id: number; values: number[] }[] {
  if (cursor === undefined) return [];
  const version = cursor.u8();
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameBytes = version === 1 || id >= 256 ? cursor.u16() : 0;
    const valueCount = cursor.skip(2).u16();
    cursor.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const values = Array.from({ length: valueCount }, () => cursor.u32());
    if (version === 1 && valueCount % 2 === 1) cursor.skip(4);
    return { id, values };
  });
}

function unfilter(
  bytes: Uint8Array,
  filters: readonly { id: number; values: readonly number[] }[],
  chunk: Chunk,
  wholeBytes: number,
  inflate: Inflate | undefined,
): Uint8Array {
  let value = bytes;
  for (let k = filters.length - 1; k >= 0; k -= 1) {
    const filter = filters[k];
    if (filter === undefined || (chunk.skippedFilters & (1 << k)) !== 0) continue;
    if (filter.id === CHECKSUM) value = value.subarray(0, value.length - 4);
    else if (filter.id === SHUFFLE) value = unshuffle(value, filter.values[0] ?? 1);
    else if (filter.id === DEFLATE && inflate !== undefined) {
      // zlib's two bytes in front and its checksum behind are not part of the packed data.
      value = inflate(value.subarray(2, value.length - 4), wholeBytes);
    } else throw new RangeError(`its values are packed with filter ${filter.id}`);
  }
  return value;
}

/** Undoes the grouping of all first bytes, all second bytes and so on. */
function unshuffle(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(bytes.length / elementBytes);
  const ordered = bytes.slice();
  for (let part = 0; part < elementBytes; part += 1) {
    for (let k = 0; k < count; k += 1) {
      ordered[k * elementBytes + part] = bytes[part * count + k] ?? 0;
    }
  }
  return ordered;
}

function copyChunk(
  from: Uint8Array,
  chunkShape: readonly number[],
  offset: readonly number[],
  to: Uint8Array,
  { shape, elementBytes }: Stored,
): void {
  const last = shape.length - 1;
  const fits = (axis: number) =>
    Math.min(chunkShape[axis] ?? 1, (shape[axis] ?? 1) - (offset[axis] ?? 0));
  const runBytes = fits(last) * elementBytes;
  const copy = (axis: number, source: number, target: number): void => {
    if (axis === last) {
      const start = source * (chunkShape[last] ?? 1) * elementBytes;
      const at = (target * (shape[last] ?? 1) + (offset[last] ?? 0)) * elementBytes;
      if (start + runBytes > from.length) throw new RangeError('a chunk ends early');
      to.set(from.subarray(start, start + runBytes), at);
      return;
    }
    for (let k = 0; k < fits(axis); k += 1) {
      const row = target * (shape[axis] ?? 1) + (offset[axis] ?? 0) + k;
      copy(axis + 1, source * (chunkShape[axis] ?? 1) + k, row);
    }
  };
  copy(0, 0, 0);
}
