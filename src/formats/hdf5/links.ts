// What a group holds: old groups keep names in a B-tree of symbol tables (III.A.1, III.C), new ones in
// link messages, or in a fractal heap once there are many (III.G, IV.A.2.g).

import type { Cursor, FileBytes } from './fileBytes.ts';
import { readDenseMessages } from './fractalHeap.ts';
import { MESSAGE, messageBody, type HeaderMessage } from './objectHeader.ts';

const DEEPEST = 20;
const DENSE_LINK_ID_AT = 4;

/** Addresses of object headers by name. Soft and external links are left out. */
export function readLinks(
  file: FileBytes,
  messages: readonly HeaderMessage[],
): ReadonlyMap<string, number> {
  const links = new Map<string, number>();
  const table = messageBody(file, messages, MESSAGE.symbolTable);
  if (table !== undefined) {
    const tree = table.requiredAddress();
    readTree(file, tree, localHeap(file, table.requiredAddress()), links, 0);
  }
  for (const { type, at } of messages) {
    if (type === MESSAGE.link) readLink(file.cursor(at), links);
  }
  const info = messageBody(file, messages, MESSAGE.linkInfo);
  if (info !== undefined) {
    const flags = info.skip(1).u8();
    if ((flags & 1) !== 0) info.skip(8);
    readDenseMessages(file, info, DENSE_LINK_ID_AT, (cursor) => readLink(cursor, links));
  }
  return links;
}

function localHeap(file: FileBytes, address: number): number {
  const heap = file.cursor(address).expect('HEAP').skip(4);
  return heap.skip(2 * file.lengthBytes).requiredAddress();
}

function readTree(
  file: FileBytes,
  address: number,
  names: number,
  links: Map<string, number>,
  depth: number,
): void {
  if (depth > DEEPEST) throw new RangeError('a group is nested without end');
  const node = file.cursor(address).expect('TREE').skip(1);
  const level = node.u8();
  const count = node.u16();
  node.skip(2 * file.offsetBytes);
  for (let k = 0; k < count; k += 1) {
    const child = node.skip(file.lengthBytes).requiredAddress();
    if (level > 0) readTree(file, child, names, links, depth + 1);
    else readSymbols(file, child, names, links);
  }
}

function readSymbols(
  file: FileBytes,
  address: number,
  names: number,
  links: Map<string, number>,
): void {
  const node = file.cursor(address).expect('SNOD').skip(2);
  const count = node.u16();
  for (let k = 0; k < count; k += 1) {
    const nameAt = names + node.unsigned(file.offsetBytes);
    const header = node.requiredAddress();
    node.skip(24);
    const end = file.bytes.indexOf(0, nameAt);
    links.set(file.cursor(nameAt).text(end - nameAt), header);
  }
}

function readLink(cursor: Cursor, links: Map<string, number>): void {
  const flags = cursor.skip(1).u8();
  const kind = (flags & 8) !== 0 ? cursor.u8() : 0;
  if ((flags & 4) !== 0) cursor.skip(8);
  if ((flags & 16) !== 0) cursor.skip(1);
  const name = cursor.text(cursor.unsigned(1 << (flags & 3)));
  if (kind === 0) links.set(name, cursor.requiredAddress());
}
