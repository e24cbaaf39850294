import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../base/appError.ts';
import type { Pool } from './pool.ts';
import { makeFolder, type ProjectPlace, removeFolder } from './project.ts';

/** The sample project; its waveforms are made when it is opened for the first time. Throws `service`. */
export async function samplePlace(userFolder: string, pool: Pool): Promise<ProjectPlace> {
  const folder = join(userFolder, 'sample');
  const waveforms = join(folder, 'waveforms');
  await makeFolder(folder);
  if (!existsSync(waveforms)) await writeSample(waveforms, pool);
  const path = join(folder, 'sample.onset');
  return { path, create: true, temporaryFolder: undefined, waveforms: [waveforms] };
}

/** Under another name first, so that a half-written sample never counts as one. */
async function writeSample(waveforms: string, pool: Pool): Promise<void> {
  const unfinished = `${waveforms}-${process.pid}`;
  try {
    await pool.run('writeSample', { folder: unfinished });
    await rename(unfinished, waveforms);
  } catch (error) {
    await removeFolder(unfinished);
    // Another Onset that was started at the same time may have been faster.
    if (existsSync(waveforms)) return;
    throw new AppError(
      'service',
      `the sample could not be written: ${messageOf(error)}; make room or check the permissions of ${waveforms}`,
      { cause: error },
    );
  }
}
