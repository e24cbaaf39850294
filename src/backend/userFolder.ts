import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a person's settings, sample project and own models are kept, by the customs of the system. */
export function userDataFolder(environment = process.env, platform = process.platform): string {
  const own = environment.ONSET_USER_FOLDER;
  if (own) return own;
  if (platform === 'win32') {
    return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Onset');
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Onset');
  return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'onset');
}
