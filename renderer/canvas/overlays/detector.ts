import type { DetectorTrace } from '../../../src/contract/api.ts';
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
}

/** The function takes the lower part of a row; the trace stays readable above it. */
const SHARE = 0.48;
const LEAST_PX = 8;
/** Rows so high carry the scale in words. */
const WORDS_FROM_PX = 44;

export const functionHeightPx = (rowPx: number): number => Math.max(LEAST_PX, rowPx * SHARE);

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
  const high = functionHeightPx(height);
  const foot = top + height - 1;
  const yOf = (value: number): number =>
    foot - Math.min(1.02, Math.max(0, value / scaleTop)) * high;
  const x = (time: EpochNs): number =>
    (Number(time - window.startNs) / Number(window.endNs - window.startNs)) * pen.widthPx;
  const { palette } = pen;
  pen.clipped(0, top, pen.widthPx, height, () => {
    for (const { onNs, offNs, kept } of trace.triggers) {
      const left = x(onNs);
      const width = Math.max(1.5, x(offNs) - left);
      if (kept) pen.rect(left, top + 1, width, height - 1, palette['phase-other-on'] + '33');
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
  if (height < WORDS_FROM_PX) return;
  pen.font(10);
  const words = `${scaleTop.toPrecision(2)} ${box.unit}`;
  const at = foot - high;
  pen.rect(2, at, pen.width(words) + 4, 12, palette['surface-well']);
  pen.text(words, 4, at + 10, palette['text-3']);
}
