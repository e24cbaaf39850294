// What the page asks for at the start and after each change it hears of.

import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';
import { type Pick, phaseFamily } from '../../src/domain/event/pick.ts';
import { sensorKey } from '../../src/domain/waveform/nslc.ts';
import { epochNs, maxTime, minTime, secondsToNs } from '../../src/base/time.ts';
import type { App } from '../state/app.svelte.ts';

const FIRST_WINDOW_S = 300;
const FIRST_ZOOM_S = 15;

/** Everything, after the backend has accepted the page. */
export async function loadAll(app: App): Promise<void> {
  const { client } = app;
  const [session] = await Promise.all([client.call('session.get', {}), app.settings.load()]);
  app.session = session;
  app.revision = session.revision;
  app.layout.restore();
  await Promise.all([loadSources(app), loadCatalog(app), loadRuns(app), app.jobs.load()]);
  await app.library.load();
  await showFirst(app);
}

/**
 * The first pick that waits becomes current, so that the first key of review acts on it.
 * Not while a job still brings picks.
 */
export async function showFirst(app: App): Promise<void> {
  const { selection, queue } = app;
  const looking = app.jobs.open.length > 0 || selection.mode.kind !== 'nav';
  const free = selection.currentPickId === undefined && !looking;
  if (free && queue.rows.total > 0) await queue.advance();
}

const SAME_ONSET_NS = 500_000_000n;

/**
 * Loads the queue again. When the current pick has gone, because a run put its own in its place or an undo took
 * it away, the pick now nearest on that sensor is current instead; without one, none is.
 */
export async function reloadQueue(app: App): Promise<void> {
  const { queue, selection, client } = app;
  const before = queue.current;
  await queue.reload();
  if (!before || queue.rows.indexOf(before.id) !== undefined) return;
  const window = {
    startNs: epochNs(before.time - SAME_ONSET_NS),
    endNs: epochNs(before.time + SAME_ONSET_NS),
  };
  const { picks } = await client.call('catalog.listPicks', { window });
  if (selection.currentPickId !== before.id || picks.some(({ id }) => id === before.id)) return;
  selection.pickIds.clear();
  const away = (pick: Pick): number => Math.abs(Number(pick.time - before.time));
  const heirs = picks
    .filter((pick) => sensorKey(pick.stream) === sensorKey(before.stream))
    .filter((pick) => phaseFamily(pick.phase) === phaseFamily(before.phase))
    .sort((a, b) => away(a) - away(b));
  selection.currentPickId = heirs[0]?.id;
}

export async function loadSources(app: App): Promise<void> {
  const { files, streams } = await app.client.call('source.list', {});
  const isFirst = app.timeline.dataSpan === undefined;
  app.files = files;
  app.rows.streams = streams;
  app.timeline.dataSpan = spanOf(streams);
  const span = app.timeline.dataSpan;
  if (!span) return;
  if (isFirst) {
    showStart(app, span);
    // Picks of a project may be known before its files have been read.
    if (app.queue.current) app.queue.show(app.queue.current);
  }
  app.selection.currentStreamKey ??= app.rows.ordered[0]?.streamKey;
}

export async function loadCatalog(app: App): Promise<void> {
  const { client, picks, queue, events } = app;
  const [undo] = await Promise.all([
    client.call('catalog.undoState', {}),
    queue.reload(),
    picks.loadCounts(),
    events.load(),
  ]);
  picks.setUndo(undo);
  app.revision = Math.max(app.revision, undo.revision);
}

export async function loadRuns(app: App): Promise<void> {
  const [runs] = await Promise.all([app.client.call('run.list', {}), loadSetNames(app)]);
  app.runs = runs;
}

export async function loadSetNames(app: App): Promise<void> {
  const saved = await app.client.call('set.list', {});
  app.setNames = new Map(saved.map(({ hash, name, version }) => [hash, `${name} ${version}`]));
}

/** From the first to the last sample of all streams. */
export function spanOf(streams: readonly StreamInfo[]): TimeWindow | undefined {
  const [first, ...others] = streams;
  if (!first) return undefined;
  let { startNs, endNs } = first;
  for (const stream of others) {
    startNs = minTime(startNs, stream.startNs);
    endNs = maxTime(endNs, stream.endNs);
  }
  return endNs > startNs ? { startNs, endNs } : undefined;
}

/** The first look: everything when it is short, else the first minutes. */
function showStart(app: App, span: TimeWindow): void {
  const longest = secondsToNs(FIRST_WINDOW_S);
  const endNs = span.endNs - span.startNs > longest ? span.startNs + longest : span.endNs;
  app.timeline.setWindow({ startNs: span.startNs, endNs: epochNs(endNs) });
  // The zoom begins where its trace does, when that is in view.
  const begins = app.rows.ordered[0]?.startNs ?? span.startNs;
  const startNs = begins < app.timeline.window.endNs ? begins : span.startNs;
  app.timeline.setZoom({ startNs, endNs: epochNs(startNs + secondsToNs(FIRST_ZOOM_S)) });
}
