// A file of kept curves: sealed chunks of an hour each, one after another. A chunk says where it ends and how its bytes
// add up, so that a file cut short or damaged in one place is good in all others.
//
// Chunk: magic, length of the payload, CRC-32 of the payload, CRC-32 of the rest of this header (u32 each), start
// and end of the hour (i64 ns), payload padded to 8 bytes. Little-endian.

import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { decodeParts, encodeParts, type KeptPart } from '../../models/keptCurves/keptPart.ts';

/** Where a chunk lies in its file. */
export interface ChunkEntry {
  readonly window: TimeWindow;
  /** Of the payload. */
  readonly at: number;
  readonly length: number;
  readonly crc: number;
}

export interface ChunkIndex {
  readonly entries: readonly ChunkEntry[];
  /** Up to where the file has been read; a file that is being written goes on from there. */
  readonly to: number;
  /** Bytes that belong to no chunk were passed over. */
  readonly damaged: boolean;
}

const MAGIC = 0x3156434f;
const HEADER_BYTES = 32;
const EMPTY: ChunkIndex = { entries: [], to: 0, damaged: false };

const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** One chunk as it is written. */
export function chunkBytes(window: TimeWindow, parts: readonly KeptPart[]): Uint8Array {
  const payload = encodeParts(parts);
  const bytes = new Uint8Array(HEADER_BYTES + padded(payload.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, payload.length, true);
  view.setUint32(8, crc32(payload), true);
  view.setBigInt64(16, window.startNs, true);
  view.setBigInt64(24, window.endNs, true);
  view.setUint32(12, headerCrc(bytes), true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

function headerCrc(header: Uint8Array): number {
  return crc32(header.subarray(16, HEADER_BYTES), crc32(header.subarray(0, 12)));
}

/**
 * The chunks of a file, from where `known` ends, or all when the file has been cut back since. A chunk whose end is not there yet is not sealed and does not count.
 */
export async function readChunkIndex(
  file: ChunkReader,
  known: ChunkIndex = EMPTY,
): Promise<ChunkIndex> {
  const size = await file.sizeBytes();
  const before = (await stillHolds(file, size, known)) ? known : EMPTY;
  const entries = [...before.entries];
  let { to, damaged } = before;
  while (to + HEADER_BYTES <= size) {
    const header = await file.read(to, HEADER_BYTES);
    const entry = entryOf(header, to);
    if (entry === undefined) {
      damaged = true;
      to = await nextHeader(file, to + 8, size);
      continue;
    }
    const end = to + HEADER_BYTES + padded(entry.length);
    if (end > size) break;
    entries.push(entry);
    to = end;
  }
  return { entries, to, damaged };
}

/** Whether the last chunk that is known is still there. */
async function stillHolds(
  file: ChunkReader,
  size: number,
  { entries, to }: ChunkIndex,
): Promise<boolean> {
  const last = entries.at(-1);
  if (last === undefined || to > size) return false;
  const at = last.at - HEADER_BYTES;
  return entryOf(await file.read(at, HEADER_BYTES), at)?.crc === last.crc;
}

function entryOf(header: Uint8Array, at: number): ChunkEntry | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const good = view.getUint32(0, true) === MAGIC && view.getUint32(12, true) === headerCrc(header);
  if (!good) return undefined;
  const time = (offset: number): EpochNs => epochNs(view.getBigInt64(offset, true));
  return {
    window: { startNs: time(16), endNs: time(24) },
    at: at + HEADER_BYTES,
    length: view.getUint32(4, true),
    crc: view.getUint32(8, true),
  };
}

/** Where the next good header after damage begins; the end of the file when there is none. */
async function nextHeader(file: ChunkReader, from: number, size: number): Promise<number> {
  const step = 1 << 20;
  for (let at = from; at + HEADER_BYTES <= size; at += step) {
    const bytes = await file.read(at, Math.min(step + HEADER_BYTES, size - at));
    for (let i = 0; i + HEADER_BYTES <= bytes.length && i < step; i += 8) {
      if (entryOf(bytes.subarray(i, i + HEADER_BYTES), 0) !== undefined) return at + i;
    }
  }
  return size;
}

/** The curves of a chunk; undefined when its bytes are not those that were written. */
export async function readChunk(
  file: ChunkReader,
  { at, length, crc }: ChunkEntry,
): Promise<KeptPart[] | undefined> {
  try {
    const payload = await file.read(at, length);
    return crc32(payload) === crc ? decodeParts(payload) : undefined;
  } catch {
    return undefined;
  }
}

const READ_BYTES = 1 << 20;

/** Reads ahead: the chunks of a month lie one after another. */
export class ChunkReader {
  readonly #file: FileHandle;
  #at = 0;
  #bytes = new Uint8Array(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async sizeBytes(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** A view that is good until the next call. Throws where the file ends before. */
  async read(at: number, length: number): Promise<Uint8Array> {
    const from = at - this.#at;
    if (from < 0 || from + length > this.#bytes.length) await this.#fill(at, length);
    const start = at - this.#at;
    return this.#bytes.subarray(start, start + length);
  }

  async #fill(at: number, length: number): Promise<void> {
    const bytes = new Uint8Array(Math.max(length, READ_BYTES));
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, at + done);
      if (bytesRead === 0) throw new Error('the file of curves is cut off');
      done += bytesRead;
    }
    this.#at = at;
    this.#bytes = bytes.subarray(0, done);
  }
}

/** Appends chunks to a new file. */
export class ChunkWriter {
  readonly #file: FileHandle;
  #at = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<ChunkWriter> {
    return new ChunkWriter(await open(path, 'w'));
  }

  /** Goes on with a file after so many bytes; what follows them is cut off. Throws when it is shorter. */
  static async goOn(path: string, bytes: number): Promise<ChunkWriter> {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      if (size < bytes) throw new Error(`the file of curves holds ${size} bytes, not ${bytes}`);
      await file.truncate(bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    const writer = new ChunkWriter(file);
    writer.#at = bytes;
    return writer;
  }

  /** Bytes written so far, whole chunks. */
  get bytes(): number {
    return this.#at;
  }

  /** What has been written is on the disk. */
  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  async append(window: TimeWindow, parts: readonly KeptPart[]): Promise<void> {
    const bytes = chunkBytes(window, parts);
    let done = 0;
    while (done < bytes.length) {
      const left = bytes.length - done;
      const { bytesWritten } = await this.#file.write(bytes, done, left, this.#at + done);
      done += bytesWritten;
    }
    this.#at += bytes.length;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
