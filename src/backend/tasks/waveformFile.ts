import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { ByteRange } from '../../formats/miniseed/read.ts';
import { SNIFF_BYTES, sniffFormat } from '../../formats/sniff.ts';
import { fileError, refuseProjectFile } from '../files.ts';

/** Larger files are not read whole: two of them must fit into memory side by side. */
const MAX_FILE_BYTES = 1_500_000_000;

export interface FileFacts {
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
  readonly format: string | undefined;
}

/** Size, time and format by content. Throws `unreadable-file` or `not-found` with the file and what to do. */
export function inspectFile(path: string): FileFacts {
  refuseProjectFile(path);
  try {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    if (size === 0n) {
      const text = `${basename(path)} is empty; fetch or copy it again (${path})`;
      throw new AppError('unreadable-file', text);
    }
    return { sizeBytes: Number(size), modifiedNs: mtimeNs, format: sniffFormat(headOf(path)) };
  } catch (error) {
    throw error instanceof AppError ? error : fileError(error, path);
  }
}

/** All bytes of a file. Throws `not-found`, or `unreadable-file` with what to do. */
export function readWholeFile(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) {
      const gigabytes = (size / 1e9).toFixed(1);
      const text = `${basename(path)} has ${gigabytes} GB, and at most ${MAX_FILE_BYTES / 1e9} GB are read at once; split it by day or station (${path})`;
      throw new AppError('unreadable-file', text);
    }
    return readFileSync(path);
  } catch (error) {
    throw error instanceof AppError ? error : fileError(error, path);
  }
}

/** Memory that parts of files are read into, one after the other: new memory for each would have to be cleared. */
let scratch = Buffer.alloc(0);
const SCRATCH_BYTES = 32 * 1024 * 1024;

function scratchOf(byteLength: number): Buffer {
  if (byteLength > SCRATCH_BYTES) return Buffer.allocUnsafeSlow(byteLength);
  if (scratch.length < byteLength) scratch = Buffer.allocUnsafeSlow(byteLength);
  return scratch.subarray(0, byteLength);
}

/**
 * Bytes of a file, fewer where it ends before; good until the next call. Throws `not-found`, or `unreadable-file` with
 * what to do.
 */
export function readRange(path: string, { from, to }: ByteRange): Uint8Array {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = scratchOf(to - from);
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(file, bytes, filled, bytes.length - filled, from + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = new Uint8Array(SNIFF_BYTES);
    return head.subarray(0, readSync(file, head, 0, SNIFF_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
