// What the backend tells without being asked.

import type { Payload } from '../../src/contract/api.ts';
import type { App } from '../state/app.svelte.ts';
import { loadRuns, loadSetNames, loadSources, reloadQueue, showFirst } from './load.ts';
import { runFailures } from './runFailures.ts';

const QUIET_MS = 150;

/** Runs `work` once after calls have ceased for a moment; the page counts as busy meanwhile. */
function merged(app: App, work: () => Promise<unknown>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end: (() => void) | undefined;
  return () => {
    clearTimeout(timer);
    end ??= app.idle.begin();
    timer = setTimeout(() => {
      const finish = end;
      end = undefined;
      void app.act(work).finally(() => finish?.());
    }, QUIET_MS);
  };
}

/** Subscribes the page to the backend's events; another project is the business of `turnAway`. Returns what ends it. */
export function listen(app: App, turnAway: () => void): () => void {
  const { client } = app;
  const sources = merged(app, () => loadSources(app));
  const rows = merged(app, () => reloadQueue(app));
  const counts = merged(app, () => app.picks.loadCounts());
  const runs = merged(app, async () => {
    const before = app.runs;
    await Promise.all([loadRuns(app), reloadQueue(app)]);
    for (const text of runFailures(before, app.runs)) {
      app.notices.add({ level: 'warning', text, file: undefined });
    }
    await showFirst(app);
  });
  const events = merged(app, () => app.events.load());

  const session = (told: Payload<'session.changed'>): void => {
    const known = app.session?.projectPath;
    if (known !== undefined && known !== told.projectPath) turnAway();
    else app.session = told;
  };
  const job = (told: Payload<'job.progressed'>): void => {
    const before = app.jobs.list.find((known) => known.id === told.id);
    app.jobs.progressed(told);
    if (told.state === 'failed' && before?.state !== 'failed') {
      app.notices.add({ level: 'error', text: `${told.label}: ${told.detail}`, file: undefined });
    }
    if (told.state !== 'running' && before?.state === 'running') runs();
  };
  const catalog = (change: Payload<'catalog.changed'>): void => {
    app.revision = Math.max(app.revision, change.revision);
    app.picks.setUndo(change.undo);
    counts();
    if (change.tables.some((table) => table.startsWith('run') || table === 'model_run')) runs();
    if (change.tables.includes('parameter_set')) void app.act(() => loadSetNames(app));
    if (change.tables.some((table) => /event|origin/.test(table))) events();
    if (app.picks.pendingEdits === 0 && change.revision > app.picks.ownRevision) rows();
  };
  const ends = [
    client.on('session.changed', session),
    client.on('model.changed', () => void app.act(() => app.library.load())),
    client.on('session.noticed', (notice) => app.notices.add(notice)),
    client.on('source.changed', sources),
    client.on('job.progressed', job),
    client.on('catalog.changed', catalog),
  ];
  return () => ends.forEach((end) => end());
}
