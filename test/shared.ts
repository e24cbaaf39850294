import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const repoRoot = fileURLToPath(new URL('..', import.meta.url));

/** The reference data beside the repository, or undefined where a checkout has none. */
export function sharedDir(): string | undefined {
  const folder = fileURLToPath(new URL('../../shared', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** Ends the name of a test that needs the reference data, so that a skipped one says why. */
export const sharedNote = sharedDir() ? '' : ' (skipped: no ../shared)';
