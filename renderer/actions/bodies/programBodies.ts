import { takeInPicks } from '../../client/dropped.ts';
import type { App } from '../../state/app.svelte.ts';
import type { FileKind } from '../../../src/contract/hostBridgeTypes.ts';
import { type ActionBody, canEdit, hasData } from '../body.ts';
import { focusRegion } from '../regions.ts';
import type { PROGRAM_TABLE, PROJECT_TABLE } from '../tables/programTable.ts';

async function openFiles(app: App): Promise<void> {
  const files = await app.host.pickFiles('waveforms');
  if (files.length > 0) await app.idle.during(app.client.call('source.add', { files }));
}

async function openProject(app: App, kind: FileKind): Promise<void> {
  const [file] = await app.host.pickFiles(kind);
  if (file === undefined) return;
  // The page turns to it when the backend tells of it.
  await app.idle.during(app.client.call('project.open', { file }));
}

async function importFiles(app: App): Promise<void> {
  const files = await app.host.pickFiles('import');
  if (files.length === 0) return;
  await app.idle.during(takeInPicks(app, files));
}

const show = (kind: Parameters<App['dialogs']['show']>[0]): ActionBody => ({
  run: (app) => app.dialogs.show(kind),
});

export const PROJECT_BODIES = {
  'files.open': { asks: true, run: openFiles },
  'project.open': { asks: true, run: (app) => openProject(app, 'project') },
  'project.create': show('folderName'),
  'project.sample': {
    run: (app) => app.client.call('project.openSample', {}),
  },
  'files.rescan': { enabled: hasData, run: (app) => app.client.call('source.rescan', {}) },
  'model.run': {
    enabled: (app) => hasData(app) && canEdit(app),
    run: (app) => app.dialogs.show('run'),
  },
  'export.open': show('export'),
  'import.open': { asks: true, enabled: canEdit, run: importFiles },
  'project.saved': {
    run: (app) => {
      app.remark = app.readOnly
        ? 'this project is read-only: nothing was changed'
        : 'all is saved: every change is stored when it is made';
    },
  },
  'jobs.show': {
    run: (app) => {
      app.dialogs.jobPopover = !app.dialogs.jobPopover;
    },
  },
} satisfies Record<(typeof PROJECT_TABLE)[number]['id'], ActionBody>;

export const PROGRAM_BODIES = {
  'palette.open': { run: (app) => app.dialogs.showPalette('all') },
  'help.open': show('help'),
  'settings.open': show('settings'),
  'panel.left': { run: (app) => app.layout.toggle('left') },
  'panel.right': { run: (app) => app.layout.toggle('right') },
  'region.next': { run: () => focusRegion(1) },
  'region.previous': { run: () => focusRegion(-1) },
  'layout.reset': { run: (app) => app.layout.reset() },
  'window.fullScreen': { run: (app) => app.host.toggleFullScreen() },
  'program.quit': {
    enabled: (app) => app.host.quit !== undefined,
    run: (app) => app.host.quit?.(),
  },
} satisfies Record<(typeof PROGRAM_TABLE)[number]['id'], ActionBody>;
