import { epochNs } from '../../src/base/time.ts';
import { parseNslc, sensorKey } from '../../src/domain/waveform/nslc.ts';
import type { App } from './app.svelte.ts';

/** Asks why there is no pick at the data cursor, else at the current pick or where the zoom puts one. */
export async function askWhyHere(app: App): Promise<void> {
  const { timeline, selection, layout } = app;
  const streamKey = timeline.cursor?.streamKey ?? selection.currentStreamKey;
  if (streamKey === undefined) return;
  const { startNs, endNs } = timeline.zoom;
  const quarter = epochNs(startNs + (endNs - startNs) / 4n);
  const time = timeline.cursor?.time ?? app.queue.current?.time ?? quarter;
  if (!layout.rightOpen) layout.toggle('right');
  await app.explanation.askAt(sensorKey(parseNslc(streamKey)), time);
}
