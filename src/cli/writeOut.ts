import { realpathSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeWhole } from '../backend/exchange/atomicWrite.ts';

/** A file that is there whole or not at all; pipes and devices are written into as they are. */
export async function writeOut(path: string, content: string): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) await writeWhole(resolve(path), [content]);
  else if (found.isFile()) await writeWhole(realpathSync(path), [content]);
  else await writeFile(path, content);
}
