import { contains } from '../../src/domain/waveform/timeWindow.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import { formatNslc } from '../../src/domain/waveform/nslc.ts';
import type { App } from '../state/app.svelte.ts';

/** A pick the page knows, from the traces or the queue. */
export function findPick(app: App, id: number): Pick | undefined {
  const index = app.queue.rows.indexOf(id);
  return app.picks.find(id) ?? (index === undefined ? undefined : app.queue.rows.at(index));
}

/** The picks an act is meant for: the selected ones, else the current one. */
export function targetPicks(app: App): Pick[] {
  return app.selection.targets().flatMap((id) => findPick(app, id) ?? []);
}

/** Picks inside the window on tracks that are not hidden; rejected ones only when they are shown. */
export function picksOnTracks(app: App): Pick[] {
  const { inView, showRejected } = app.picks;
  return inView.filter(
    (pick) =>
      contains(app.timeline.window, pick.time) &&
      !app.rows.hiddenKeys.has(formatNslc(pick.stream)) &&
      (showRejected || pick.state !== 'rejected'),
  );
}

/** What `Mod+Enter` is about. */
export function automaticInView(app: App): Pick[] {
  return picksOnTracks(app).filter((pick) => pick.state === 'automatic');
}
