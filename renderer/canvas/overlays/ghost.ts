import { phaseFamily } from '../../../src/domain/event/pick.ts';
import { phaseColours } from '../palette.ts';
import type { Pen } from '../pen.ts';

/** An onset that is proposed and no pick yet. */
export interface DrawnGhost {
  readonly phase: string;
  readonly xPx: number;
  /** How far its uncertainty reaches to either side. */
  readonly lowerPx: number;
  readonly upperPx: number;
}

/** A dotted line with a head of its own, and the edges of its uncertainty: unlike every pick. */
export function paintGhost(pen: Pen, ghost: DrawnGhost, y0: number, y1: number): void {
  const { line, band } = phaseColours(pen.palette, phaseFamily(ghost.phase));
  const x = pen.snap(ghost.xPx);
  const left = x - Math.max(2, ghost.lowerPx);
  const right = x + Math.max(2, ghost.upperPx);
  pen.rect(left, y0, right - left, y1 - y0, band);
  pen.verticalDashed(left, [y0, y1], line, [1, 3]);
  pen.verticalDashed(right, [y0, y1], line, [1, 3]);
  pen.verticalDashed(x, [y0, y1], pen.palette.ink, [2, 2]);
  const { context } = pen;
  context.fillStyle = pen.palette.ink;
  context.beginPath();
  context.moveTo(x - 5, y0);
  context.lineTo(x + 5, y0);
  context.lineTo(x, y0 + 7);
  context.closePath();
  context.fill();
}
