// Messages kept outside their object header: a version 2 B-tree (III.A.2) of heap ids into a fractal
// heap (III.G). Only what is listed is read: no search by hash.

import type { Cursor, FileBytes } from './fileBytes.ts';

interface Heap {
  readonly rootAddress: number;
  readonly rows: number;
  readonly width: number;
  readonly startBytes: number;
  readonly largestDirectBytes: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/**
 * Calls `read` with a cursor at every message of the heap and tree whose addresses come next in `info`;
 * `idAt` is where a tree record holds its heap id.
 */
export function readDenseMessages(
  file: FileBytes,
  info: Cursor,
  idAt: number,
  read: (cursor: Cursor) => void,
): void {
  const heapAddress = info.address();
  const treeAddress = info.address();
  if (heapAddress === undefined || treeAddress === undefined) return;
  const heap = readHeap(file, heapAddress);
  for (const record of readRecords(file, treeAddress)) {
    const id = file.cursor(record + idAt);
    if ((id.u8() & 0x30) !== 0) throw new RangeError('a heap holds objects of an unread kind');
    const offset = id.unsigned(heap.offsetBytes);
    read(file.cursor(heapPosition(file, heap, offset)));
  }
}

function readHeap(file: FileBytes, address: number): Heap {
  const cursor = file
    .cursor(address)
    .expect('FRHP')
    .skip(1 + 2);
  if (cursor.u16() !== 0) throw new RangeError('a heap is packed, which is not read here');
  const largestObject = cursor.skip(1).u32();
  cursor.skip(10 * file.lengthBytes + 2 * file.offsetBytes);
  const width = cursor.u16();
  const startBytes = cursor.length();
  const largestDirectBytes = cursor.length();
  const heapBits = cursor.u16();
  const rootAddress = cursor.skip(2).requiredAddress();
  const directBits = Math.ceil(Math.log2(largestDirectBytes));
  return {
    rootAddress,
    rows: cursor.u16(),
    width,
    startBytes,
    largestDirectBytes,
    offsetBytes: Math.ceil(heapBits / 8),
    lengthBytes: Math.min(Math.ceil(directBits / 8), Math.floor(Math.log2(largestObject) / 8) + 1),
  };
}

/** Where in the file the heap's byte `offset` lies; offsets count through the direct blocks, headers included. */
function heapPosition(file: FileBytes, heap: Heap, offset: number): number {
  if (heap.rows === 0) return heap.rootAddress + offset;
  const children = file.cursor(heap.rootAddress).expect('FHIB').skip(1);
  children.skip(file.offsetBytes + heap.offsetBytes);
  let from = 0;
  for (let row = 0; row < heap.rows; row += 1) {
    const bytes = heap.startBytes * 2 ** Math.max(0, row - 1);
    if (bytes > heap.largestDirectBytes) break;
    for (let column = 0; column < heap.width; column += 1) {
      const block = children.address();
      if (offset < from + bytes) {
        if (block === undefined) break;
        return block + offset - from;
      }
      from += bytes;
    }
  }
  throw new RangeError('a heap is deeper than is read here');
}

/** Where every record of a version 2 B-tree lies. */
function readRecords(file: FileBytes, address: number): number[] {
  const header = file.cursor(address).expect('BTHD').skip(2);
  const nodeBytes = header.u32();
  const recordBytes = header.u16();
  const depth = header.u16();
  const root = header.skip(2).address();
  const count = header.u16();
  if (root === undefined) return [];
  const sizes = nodeSizes(file, nodeBytes, recordBytes, depth);
  const records: number[] = [];
  const visit = (at: number, height: number, held: number): void => {
    const node = file
      .cursor(at)
      .expect(height === 0 ? 'BTLF' : 'BTIN')
      .skip(2);
    for (let k = 0; k < held; k += 1) {
      records.push(node.at);
      node.skip(recordBytes);
    }
    if (height === 0) return;
    for (let k = 0; k <= held; k += 1) {
      const child = node.requiredAddress();
      const childHeld = node.unsigned(sizes[height - 1]?.countBytes ?? 1);
      if (height > 1) node.skip(sizes[height - 1]?.totalBytes ?? 1);
      visit(child, height - 1, childHeld);
    }
  };
  visit(root, depth, count);
  return records;
}

/** How many bytes a count of records takes at each height, from the leaves up. */
function nodeSizes(file: FileBytes, nodeBytes: number, recordBytes: number, depth: number) {
  const frame = 10;
  const bytesFor = (count: number) => Math.max(1, Math.ceil(Math.log2(count + 1) / 8));
  let most = Math.floor((nodeBytes - frame) / recordBytes);
  let total = most;
  const sizes = [{ countBytes: bytesFor(most), totalBytes: bytesFor(total) }];
  for (let height = 1; height <= depth; height += 1) {
    const below = sizes[height - 1];
    const pointer =
      file.offsetBytes + (below?.countBytes ?? 1) + (height > 1 ? (below?.totalBytes ?? 1) : 0);
    most = Math.floor((nodeBytes - frame - pointer) / (recordBytes + pointer));
    total = (most + 1) * total + most;
    sizes.push({ countBytes: bytesFor(most), totalBytes: bytesFor(total) });
  }
  return sizes;
}
