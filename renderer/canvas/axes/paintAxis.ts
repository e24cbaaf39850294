import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { toPixel } from '../palette.ts';
import type { Palette } from '../palette.ts';
import type { Pen } from '../pen.ts';
import type { Tint } from '../traces/frame.ts';
import { timeTicks } from './timeTicks.ts';

/** Ticks and labels below a plot, from `top` down. A label that would leave the plot is left out. */
export function paintTimeAxis(
  pen: Pen,
  window: TimeWindow,
  { top, minLabelPx = 84 }: { top: number; minLabelPx?: number },
): void {
  const length = Number(window.endNs - window.startNs);
  pen.font(11);
  let lastRight = -Infinity;
  for (const tick of timeTicks(window, pen.widthPx, minLabelPx)) {
    const x = (Number(tick.time - window.startNs) / length) * pen.widthPx;
    pen.vertical(x, top, top + (tick.major ? 5 : 3), pen.palette['chart-axis']);
    if (!tick.major) continue;
    const half = pen.width(tick.label) / 2;
    if (x - half < 0 || x + half > pen.widthPx || x - half < lastRight + 8) continue;
    lastRight = x + half;
    pen.text(tick.label, x, top + 15, pen.palette['chart-label'], 'center');
  }
}

/** Grid lines of the major ticks, under the traces: one device pixel wide above a ratio of 1.5. */
export function gridTints(
  window: TimeWindow,
  area: { width: number; top: number; height: number; ratio: number },
  palette: Palette,
): Tint[] {
  const length = Number(window.endNs - window.startNs);
  const pixel = toPixel(area.ratio > 1.5 ? palette['grid-strong'] : palette.grid);
  return timeTicks(window, area.width / area.ratio)
    .filter((tick) => tick.major)
    .map((tick) => ({
      x: Math.round((Number(tick.time - window.startNs) / length) * area.width - 0.5),
      y: area.top,
      width: 1,
      height: area.height,
      pixel,
    }));
}
