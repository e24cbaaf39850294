import type { ProbabilityTrace } from '../../../src/contract/messages/models.ts';
import { nsToSeconds } from '../../../src/base/time.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';
import { phaseColours } from '../palette.ts';
import type { Pen } from '../pen.ts';

/** Where a probability curve goes: 1 is 4 px below `top`. */
export interface Strip {
  readonly top: number;
  readonly height: number;
}

const HEADROOM_PX = 6;

/** The height of a probability above the strip's foot. */
export function yOfProbability(strip: Strip, probability: number): number {
  return strip.top + strip.height - probability * (strip.height - HEADROOM_PX);
}

/**
 * Points of a curve, at most two a pixel; a column keeps its maximum, so that a narrow peak never vanishes.
 */
export function curvePoints(
  part: TracePart,
  window: TimeWindow,
  widthPx: number,
  yOf: (probability: number) => number,
): [number, number][] {
  const pxPerS = widthPx / nsToSeconds(window.endNs - window.startNs);
  const firstX = nsToSeconds(part.startNs - window.startNs) * pxPerS;
  const step = part.stepS * pxPerS;
  const stride = part.kind === 'bins' ? 2 : 1;
  const count = Math.floor(part.values.length / stride);
  const first = Math.max(0, Math.floor(-firstX / step) - 1);
  const last = Math.min(count - 1, Math.ceil((widthPx - firstX) / step) + 1);
  const points: [number, number][] = [];
  let column = NaN;
  for (let i = first; i <= last; i++) {
    const value = part.values[i * stride + stride - 1] ?? 0;
    const x = firstX + (part.kind === 'bins' ? i + 0.5 : i) * step;
    const own = Math.floor(x * 2);
    const before = points[points.length - 1];
    if (own === column && before) before[1] = Math.min(before[1], yOf(value));
    else points.push([x, yOf(value)]);
    column = own;
  }
  return points;
}

/** Lines of the second, third and fourth run: told apart by form, not by hue. */
const DASHES: readonly (readonly number[])[] = [[], [5, 2], [1.5, 2], [7, 2, 1.5, 2]];

/** The first run's curve as a line over a soft area; those of others (`place` from 1) dashed and neutral. */
export function paintProbability(
  pen: Pen,
  trace: ProbabilityTrace,
  window: TimeWindow,
  strip: Strip,
  place = 0,
): void {
  const { line, band } = phaseColours(pen.palette, phaseFamily(trace.phase));
  const foot = strip.top + strip.height;
  pen.clipped(0, strip.top, pen.widthPx, strip.height, () => {
    for (const part of trace.parts) {
      const points = curvePoints(part, window, pen.widthPx, (p) => yOfProbability(strip, p) - 0.5);
      const [first, last] = [points[0], points[points.length - 1]];
      if (!first || !last) continue;
      const { context } = pen;
      if (place > 0) {
        context.setLineDash([...(DASHES[place] ?? [])]);
        pen.polyline(points, pen.palette['text-1'], 1.25);
        context.setLineDash([]);
        continue;
      }
      context.fillStyle = band;
      context.beginPath();
      context.moveTo(first[0], foot);
      for (const [x, y] of points) context.lineTo(x, y);
      context.lineTo(last[0], foot);
      context.fill();
      pen.polyline(points, line, 1.25);
    }
  });
}

const LEAST_LABELLED = 0.15;

/** Where a letter stands: the middle of its foot. */
export type LetterPlace = readonly [xPx: number, baselinePx: number];

/** The room a letter needs for itself. */
const LETTER_PX = { width: 9, height: 9 };
/** From the peak to the middle of its letter, nearest first. */
const LETTER_OFFSETS_PX = [-11, 11, -21, 21, -31, 31];

/** The letter of a run beside its highest peak in view, left or right of it, clear of those that stand already. */
export function paintCurveLetter(
  pen: Pen,
  trace: ProbabilityTrace,
  at: {
    readonly window: TimeWindow;
    readonly strip: Strip;
    readonly letter: string;
    readonly place: number;
    /** Of the letters in the strip; its own is added. */
    readonly taken: LetterPlace[];
  },
): void {
  const { window, strip, letter, place, taken } = at;
  const colours = phaseColours(pen.palette, phaseFamily(trace.phase));
  const points = trace.parts.flatMap((part) =>
    curvePoints(part, window, pen.widthPx, (p) => yOfProbability(strip, p)),
  );
  const inside = points.filter(([x]) => x >= 0 && x <= pen.widthPx);
  const [first] = inside;
  if (!first) return;
  const [x, y] = inside.reduce((a, b) => (b[1] < a[1] ? b : a), first);
  if (y > yOfProbability(strip, LEAST_LABELLED)) return;
  pen.font(10, 600);
  const baseline = Math.min(strip.top + strip.height - 3, Math.max(strip.top + 9, y + 8));
  const colour = place === 0 ? colours.text : pen.palette['text-1'];
  const isFree = (middle: number): boolean =>
    !taken.some(
      ([otherX, otherY]) =>
        Math.abs(otherX - middle) < LETTER_PX.width &&
        Math.abs(otherY - baseline) < LETTER_PX.height,
    );
  const free = LETTER_OFFSETS_PX.map((offset) => x + offset).find(isFree) ?? x;
  taken.push([free, baseline]);
  pen.text(letter, free, baseline, colour, 'center');
}
