// The list file of an archive scan: one group of files a line. Names are relative to the working folder, as the
// program opens them, not to the list.

import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { AppError } from '../../base/appError.ts';
import { parseArchiveList } from '../../models/archiveScan/predictionText.ts';
import { SNIFF_BYTES, sniffFormat } from '../../formats/sniff.ts';
import { fileError } from '../files.ts';

export interface ListedGroup {
  /** In the list, from 1. */
  readonly line: number;
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

/** Throws `not-found`, `unreadable-file`, and `bad-input` for a waveform file in the place of a list. */
export function readArchiveList(path: string, workingFolder: string): ListedGroup[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError(error, path);
  }
  if (sniffFormat(bytes.subarray(0, SNIFF_BYTES)) !== undefined || bytes.includes(0)) {
    throw new AppError(
      'bad-input',
      `${basename(path)} is no list; write a text file with one group a line, for instance "day.HHN day.HHE day.HHZ", and give that (${path})`,
    );
  }
  return parseArchiveList(new TextDecoder().decode(bytes)).map((names, index) => ({
    line: index + 1,
    files: names.map((name) => ({ name, path: resolve(workingFolder, name) })),
  }));
}
