// All candidates of many stations over a long span: P up, S down, bright where they are picks. Painted pixel by pixel:
// there may be hundreds of thousands, and they follow a slider.

import type { CandidateTable } from '../../../src/domain/event/candidates.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';

/** The highest candidate of each sensor and label in each column of pixels; stands still while thresholds move. */
export interface DayPeaks {
  readonly rows: number;
  readonly widthPx: number;
  /** Of each label: 0 goes up, 1 down. */
  readonly sides: Uint8Array;
  /** By slot, then column; 0 where there is none. */
  readonly heights: Float32Array;
}

/** The highest pick and, where it is not hidden by one, the highest that is none: by row, up then down, then column. */
export interface DayColumns {
  readonly rows: number;
  readonly widthPx: number;
  readonly kept: Float32Array;
  readonly below: Float32Array;
}

export interface DaySpan {
  /** After the origin of the table. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly widthPx: number;
}

export function dayPeaks(table: CandidateTable, { fromNs, toNs, widthPx }: DaySpan): DayPeaks {
  const { offsetsNs, slots, heights: all, sensorKeys, labels } = table;
  const scale = widthPx / (toNs - fromNs);
  const heights = new Float32Array(sensorKeys.length * labels.length * widthPx);
  for (let i = 0; i < offsetsNs.length; i += 1) {
    const x = Math.floor(((offsetsNs[i] as number) - fromNs) * scale);
    if (x < 0 || x >= widthPx) continue;
    const at = (slots[i] as number) * widthPx + x;
    if ((all[i] as number) > (heights[at] as number)) heights[at] = all[i] as number;
  }
  const sides = Uint8Array.from(labels, (label) => (phaseFamily(label) === 'S' ? 1 : 0));
  return { rows: sensorKeys.length, widthPx, sides, heights };
}

/** Of a column the highest alone decides: what lies below a pick of its label is behind it. */
export function dayColumns(
  { rows, widthPx, sides, heights }: DayPeaks,
  limits: Float64Array,
): DayColumns {
  const kept = new Float32Array(rows * 2 * widthPx);
  const below = new Float32Array(rows * 2 * widthPx);
  for (let slot = 0; slot < limits.length; slot += 1) {
    const limit = limits[slot] as number;
    const row = Math.floor(slot / sides.length);
    const to = (row * 2 + (sides[slot % sides.length] as number)) * widthPx;
    for (let x = 0; x < widthPx; x += 1) {
      const height = heights[slot * widthPx + x] as number;
      const side = height >= limit ? kept : below;
      if (height > (side[to + x] as number)) side[to + x] = height;
    }
  }
  return { rows, widthPx, kept, below };
}

/** Colours as ImageData holds them. */
export interface DayInk {
  readonly background: number;
  readonly up: number;
  readonly down: number;
  readonly below: number;
  readonly middle: number;
  readonly between: number;
}

/** Fills `pixels` (width · height) with the rows, each `height / rows` high. */
export function paintDayColumns(
  pixels: Uint32Array,
  { width, height }: { readonly width: number; readonly height: number },
  columns: DayColumns,
  ink: DayInk,
): void {
  pixels.fill(ink.background);
  for (let row = 0; row < columns.rows; row += 1) {
    const top = Math.round((row * height) / columns.rows);
    const bottom = Math.round(((row + 1) * height) / columns.rows);
    const middle = (top + bottom) >> 1;
    const half = Math.max(1, middle - top - 1);
    if (row > 0) pixels.fill(ink.between, top * width, top * width + width);
    for (const side of [0, 1] as const) {
      const from = (row * 2 + side) * columns.widthPx;
      for (let x = 0; x < width; x += 1) {
        const below = columns.below[from + x] ?? 0;
        const kept = columns.kept[from + x] ?? 0;
        if (below === 0 && kept === 0) continue;
        const colour = side === 0 ? ink.up : ink.down;
        column(pixels, { width, x, middle, side, length: Math.round(below * half) }, ink.below);
        column(pixels, { width, x, middle, side, length: kept === 0 ? 0 : Math.max(2, Math.round(kept * half)) }, colour); // prettier-ignore
      }
    }
    pixels.fill(ink.middle, middle * width, middle * width + width);
  }
}

function column(
  pixels: Uint32Array,
  at: { width: number; x: number; middle: number; side: 0 | 1; length: number },
  colour: number,
): void {
  const step = at.side === 0 ? -at.width : at.width;
  let place = at.middle * at.width + at.x;
  for (let k = 0; k < at.length; k += 1) {
    place += step;
    if (place >= 0 && place < pixels.length) pixels[place] = colour;
  }
}
