// What a detector makes of the rows of a plot, in a lane under each trace.

import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { paintDetector, traceHeightPx } from '../../canvas/overlays/detector.ts';
import type { Pen } from '../../canvas/pen.ts';
import type { App } from '../../state/app.svelte.ts';
import type { DetectorPreview } from '../../state/detectorPreview.svelte.ts';

/** Asks for what the detector makes of the streams in view while its panel is open. */
export function detectRows(
  { detector, rows }: App,
  preview: DetectorPreview,
  streams: readonly StreamInfo[],
  view: { readonly window: TimeWindow; readonly widthPx: number },
): void {
  const { open, settings, problem } = detector;
  if (!open || problem !== '') return;
  const streamKeys = [...new Set(streams.map(({ streamKey }) => streamKey))];
  preview.want({ ...view, settings, streamKeys, streams: rows.streams });
}

/** Height of a row's trace: the function has a lane of its own below. */
export function traceOfRowPx(preview: DetectorPreview, streamKey: string, rowPx: number): number {
  return preview.traces.has(streamKey) ? traceHeightPx(rowPx) : rowPx;
}

/** The first row names scale and levels. */
export function paintDetectorRow(
  pen: Pen,
  { detector }: App,
  preview: DetectorPreview,
  streamKey: string,
  row: {
    readonly window: TimeWindow;
    readonly top: number;
    readonly height: number;
    readonly named: boolean;
  },
): void {
  const trace = preview.traces.get(streamKey);
  if (trace) paintDetector(pen, trace, preview.box(detector, row));
}
