// All candidates of many stations over a long span: P up, S down, bright where they are picks. Painted pixel by pixel:
// there may be hundreds of thousands, and they follow a slider.

import type { PickSelection } from '../../../src/domain/event/candidates.ts';
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

export function dayColumns({ table, kept }: PickSelection, span: DaySpan): DayColumns {
  const { fromNs, toNs, widthPx } = span;
  const rows = table.sensorKeys.length;
  const columns = { kept: new Float32Array(rows * 2 * widthPx), below: new Float32Array(rows * 2 * widthPx) }; // prettier-ignore
  const down = table.labels.map((label) => (phaseFamily(label) === 'S' ? 1 : 0));
  const { offsetsNs, sensors, phases, heights } = table;
  const scale = widthPx / (toNs - fromNs);
  for (let i = 0; i < kept.length; i += 1) {
    const x = Math.floor(((offsetsNs[i] as number) - fromNs) * scale);
    if (x < 0 || x >= widthPx) continue;
    const at = ((sensors[i] as number) * 2 + (down[phases[i] as number] as number)) * widthPx + x;
    const side = kept[i] === 1 ? columns.kept : columns.below;
    const height = heights[i] as number;
    if (height > (side[at] as number)) side[at] = height;
  }
  return { rows, widthPx, ...columns };
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
