// Keeps the picks around the windows loaded: as the windows move, and as the catalog changes.

import { epochNs, maxTime, minTime } from '../../src/base/time.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { App } from '../state/app.svelte.ts';

const QUIET_MS = 60;

/** Both windows with half a window of margin, on a grid of half windows: a pan reloads seldom. */
export function pickWindow(list: TimeWindow, zoom: TimeWindow): TimeWindow {
  const startNs = minTime(list.startNs, zoom.startNs);
  const endNs = maxTime(list.endNs, zoom.endNs);
  const grid = (endNs - startNs) / 2n + 1n;
  const floor = (time: bigint): bigint =>
    time >= 0n ? time / grid : -((-time + grid - 1n) / grid);
  return {
    startNs: epochNs((floor(startNs) - 1n) * grid),
    endNs: epochNs((floor(endNs) + 2n) * grid),
  };
}

export function followPicks(app: App): void {
  let loaded: (TimeWindow & { revision: number }) | undefined;
  $effect(() => {
    const { window, zoom } = app.timeline;
    const { revision } = app;
    if (!app.session || app.connection.kind !== 'connected') return;
    const inside =
      loaded?.revision === revision &&
      [window, zoom].every((w) => loaded && w.startNs >= loaded.startNs && w.endNs <= loaded.endNs);
    const long = loaded && loaded.endNs - loaded.startNs > 8n * (window.endNs - window.startNs);
    // Edits of this page are shown already; what the catalog says comes after the last of them.
    if ((inside && !long) || app.picks.pendingEdits > 0) return;
    const wanted = { ...pickWindow(window, zoom), revision };
    const stop = new AbortController();
    const end = app.idle.begin();
    const timer = setTimeout(() => {
      void app
        .act(async () => {
          await app.picks.load(wanted, stop.signal);
          loaded = wanted;
        })
        .finally(end);
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
      end();
    };
  });
}
