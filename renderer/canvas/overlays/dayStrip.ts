// All candidates of many stations over a long span: P up, S down, bright where they are picks. Painted pixel by pixel:
// there may be hundreds of thousands, and they follow a slider.

import type { CandidateTable, PickSelection } from '../../../src/domain/event/candidates.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';

/** The highest of each column of pixels: by row, then up and down, then column. */
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

/** For each candidate its place in `DayColumns`; beyond the span −1. */
export interface DayCells {
  readonly rows: number;
  readonly widthPx: number;
  readonly places: Int32Array;
}

export function dayCells(table: CandidateTable, { fromNs, toNs, widthPx }: DaySpan): DayCells {
  const down = table.labels.map((label) => (phaseFamily(label) === 'S' ? 1 : 0));
  const { offsetsNs, sensors, phases } = table;
  const scale = widthPx / (toNs - fromNs);
  const places = new Int32Array(offsetsNs.length);
  for (let i = 0; i < places.length; i += 1) {
    const x = Math.floor(((offsetsNs[i] as number) - fromNs) * scale);
    const row = (sensors[i] as number) * 2 + (down[phases[i] as number] as number);
    places[i] = x < 0 || x >= widthPx ? -1 : row * widthPx + x;
  }
  return { rows: table.sensorKeys.length, widthPx, places };
}

export function dayColumns(
  { table: { heights }, kept: isKept }: PickSelection,
  { rows, widthPx, places }: DayCells,
): DayColumns {
  const kept = new Float32Array(rows * 2 * widthPx);
  const below = new Float32Array(rows * 2 * widthPx);
  for (let i = 0; i < places.length; i += 1) {
    const at = places[i] as number;
    if (at < 0) continue;
    const height = heights[i] as number;
    if (isKept[i] === 1) {
      if (height > (kept[at] as number)) kept[at] = height;
    } else if (height > (below[at] as number)) below[at] = height;
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
