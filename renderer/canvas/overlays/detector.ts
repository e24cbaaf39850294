import type { DetectorTrace } from '../../../src/contract/messages/detector.ts';
import type { EpochNs } from '../../../src/base/time.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';
import { phaseColours } from '../palette.ts';
import type { Pen } from '../pen.ts';
import { curvePoints } from './probability.ts';

/** Where the function of a row goes, and what it is drawn against. */
export interface DetectorBox {
  readonly window: TimeWindow;
  /** Of the row. */
  readonly top: number;
  readonly height: number;
  /** Value at the upper edge of the function's part of the row. */
  readonly scaleTop: number;
  readonly onLevel: number;
  readonly offLevel: number;
  readonly unit: string;
  /** Whether scale and levels are named. */
  readonly named: boolean;
}

/** A function of its own lane under the trace, where rows are high enough; in lower ones it lies over the trace. */
const LANE_FROM_PX = 26;
const LANE_SHARE = 0.42;
const LEAST_PX = 8;
/** Lanes so high carry words. */
const WORDS_FROM_PX = 16;

function laneHeightPx(rowPx: number): number {
  return rowPx < LANE_FROM_PX ? Math.min(rowPx, LEAST_PX) : Math.round(rowPx * LANE_SHARE);
}

/** What is left of a row for its trace. */
export function traceHeightPx(rowPx: number): number {
  return rowPx < LANE_FROM_PX ? rowPx : rowPx - laneHeightPx(rowPx);
}

/** Largest value of the function in its parts. */
export function largestOf(parts: readonly TracePart[]): number {
  let most = 0;
  for (const { values, kind, offset } of parts) {
    for (let i = kind === 'bins' ? 1 : 0; i < values.length; i += kind === 'bins' ? 2 : 1) {
      const value = (values[i] as number) + offset;
      if (value > most) most = value;
    }
  }
  return most;
}

/** Triggers as spans over the row, the function with its levels in the lower part, provisional picks as dashed lines. */
export function paintDetector(pen: Pen, trace: DetectorTrace, box: DetectorBox): void {
  const { window, top, height, scaleTop } = box;
  const high = laneHeightPx(height) - 2;
  const foot = top + height - 1;
  const yOf = (value: number): number =>
    foot - Math.min(1.02, Math.max(0, value / scaleTop)) * high;
  const x = (time: EpochNs): number =>
    (Number(time - window.startNs) / Number(window.endNs - window.startNs)) * pen.widthPx;
  const { palette } = pen;
  pen.horizontal(0, pen.widthPx, top + height - laneHeightPx(height), palette.grid);
  pen.clipped(0, top, pen.widthPx, height, () => {
    for (const { onNs, offNs, kept, onsets } of trace.triggers) {
      const left = x(onNs);
      const width = Math.max(1.5, x(offNs) - left);
      const { band } = phaseColours(palette, phaseFamily(onsets[0]?.phase ?? 'P'));
      if (kept) pen.rect(left, top + 1, width, height - 1, band);
      pen.outline(left, top + 1, width, height - 1, palette[kept ? 'text-3' : 'border']);
    }
    for (const part of trace.parts) {
      const points = curvePoints(part, window, pen.widthPx, (value) => yOf(value + part.offset));
      pen.polyline(points, palette['event'], 1);
    }
    pen.horizontalDashed([0, pen.widthPx], yOf(box.onLevel), palette['text-2'], [6, 4]);
    pen.horizontalDashed([0, pen.widthPx], yOf(box.offLevel), palette['text-3'], [2, 4]);
    for (const { onsets, kept } of trace.triggers) {
      for (const { phase, time } of onsets) {
        const colours = phaseColours(palette, phaseFamily(phase));
        const colour = kept ? colours.line : palette['text-3'];
        pen.verticalDashed(x(time), [top + 1, foot], colour, kept ? [4, 2] : [1, 3]);
      }
    }
  });
  if (box.named && high >= WORDS_FROM_PX) nameScale(pen, box, foot - high, yOf);
}

/** Height of a line of words. */
const TAG_PX = 11;

/** What the upper edge of the lane stands for, at the left; the levels at the right. */
function nameScale(pen: Pen, box: DetectorBox, top: number, yOf: (value: number) => number): void {
  const { palette } = pen;
  pen.font(10);
  const tag = (words: string, x: number, baseline: number): void => {
    pen.rect(x - 2, baseline - 9, pen.width(words) + 4, 11, palette['surface-well']);
    pen.text(words, x, baseline, palette['text-2']);
  };
  tag(`${Number(box.scaleTop.toPrecision(2))} ${box.unit}`, 4, top + 10);
  const [on, off] = [`on ${box.onLevel}`, `off ${box.offLevel}`];
  const [yOn, yOff] = [yOf(box.onLevel), yOf(box.offLevel)];
  // Levels that lie close are named in one line.
  const near = Math.abs(yOff - yOn) < TAG_PX;
  const tags = near
    ? ([[`${on}, ${off}`, yOn]] as const)
    : ([
        [on, yOn],
        [off, yOff],
      ] as const);
  for (const [words, y] of tags) tag(words, pen.widthPx - pen.width(words) - 4, y + 3);
}
