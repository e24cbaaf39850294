// A reader of zip archives held in memory: what PyTorch and Keras pack their weights in.
// Layout: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4; sizes beyond 4 GB by 4.5.3 (zip64).

import { AppError } from '../../base/appError.ts';

/** Unpacks raw DEFLATE data; the platform's own, so that this room needs none. */
export type Inflate = (packed: Uint8Array, sizeBytes: number) => Uint8Array;

/** The files of an archive by their path inside it. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** The bytes of one file, a view where it is stored unpacked. Throws `not-found`, `unreadable-file`. */
  read(name: string): Uint8Array;
}

interface Entry {
  readonly method: number;
  readonly flags: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_END_SIGNATURE = 0x06064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 0xffff;
const IN_ZIP64 = 0xffffffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

/** Whether bytes begin as a zip archive does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL_SIGNATURE;
}

/**
 * Reads the directory of a zip archive. `fileName` is for messages; `inflate` is asked only for
 * files stored packed. Throws `unreadable-file`.
 */
export function openZip(bytes: Uint8Array, fileName: string, inflate?: Inflate): ZipArchive {
  const entries = guarded(fileName, () => readDirectory(bytes, fileName));
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new AppError('not-found', `${fileName} holds no file ${name}`);
      return guarded(fileName, () => readEntry(bytes, entry, `${name} in ${fileName}`, inflate));
    },
  };
}

function readDirectory(bytes: Uint8Array, fileName: string): Map<string, Entry> {
  const view = viewOf(bytes);
  const end = findEnd(view);
  if (end === undefined)
    return damaged(fileName, 'its directory, which ends a zip file, is missing');
  let { count, offset } = directoryOf(view, end);
  const entries = new Map<string, Entry>();
  const decoder = new TextDecoder();
  for (; count > 0; count -= 1) {
    if (view.getUint32(offset, true) !== CENTRAL_SIGNATURE) {
      return damaged(fileName, 'its directory is broken');
    }
    const nameBytes = view.getUint16(offset + 28, true);
    const extraBytes = view.getUint16(offset + 30, true);
    const commentBytes = view.getUint16(offset + 32, true);
    const nameAt = offset + 46;
    const name = decoder.decode(bytes.subarray(nameAt, nameAt + nameBytes));
    entries.set(name, centralEntry(view, offset, nameAt + nameBytes, extraBytes));
    offset = nameAt + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function findEnd(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT_BYTES);
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  return undefined;
}

function directoryOf(view: DataView, end: number): { count: number; offset: number } {
  const locator = end - 20;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR_SIGNATURE) {
    const end64 = Number(view.getBigUint64(locator + 8, true));
    if (view.getUint32(end64, true) === ZIP64_END_SIGNATURE) {
      const count = Number(view.getBigUint64(end64 + 32, true));
      return { count, offset: Number(view.getBigUint64(end64 + 48, true)) };
    }
  }
  return { count: view.getUint16(end + 10, true), offset: view.getUint32(end + 16, true) };
}

function centralEntry(view: DataView, at: number, extraAt: number, extraBytes: number): Entry {
  const short = {
    sizeBytes: view.getUint32(at + 24, true),
    packedBytes: view.getUint32(at + 20, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  const extra = zip64Values(view, extraAt, extraBytes);
  const long = (value: number) => (value === IN_ZIP64 ? (extra.shift() ?? value) : value);
  return {
    method: view.getUint16(at + 10, true),
    flags: view.getUint16(at + 8, true),
    // In this order the zip64 field holds those that do not fit, and only those.
    sizeBytes: long(short.sizeBytes),
    packedBytes: long(short.packedBytes),
    headerOffset: long(short.headerOffset),
  };
}

function zip64Values(view: DataView, extraAt: number, extraBytes: number): number[] {
  const end = extraAt + extraBytes;
  for (let at = extraAt; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const count = Math.floor(view.getUint16(at + 2, true) / 8);
    return Array.from({ length: count }, (_, k) => Number(view.getBigUint64(at + 4 + 8 * k, true)));
  }
  return [];
}

function readEntry(
  bytes: Uint8Array,
  entry: Entry,
  what: string,
  inflate: Inflate | undefined,
): Uint8Array {
  const view = viewOf(bytes);
  const at = entry.headerOffset;
  if (view.getUint32(at, true) !== LOCAL_SIGNATURE) return damaged(what, 'its header is broken');
  const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const packed = bytes.subarray(from, from + entry.packedBytes);
  if (packed.length < entry.packedBytes) return damaged(what, 'it ends early');
  if ((entry.flags & ENCRYPTED) !== 0) return damaged(what, 'it is encrypted');
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED || inflate === undefined) {
    return damaged(what, `it is packed with method ${entry.method}, which is not supported here`);
  }
  const unpacked = inflate(packed, entry.sizeBytes);
  return unpacked.length === entry.sizeBytes
    ? unpacked
    : damaged(what, 'it unpacks to a wrong size');
}

function guarded<T>(fileName: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return damaged(fileName, 'an offset points outside the file');
    throw error;
  }
}

function damaged(what: string, why: string): never {
  throw new AppError(
    'unreadable-file',
    `${what} cannot be read as a zip archive: ${why}. Fetch the file again.`,
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
