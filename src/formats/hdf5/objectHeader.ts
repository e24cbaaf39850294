// Object headers (IV.A): the messages that describe one group or dataset.

import type { Cursor, FileBytes } from './fileBytes.ts';

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fillValue: 0x05,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** One message: where its body begins. */
export interface HeaderMessage {
  readonly type: number;
  readonly at: number;
  readonly sizeBytes: number;
}

const SHARED = 2;
const MOST_BLOCKS = 1000;

/** All messages of the object whose header lies at `address`, continuation blocks included. */
export function readObjectHeader(file: FileBytes, address: number): HeaderMessage[] {
  const cursor = file.cursor(address);
  const isNew = file.bytes[address] === 0x4f;
  return isNew ? readNewHeader(cursor) : readOldHeader(cursor);
}

/** The first message of a type, as a cursor at its body. */
export function messageBody(
  file: FileBytes,
  messages: readonly HeaderMessage[],
  type: number,
): Cursor | undefined {
  const message = messages.find((each) => each.type === type);
  return message === undefined ? undefined : file.cursor(message.at);
}

function readOldHeader(cursor: Cursor): HeaderMessage[] {
  if (cursor.u8() !== 1) throw new RangeError('an object header is broken');
  const count = cursor.skip(1).u16();
  const size = cursor.skip(4).u32();
  const blocks: [from: number, size: number][] = [[cursor.at + 4, size]];
  const messages: HeaderMessage[] = [];
  for (const [from, bytes] of blocks) {
    if (blocks.length > MOST_BLOCKS) throw new RangeError('an object header never ends');
    const block = cursor.file.cursor(from);
    while (block.at + 8 <= from + bytes && messages.length < count) {
      const message = { type: block.u16(), sizeBytes: block.u16(), flags: block.u8() };
      addMessage(messages, message, block.skip(3), blocks, 0);
    }
  }
  return messages;
}

function readNewHeader(cursor: Cursor): HeaderMessage[] {
  const version = cursor.expect('OHDR').u8();
  if (version !== 2) throw new RangeError(`an object header is of version ${version}`);
  const flags = cursor.u8();
  if ((flags & 0x20) !== 0) cursor.skip(16);
  if ((flags & 0x10) !== 0) cursor.skip(4);
  const size = cursor.unsigned(1 << (flags & 3));
  const orderBytes = (flags & 4) !== 0 ? 2 : 0;
  const blocks: [from: number, size: number][] = [[cursor.at, size]];
  const messages: HeaderMessage[] = [];
  for (const [from, bytes] of blocks) {
    if (blocks.length > MOST_BLOCKS) throw new RangeError('an object header never ends');
    const block = cursor.file.cursor(from);
    while (block.at + 4 + orderBytes <= from + bytes) {
      const message = { type: block.u8(), sizeBytes: block.u16(), flags: block.u8() };
      // Continued blocks begin with a signature and end with a checksum, which are not messages.
      addMessage(messages, message, block.skip(orderBytes), blocks, 8);
    }
  }
  return messages;
}

function addMessage(
  messages: HeaderMessage[],
  { type, sizeBytes, flags }: { type: number; sizeBytes: number; flags: number },
  block: Cursor,
  blocks: [number, number][],
  frameBytes: number,
): void {
  const at = block.at;
  block.skip(sizeBytes);
  if (type === MESSAGE.continuation) {
    const body = block.file.cursor(at);
    const from = body.requiredAddress() + frameBytes / 2;
    blocks.push([from, body.length() - frameBytes]);
  }
  if ((flags & SHARED) !== 0 && (type === MESSAGE.datatype || type === MESSAGE.dataspace)) {
    throw new RangeError('it uses shared types, which are not read here');
  }
  messages.push({ type, at, sizeBytes });
}
