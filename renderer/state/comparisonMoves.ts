// What goes beyond the comparison itself: the view goes to an onset, the queue takes the picks of a list.

import type { ComparedOnset } from '../../src/contract/messages/comparison.ts';
import type { App } from './app.svelte.ts';
import { onsetTime } from './comparison.svelte.ts';

/** Zoom, traces and selection go to an onset; its pick that waits becomes current. */
export function goToOnset(app: App, onset: ComparedOnset): void {
  const { comparison, selection, timeline } = app;
  comparison.current = onset;
  const side = onset.a ?? onset.b;
  const time = onsetTime(onset);
  if (!side || time === undefined) return;
  selection.pickIds.clear();
  selection.currentStreamKey = side.stream;
  selection.currentPickId = onset.b?.pickId ?? onset.a?.pickId;
  app.rows.reveal(side.stream);
  timeline.reveal(time);
  timeline.centreZoom(time);
}

/** `j` and `J`: from the current onset, else from the middle of what is seen. */
export function stepDisagreement(app: App, by: 1 | -1): void {
  const { comparison, timeline } = app;
  const { startNs, endNs } = timeline.zoom;
  // The zoom puts what it goes to at a quarter.
  const seen = comparison.current && onsetTime(comparison.current);
  const quarter = startNs + (endNs - startNs) / 4n;
  const still = seen !== undefined && seen >= startNs && seen < endNs;
  const next = comparison.neighbour(still ? seen : (quarter as typeof startNs), by);
  if (next) goToOnset(app, next);
  else app.remark = comparison.result ? 'no disagreement in the list' : 'compare two runs first';
}

/** The queue shows the picks of the list alone, until the chip that says so is taken off. */
export async function fillQueue(app: App, words: string): Promise<void> {
  const { comparison, queue } = app;
  const pickIds = comparison.pickIds;
  await queue.setFilter({ states: 'all', phases: [], pickIds, pickWords: words });
  const gone = comparison.listed.length > 0 && pickIds.length === 0;
  if (gone) {
    app.remark =
      'these picks are not in the catalog any more: a later run of the model took their place; j goes to them';
  }
}
