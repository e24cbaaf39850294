import { nsToSeconds } from '../../../src/base/time.ts';
import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';
import type { TraceFrame } from './frame.ts';

/** Minimum and maximum of each device column of one row; NaN where there is no sample. */
export interface Columns {
  readonly low: Float32Array<ArrayBuffer>;
  readonly high: Float32Array<ArrayBuffer>;
}

export function makeColumns(width: number): Columns {
  return { low: new Float32Array(width), high: new Float32Array(width) };
}

/** Where a part lies in a frame: the column of its first value (fractional) and columns a value. */
export interface Placement {
  readonly firstColumn: number;
  readonly columnsPerValue: number;
}

type Span = Pick<TraceFrame, 'startNs' | 'endNs' | 'width'>;

export function place(part: TracePart, frame: Span): Placement {
  const columnsPerS = frame.width / nsToSeconds(frame.endNs - frame.startNs);
  return {
    firstColumn: nsToSeconds(part.startNs - frame.startNs) * columnsPerS,
    columnsPerValue: part.stepS * columnsPerS,
  };
}

/** Few enough samples to draw them as a line: at most three a CSS pixel. */
export function drawsLine(part: TracePart, frame: Span & Pick<TraceFrame, 'ratio'>): boolean {
  return part.kind === 'samples' && place(part, frame).columnsPerValue * 3 >= frame.ratio;
}

/**
 * Widens `columns` by the values of a part, `shift` added to each. Values finer than a column are
 * reduced to its minimum and maximum; coarser bins fill all columns that they span.
 */
export function addPart(columns: Columns, part: TracePart, at: Placement, shift: number): void {
  const width = columns.low.length;
  const isBins = part.kind === 'bins';
  const count = isBins ? part.values.length >> 1 : part.values.length;
  const { firstColumn, columnsPerValue } = at;
  const from = Math.max(0, Math.floor(firstColumn));
  const to = Math.min(width, Math.ceil(firstColumn + count * columnsPerValue));
  const valuesPerColumn = 1 / columnsPerValue;
  for (let column = from; column < to; column++) {
    const first = Math.max(0, Math.floor((column - firstColumn) * valuesPerColumn));
    const end = Math.ceil((column + 1 - firstColumn) * valuesPerColumn);
    const last = Math.min(count, Math.max(first + 1, end));
    if (first >= last) continue;
    if (isBins) findBinRange(part.values, first, last);
    else findRange(part.values, first, last);
    widen(columns, column, shift);
  }
}

// What the two searches below found; module variables, since a column must not allocate.
let foundLow = Infinity;
let foundHigh = -Infinity;

function findRange(values: Float32Array, first: number, last: number): void {
  let low = Infinity;
  let high = -Infinity;
  for (let i = first; i < last; i++) {
    const value = values[i] ?? NaN;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  foundLow = low;
  foundHigh = high;
}

function findBinRange(values: Float32Array, first: number, last: number): void {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 2 * first; i < 2 * last; i += 2) {
    const least = values[i] ?? NaN;
    const most = values[i + 1] ?? NaN;
    if (least < low) low = least;
    if (most > high) high = most;
  }
  foundLow = low;
  foundHigh = high;
}

function widen(columns: Columns, column: number, shift: number): void {
  if (foundLow > foundHigh) return;
  const low = foundLow + shift;
  const high = foundHigh + shift;
  const before = columns.low[column] ?? NaN;
  const after = columns.high[column] ?? NaN;
  columns.low[column] = before <= low ? before : low;
  columns.high[column] = after >= high ? after : high;
}

/** Lowest and highest amplitude. */
export interface Extremes {
  readonly low: number;
  readonly high: number;
}

/** Of all columns; undefined when none holds a value. */
export function extremesOf(columns: Columns): Extremes | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < columns.low.length; i++) {
    const least = columns.low[i] ?? NaN;
    const most = columns.high[i] ?? NaN;
    if (least < low) low = least;
    if (most > high) high = most;
  }
  return low <= high ? { low, high } : undefined;
}

/** First and last index (excluded) of the samples in a frame, one more on each side to reach its edges. */
export function samplesIn(part: TracePart, at: Placement, width: number): [number, number] {
  const first = Math.floor(-at.firstColumn / at.columnsPerValue);
  const last = Math.ceil((width - at.firstColumn) / at.columnsPerValue) + 1;
  return [Math.max(0, first), Math.min(part.values.length, last)];
}

/** Of the samples of a part that a frame shows. */
export function extremesInView(
  part: TracePart,
  at: Placement,
  width: number,
): Extremes | undefined {
  const [first, last] = samplesIn(part, at, width);
  findRange(part.values, first, last);
  return foundLow <= foundHigh ? { low: foundLow, high: foundHigh } : undefined;
}
