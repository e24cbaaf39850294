import { type EpochNs, formatIso, maxTime, minTime } from '../../../src/base/time.ts';
import { durationS, intersect, type TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { formatDuration } from '../axes/numbers.ts';
import type { Pen } from '../pen.ts';

/** What is known of a row besides its samples. */
export interface RowFacts {
  readonly gaps: readonly TimeWindow[];
  readonly overlaps: readonly TimeWindow[];
  readonly edgeZones: readonly TimeWindow[];
  /** From the first to the last sample there is; undefined when not known. */
  readonly dataSpan: TimeWindow | undefined;
}

export interface RowBox {
  readonly window: TimeWindow;
  readonly top: number;
  readonly height: number;
  /** Its upper part with the trace, where words stand; what is below belongs to a detector. All of it unless given. */
  readonly tracePx?: number;
  /** Whether a row that is wholly outside its data says so elsewhere. */
  readonly namedElsewhere?: boolean;
}

/** Marks need this much height to carry words. */
const WORDS_FROM_PX = 16;
/** Rows this high carry flags in their upper part, which words leave free. */
const FLAGS_FROM_PX = 28;
const FLAG_ROOM_PX = 14;

function xOf(pen: Pen, window: TimeWindow, time: EpochNs): number {
  return (Number(time - window.startNs) / Number(window.endNs - window.startNs)) * pen.widthPx;
}

function spanOf(pen: Pen, window: TimeWindow, part: TimeWindow): [number, number] {
  return [xOf(pen, window, part.startNs), xOf(pen, window, part.endNs)];
}

/** Everything a row says about its data: before and after it, gaps, overlaps, edge zones. */
export function paintRowMarks(pen: Pen, facts: RowFacts, box: RowBox): void {
  paintOutside(pen, facts.dataSpan, box);
  for (const zone of facts.edgeZones) paintEdgeZone(pen, zone, box);
  for (const gap of facts.gaps) paintGap(pen, gap, box);
  for (const overlap of facts.overlaps) paintOverlap(pen, overlap, box);
}

/** A moment with as many parts as the width of the window calls for. */
function momentIn(window: TimeWindow, time: EpochNs): string {
  return durationS(window) > 86_400
    ? formatIso(time, 0, ' ', '').slice(0, 16)
    : formatIso(time, 0, ' ', '').slice(11);
}

function paintOutside(
  pen: Pen,
  data: TimeWindow | undefined,
  { window, top, height, tracePx = height, namedElsewhere = false }: RowBox,
): void {
  if (!data) return;
  const before = intersect(window, { startNs: window.startNs, endNs: minTime(window.endNs, data.startNs) }); // prettier-ignore
  const after = intersect(window, { startNs: maxTime(window.startNs, data.endNs), endNs: window.endNs }); // prettier-ignore
  const sides = [
    [before, `no data before ${momentIn(window, data.startNs)}`],
    [after, `no data after ${momentIn(window, data.endNs)}`],
  ] as const;
  for (const [side, words] of sides) {
    if (!side) continue;
    const [left, right] = spanOf(pen, window, side);
    if (right - left < 2) continue;
    pen.rect(left, top + 1, right - left, height - 1, pen.palette['surface-panel']);
    pen.font(11);
    if (tracePx < WORDS_FROM_PX || pen.width(words) + 16 > right - left) continue;
    if (namedElsewhere && right - left >= pen.widthPx) continue;
    const atLeft = side === before;
    const x = atLeft ? left + 8 : right - 8;
    pen.text(words, x, top + tracePx / 2 + 4, pen.palette['text-3'], atLeft ? 'left' : 'right');
  }
}

/** Hatched, with its duration in the middle. One too narrow to hatch is a line. */
function paintGap(
  pen: Pen,
  gap: TimeWindow,
  { window, top, height, tracePx = height }: RowBox,
): void {
  const part = intersect(window, gap);
  if (!part) return;
  const [left, right] = spanOf(pen, window, part);
  const { palette } = pen;
  if (right - left < 3) {
    pen.vertical((left + right) / 2, top + 1, top + height, palette['data-gap']);
    return;
  }
  pen.rect(left, top + 1, right - left, height - 1, palette['surface-well']);
  pen.hatch(left, top + 1, right - left, height - 1, palette.hatch);
  if (tracePx < WORDS_FROM_PX) return;
  pen.font(11);
  const words = `gap ${formatDuration(durationS(gap))}`;
  const width = pen.width(words) + 8;
  if (width > right - left) return;
  const middle = (left + right) / 2;
  const hasFlags = tracePx >= FLAGS_FROM_PX && tracePx < 60;
  const centre = top + tracePx / 2 + (hasFlags ? FLAG_ROOM_PX / 2 : 0);
  pen.rect(middle - width / 2, centre - 7, width, 14, palette['surface-well']);
  pen.text(words, middle, centre + 4, palette['text-2'], 'center');
}

/** Two segments at the same time: a double line along the foot, named where there is room. */
function paintOverlap(pen: Pen, overlap: TimeWindow, { window, top, height }: RowBox): void {
  const part = intersect(window, overlap);
  if (!part) return;
  const [left, right] = spanOf(pen, window, part);
  const width = Math.max(2, right - left);
  pen.horizontal(left, left + width, top + height - 4, pen.palette['data-gap']);
  pen.horizontal(left, left + width, top + height - 2, pen.palette['data-gap']);
  if (height < WORDS_FROM_PX) return;
  pen.font(10);
  const words = `overlap ${formatDuration(durationS(overlap))}`;
  if (pen.width(words) + 4 <= width) {
    pen.text(words, (left + right) / 2, top + height - 6, pen.palette['text-3'], 'center');
  }
}

/** Where a filter has not settled: its end line and, with room, its length. The tint lies under the trace. */
function paintEdgeZone(
  pen: Pen,
  zone: TimeWindow,
  { window, top, height, tracePx = height }: RowBox,
): void {
  const part = intersect(window, zone);
  if (!part) return;
  const [left, right] = spanOf(pen, window, part);
  if (zone.endNs <= window.endNs) pen.vertical(right, top + 1, top + height, pen.palette.border);
  if (right - left < 60 || tracePx < WORDS_FROM_PX) return;
  pen.font(10);
  const words = `edge ${durationS(zone).toFixed(1)} s`;
  const { palette } = pen;
  pen.rect(left + 3, top + tracePx - 14, pen.width(words) + 4, 13, palette['well-edge-zone']);
  pen.text(words, left + 5, top + tracePx - 4, palette['text-3']);
}
