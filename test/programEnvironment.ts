// What a program started by a test is told: a user folder of its own, and where the sources it shares with the others lie compiled.

import { fileURLToPath } from 'node:url';

const COMPILED = fileURLToPath(new URL('../out/compile-cache', import.meta.url));

export function programEnvironment(userFolder: string): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: COMPILED, ONSET_USER_FOLDER: userFolder };
}
