import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../base/appError.ts';

/**
 * The folder `resources` of the program: found upward from this file, so that it is the same from
 * source (`src/backend`) and from the bundle (`out/node`). In a packed app native code reads beside
 * the archive, but models are read through Node and may stay inside.
 */
export function resourcesFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up += 1) {
    const resources = join(folder, 'resources');
    if (existsSync(join(resources, 'models'))) return resources;
    folder = dirname(folder);
  }
  throw new AppError('not-found', 'the folder resources of Onset is missing; install Onset again');
}
