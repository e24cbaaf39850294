import type { EpochNs } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { withAlpha } from '../../canvas/palette.ts';
import type { Pen } from '../../canvas/pen.ts';
import type { LivePick } from '../../state/pickDrag.svelte.ts';
import { xOfTime } from './plotMath.ts';
import type { PlotPointer } from './plotPointer.svelte.ts';

/** What the hand leaves on a plot: the cursor line, shared by all plots, a rubber band or a range to zoom to. */
export function paintHandMarks(
  pen: Pen,
  { band }: Pick<PlotPointer, 'band'>,
  { cursorTime, window }: { cursorTime: EpochNs | undefined; window: TimeWindow },
): void {
  const { palette } = pen;
  if (cursorTime !== undefined && !band) {
    const x = xOfTime(window, pen.widthPx, cursorTime);
    if (x >= 0 && x <= pen.widthPx) {
      pen.vertical(x, 0, pen.heightPx, withAlpha(palette.ink, 0.25));
    }
  }
  if (!band) return;
  const left = Math.min(band.a.xPx, band.b.xPx);
  const right = Math.max(band.a.xPx, band.b.xPx);
  const isRange = band.kind === 'range';
  const top = isRange ? 0 : Math.min(band.a.yPx, band.b.yPx);
  const bottom = isRange ? pen.heightPx : Math.max(band.a.yPx, band.b.yPx);
  pen.rect(left, top, right - left, bottom - top, withAlpha(palette.ink, 0.08));
  pen.outline(left, top, right - left, bottom - top, withAlpha(palette.ink, 0.7));
}

/** Where the pick under the hand was before. */
export function paintFormerPlace(
  pen: Pen,
  live: LivePick | undefined,
  window: TimeWindow,
  [top, bottom]: readonly [number, number],
): void {
  if (!live?.pick || !live.meant) return;
  const x = xOfTime(window, pen.widthPx, live.pick.time);
  pen.verticalDashed(x, [top, bottom], pen.palette['text-3'], [2, 3]);
}
