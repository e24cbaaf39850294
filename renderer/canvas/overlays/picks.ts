import { phaseFamily } from '../../../src/domain/event/pick.ts';
import { phaseColours, withAlpha } from '../palette.ts';
import type { Pen } from '../pen.ts';
import { type Flag, type FlagPick, layoutFlags } from './flags.ts';

// Picks: state by line style and flag, hue by phase, certainty by number.

/** A pick in view. */
export interface DrawnPick extends FlagPick {
  /** How far its uncertainty reaches to either side of the line. */
  readonly lowerPx: number;
  readonly upperPx: number;
  readonly hovered: boolean;
  /** Under the hand: its band shows its edges. */
  readonly dragged: boolean;
}

function lineColour(pen: Pen, pick: FlagPick): string {
  if (pick.state === 'rejected') return pen.palette['state-rejected'];
  return phaseColours(pen.palette, phaseFamily(pick.phase)).line;
}

/** The band from the lower to the upper uncertainty. */
export function paintUncertainty(pen: Pen, pick: DrawnPick, y0: number, y1: number): void {
  if (pick.lowerPx + pick.upperPx < 1 || pick.state === 'rejected') return;
  const { band, line } = phaseColours(pen.palette, phaseFamily(pick.phase));
  const left = pick.xPx - pick.lowerPx;
  const right = pick.xPx + pick.upperPx;
  pen.rect(left, y0, right - left, y1 - y0, band);
  if (!pick.dragged) return;
  pen.vertical(left, y0, y1, line);
  pen.vertical(right, y0, y1, line);
}

export function paintPickLine(pen: Pen, pick: DrawnPick, y0: number, y1: number): void {
  const x = pen.snap(pick.xPx);
  const colour = lineColour(pen, pick);
  if (pick.selected) pen.rect(x - 2.5, y0, 5, y1 - y0, withAlpha(pen.palette.ink, 0.2));
  else if (pick.hovered) pen.rect(x - 3.5, y0, 7, y1 - y0, withAlpha(pen.palette.ink, 0.1));
  if (pick.state === 'manual') pen.vertical(x, y0, y1, colour, 2);
  else if (pick.state === 'confirmed') pen.vertical(x, y0, y1, colour);
  else pen.verticalDashed(x, [y0, y1], colour, [4, 3]);
}

/** A mark without text for rows too low for flags. */
export function paintPickTick(pen: Pen, pick: DrawnPick, y0: number, y1: number): void {
  const x = pen.snap(pick.xPx);
  if (pick.selected) pen.rect(x - 3, y0, 6, y1 - y0, withAlpha(pen.palette.ink, 0.3));
  pen.vertical(x, y0, y1, lineColour(pen, pick), 2);
}

export function paintFlag(pen: Pen, flag: Flag, top: number, heightPx: number): void {
  const { context, palette } = pen;
  const { pick } = flag;
  const colours = phaseColours(palette, phaseFamily(pick.phase));
  const rejected = pick.state === 'rejected';
  const filled = pick.state === 'manual' || pick.state === 'confirmed';
  const colour = rejected ? palette['state-rejected'] : colours.line;
  const x = pen.snap(flag.left);
  const y = pen.snap(top);
  const width = flag.right - flag.left;
  if (pick.selected) {
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x - 1.5, y - 1.5, width + 3, heightPx + 3, 3);
    context.stroke();
  }
  const inset = filled ? 0 : 0.5;
  context.beginPath();
  context.roundRect(
    x + inset,
    y + inset,
    width - 2 * inset,
    heightPx - 2 * inset,
    flag.side > 0 ? [0, 2, 2, 0] : [2, 0, 0, 2],
  );
  context.fillStyle = filled ? colour : palette['surface-well'];
  context.fill();
  if (!filled) {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.stroke();
  }
  const words = filled ? colours.on : rejected ? colour : colours.text;
  pen.text(flag.text, x + 4, y + heightPx / 2 + (heightPx > 14 ? 4 : 3.5), words);
  if (rejected) pen.horizontal(x + 2, x + width - 2, y + heightPx / 2, colour);
}

export interface PickLane {
  /** Where lines and bands run. */
  readonly top: number;
  readonly bottom: number;
  readonly flagTop: number;
  readonly flagHeightPx: 13 | 16;
  readonly lanes: 1 | 2;
}

/** Bands, lines and flags of the picks of one row or of the zoom. Answers the flags, for hits and tooltips. */
export function paintPicks(pen: Pen, picks: readonly DrawnPick[], lane: PickLane): Flag[] {
  for (const pick of picks) paintUncertainty(pen, pick, lane.top, lane.bottom);
  for (const pick of picks) paintPickLine(pen, pick, lane.flagTop, lane.bottom);
  pen.font(lane.flagHeightPx === 16 ? 11 : 10, 600);
  const flags = layoutFlags(picks, {
    left: 0,
    right: pen.widthPx,
    lanes: lane.lanes,
    textWidth: (text) => pen.width(text),
  });
  for (const flag of flags) {
    paintFlag(pen, flag, lane.flagTop + flag.lane * (lane.flagHeightPx + 2), lane.flagHeightPx);
  }
  return flags;
}

/** How near a pointer must be to a pick's line to catch it. */
const CATCH_PX = 5;

/** The pick whose line or flag lies under a point; the selected one wins, then the nearest. */
export function pickAt(
  picks: readonly FlagPick[],
  flags: readonly Flag[],
  at: { xPx: number; flagLane: number | undefined },
): number | undefined {
  const flag = flags.find(
    ({ lane, left, right }) => lane === at.flagLane && at.xPx >= left && at.xPx <= right,
  );
  if (flag) return flag.pick.id;
  const distance = (pick: FlagPick): number =>
    Math.abs(pick.xPx - at.xPx) - (pick.selected ? CATCH_PX : 0);
  const near = picks.filter((pick) => Math.abs(pick.xPx - at.xPx) <= CATCH_PX);
  return near.sort((a, b) => distance(a) - distance(b))[0]?.id;
}
