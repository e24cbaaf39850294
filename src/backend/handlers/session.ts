import { basename } from 'node:path';
import { existsSync } from 'node:fs';
import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { SessionInfo } from '../../contract/messages/session.ts';
import type { BackendContext } from '../context.ts';
import { isProjectPath, type ProjectChoice } from '../project.ts';
import type { UserSettings } from '../settings.ts';

type SessionCalls =
  | 'session.get'
  | 'session.dismissHint'
  | 'project.open'
  | 'project.create'
  | 'project.openSample'
  | 'settings.load'
  | 'settings.save';

/** What the handlers of sessions need beyond the open project. */
export interface SessionControl {
  readonly settings: UserSettings;
  info(): SessionInfo;
  openProject(choice: ProjectChoice): Promise<SessionInfo>;
  /** A setting of the person changed: the author may have. */
  settingsChanged(): Promise<void>;
}

export const HINT_DISMISSED = 'hintDismissed';

export function sessionHandlers(
  context: BackendContext,
  control: SessionControl,
): Pick<Handlers, SessionCalls> {
  const { grants, catalog } = context;
  return {
    'session.get': async () => control.info(),
    'session.dismissHint': async () => {
      await control.settings.save(HINT_DISMISSED, true);
      await control.settingsChanged();
    },
    'project.open': async ({ file }) => {
      const path = grants.resolve(file, 'read');
      if (!isProjectPath(path)) {
        throw new AppError(
          'bad-input',
          `${basename(path)} is no project of Onset (*.onset); open waveforms as data instead`,
        );
      }
      return control.openProject({ kind: 'file', path });
    },
    'project.create': async ({ folder, name }) => {
      const fileName = isProjectPath(name) ? name : `${name}.onset`;
      const path = grants.resolve(grants.child(folder, fileName), 'write');
      if (existsSync(path)) {
        throw new AppError(
          'bad-input',
          `${fileName} is there already; open it or take another name`,
        );
      }
      return control.openProject({ kind: 'file', path, create: true });
    },
    'project.openSample': () => control.openProject({ kind: 'sample' }),
    'settings.load': async ({ scope }) =>
      scope === 'user' ? control.settings.load() : catalog.settings.all(),
    'settings.save': async ({ scope, key, value }) => {
      if (scope === 'project') return catalog.settings.put(key, value);
      await control.settings.save(key, value);
      await control.settingsChanged();
    },
  };
}
