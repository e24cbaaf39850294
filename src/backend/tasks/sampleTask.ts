import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskReply } from '../../jobs/task.ts';
import { generateSample } from '../../sample/generateSample.ts';

/** Writes the sample's waveforms, and their true onsets beside them, into a folder that it makes. */
export function writeSampleTask({ folder }: { folder: string }): TaskReply<undefined> {
  const { files, truthFile } = generateSample();
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of [...files, truthFile]) writeFileSync(join(folder, name), bytes);
  return { value: undefined };
}
