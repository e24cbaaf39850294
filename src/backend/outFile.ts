// Where the program writes a file that a person named: never over waveforms, for those cannot be had again.

import { basename } from 'node:path';
import { AppError } from '../base/appError.ts';
import { type Nslc, parseNslc } from '../domain/waveform/nslc.ts';
import type { BackendContext } from './context.ts';

/**
 * Throws `bad-input` where a file that is written would take the place of waveforms that are open. What the same work wrote
 * before may be written again: `isOwn` tells its streams.
 */
export function refuseWaveforms(
  { sources }: Pick<BackendContext, 'sources'>,
  path: string,
  isOwn: (stream: Nslc) => boolean = () => false,
): void {
  const open = sources.list().find((file) => file.path === path);
  if (open === undefined) return;
  const { streamKeys } = open;
  if (streamKeys.length > 0 && streamKeys.every((key) => isOwn(parseNslc(key)))) return;
  const text = `${basename(path)} holds waveforms that are open, and would be lost; write to another file (${path})`;
  throw new AppError('bad-input', text);
}
