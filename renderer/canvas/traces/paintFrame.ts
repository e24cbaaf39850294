import { nsToSeconds } from '../../../src/base/time.ts';
import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';
import {
  addPart,
  type Columns,
  drawsLine,
  type Extremes,
  extremesInView,
  extremesOf,
  makeColumns,
  place,
} from './columns.ts';
import type { FrameRow, TraceFrame, TraceInk } from './frame.ts';
import { RowCoverage, strokeSamples, type Vertical } from './line.ts';
import { fillColumn, fillRect, type Surface } from './surface.ts';

/**
 * Paints pictures of traces into pixels. Two passes: the first reduces every row to its columns and finds
 * what its scale group needs, the second writes pixels. Holds scratch space that is reused from frame to frame.
 */
export class FramePainter {
  readonly #columns: Columns[] = [];
  readonly #coverage = new RowCoverage();

  /** Paints a whole frame; answers the largest amplitude seen in each row. */
  paint(
    surface: Surface,
    frame: TraceFrame,
    ink: (key: string) => TraceInk | undefined,
  ): Float32Array<ArrayBuffer> {
    surface.pixels.fill(frame.background);
    for (const tint of frame.tints) fillRect(surface, tint);
    const seen = frame.rows.map((row, i) => this.#reduce(i, frame, ink(row.key)));
    const reaches = groupReaches(frame, seen);
    frame.rows.forEach((row, i) => {
      const extremes = seen[i];
      const trace = ink(row.key);
      if (!extremes || !trace) return;
      const vertical = verticalOf(frame, row, extremes, reaches.get(row.group) ?? 0);
      this.#drawColumns(surface, i, row, frame.ratio, vertical);
      this.#drawLines(surface, row, frame, trace, vertical);
    });
    return Float32Array.from(seen, (extremes) => (extremes ? reachOf(frame, extremes) : 0));
  }

  #reduce(row: number, frame: TraceFrame, trace: TraceInk | undefined): Extremes | undefined {
    if (!trace) return undefined;
    const columns = this.#columnsOf(row, frame.width);
    columns.low.fill(NaN);
    columns.high.fill(NaN);
    let seen: Extremes | undefined;
    for (const part of trace.parts) {
      if (!inView(part, frame)) continue;
      const at = place(part, frame);
      const shift = shiftOf(trace, part);
      if (drawsLine(part, frame)) {
        const lined = extremesInView(part, at, frame.width);
        if (lined) seen = union(seen, { low: lined.low + shift, high: lined.high + shift });
      } else addPart(columns, part, at, shift);
    }
    return union(seen, extremesOf(columns));
  }

  #columnsOf(row: number, width: number): Columns {
    const before = this.#columns[row];
    if (before?.low.length === width) return before;
    return (this.#columns[row] = makeColumns(width));
  }

  /** Minimum to maximum of each column, stretched to touch its neighbour, at least one CSS pixel thick. */
  #drawColumns(
    surface: Surface,
    index: number,
    row: FrameRow,
    ratio: number,
    { middle, zero, pxPerUnit }: Vertical,
  ): void {
    const columns = this.#columns[index];
    if (!columns) return;
    const thickness = Math.max(1, Math.round(ratio));
    const limit = Math.min(surface.height, row.top + row.height);
    const start = Math.max(0, row.top);
    let beforeLow = NaN;
    let beforeHigh = NaN;
    for (let column = 0; column < surface.width; column++) {
      const ownLow = columns.low[column] ?? NaN;
      const ownHigh = columns.high[column] ?? NaN;
      const low = ownLow > beforeHigh ? beforeHigh : ownLow;
      const high = ownHigh < beforeLow ? beforeLow : ownHigh;
      beforeLow = ownLow;
      beforeHigh = ownHigh;
      if (!(low <= high)) continue;
      const from = Math.round(middle - (high - zero) * pxPerUnit - thickness / 2);
      const to = Math.round(middle - (low - zero) * pxPerUnit - thickness / 2) + thickness;
      const top = from < start ? start : from > limit - thickness ? limit - thickness : from;
      const bottom = to > limit ? limit : to < start + thickness ? start + thickness : to;
      fillColumn(surface, column, { top, bottom }, row.pixel);
    }
  }

  #drawLines(
    surface: Surface,
    row: FrameRow,
    frame: TraceFrame,
    trace: TraceInk,
    vertical: Vertical,
  ): void {
    const lined = trace.parts.filter((part) => inView(part, frame) && drawsLine(part, frame));
    if (lined.length === 0) return;
    const top = Math.max(0, row.top);
    const height = Math.min(surface.height, row.top + row.height) - top;
    if (height <= 0) return;
    this.#coverage.start(surface.width, top, height);
    for (const part of lined) {
      strokeSamples(this.#coverage, part, place(part, frame), {
        ...vertical,
        shift: shiftOf(trace, part),
        ratio: frame.ratio,
      });
    }
    this.#coverage.blendInto(surface, row.pixel);
  }
}

function inView(part: TracePart, frame: TraceFrame): boolean {
  const count = part.kind === 'bins' ? part.values.length / 2 : part.values.length;
  const startS = nsToSeconds(part.startNs - frame.startNs);
  return (
    startS < nsToSeconds(frame.endNs - frame.startNs) &&
    startS + count * part.stepS > 0 &&
    count > 0
  );
}

/** Values of a part are relative to its own offset; all are brought to the first part's. */
function shiftOf(trace: TraceInk, part: TracePart): number {
  return part.offset - (trace.parts[0]?.offset ?? part.offset);
}

function union(a: Extremes | undefined, b: Extremes | undefined): Extremes | undefined {
  if (!a || !b) return a ?? b;
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** The amplitude that must fit into half a row. */
function reachOf(frame: TraceFrame, { low, high }: Extremes): number {
  return frame.centred ? Math.max(Math.abs(low), Math.abs(high)) : (high - low) / 2;
}

function groupReaches(
  frame: TraceFrame,
  seen: readonly (Extremes | undefined)[],
): Map<string, number> {
  const reaches = new Map<string, number>();
  frame.rows.forEach(({ group }, i) => {
    const extremes = seen[i];
    const reach = extremes ? reachOf(frame, extremes) : 0;
    if (Number.isFinite(reach)) reaches.set(group, Math.max(reaches.get(group) ?? 0, reach));
  });
  return reaches;
}

function verticalOf(
  frame: TraceFrame,
  row: FrameRow,
  { low, high }: Extremes,
  reach: number,
): Vertical {
  const margin = Math.min(2 * frame.ratio, row.height * 0.1);
  const room = Math.max(1, row.height / 2 - margin);
  // A flat line fills whole pixels.
  const halfLine = Math.max(1, Math.round(frame.ratio)) / 2;
  return {
    middle: Math.round(row.top + row.height / 2 - halfLine) + halfLine,
    zero: frame.centred ? 0 : (low + high) / 2,
    pxPerUnit: reach > 0 ? (room / reach) * frame.gain : 0,
  };
}
