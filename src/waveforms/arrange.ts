// From segments as files hold them to runs as a trace shows them: neighbours joined, repetitions left out,
// contradictions marked.

import { type EpochNs, epochNs, minTime } from '../base/time.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { samplesToNs } from '../domain/waveform/traceSegment.ts';
import { segmentWindow, type StoredSegment } from './storedSegment.ts';

/** Samples `from` ≤ i < `to` of a segment. */
export interface Slice {
  readonly segment: StoredSegment;
  readonly from: number;
  readonly to: number;
}

/** Slices of one rate that follow each other without a gap. */
export interface Run {
  readonly startNs: EpochNs;
  /** Where the sample after the last would lie. */
  readonly endNs: EpochNs;
  readonly sampleRateHz: number;
  readonly slices: readonly Slice[];
}

export interface Arrangement {
  readonly runs: readonly Run[];
  /** Stretches where two segments disagree; both are among the runs. */
  readonly overlaps: readonly TimeWindow[];
}

/** Whether two overlapping segments hold the same samples where they overlap. */
export type Agreement = (a: StoredSegment, b: StoredSegment) => boolean;

interface OpenRun {
  startNs: EpochNs;
  endNs: EpochNs;
  sampleRateHz: number;
  slices: Slice[];
}

/** Arranges the segments of one stream. Their order does not matter. */
export function arrange(segments: readonly StoredSegment[], agree: Agreement): Arrangement {
  const sorted = segments
    .filter((segment) => segment.sampleCount > 0 && segment.sampleRateHz > 0)
    .sort((a, b) => compare(a.startNs, b.startNs) || b.sampleCount - a.sampleCount);
  const runs: OpenRun[] = [];
  const overlaps: TimeWindow[] = [];
  let open: OpenRun | undefined;
  for (const segment of sorted) {
    const late = open ? lateSamples(open, segment) : Infinity;
    if (open && open.sampleRateHz === segment.sampleRateHz && Math.abs(late) <= 0.5) {
      extend(open, segment, 0);
    } else if (!open || late > 0) {
      open = openRun(segment);
      runs.push(open);
    } else {
      open = overlapping(open, segment, -late, { runs, overlaps, agree });
    }
  }
  return { runs, overlaps };
}

function overlapping(
  open: OpenRun,
  segment: StoredSegment,
  depth: number,
  found: { runs: OpenRun[]; overlaps: TimeWindow[]; agree: Agreement },
): OpenRun {
  const { runs, overlaps, agree } = found;
  const window = segmentWindow(segment);
  const sameRate = open.sampleRateHz === segment.sampleRateHz;
  const touched = open.slices.filter(
    (slice) => segmentWindow(slice.segment).endNs > segment.startNs,
  );
  if (sameRate && touched.every((slice) => agree(slice.segment, segment))) {
    const known = Math.round(depth);
    if (known < segment.sampleCount) extend(open, segment, known);
    return open;
  }
  overlaps.push({ startNs: segment.startNs, endNs: minTime(open.endNs, window.endNs) });
  const other = openRun(segment);
  runs.push(other);
  return other.endNs > open.endNs ? other : open;
}

function openRun(segment: StoredSegment): OpenRun {
  const slices = [{ segment, from: 0, to: segment.sampleCount }];
  return { ...segmentWindow(segment), sampleRateHz: segment.sampleRateHz, slices };
}

function extend(open: OpenRun, segment: StoredSegment, from: number): void {
  open.slices.push({ segment, from, to: segment.sampleCount });
  open.endNs = segmentWindow(segment).endNs;
}

/** Samples between where the run's next one is due and the segment's first; negative when they overlap. */
function lateSamples(open: OpenRun, segment: StoredSegment): number {
  return (Number(segment.startNs - open.endNs) * segment.sampleRateHz) / 1e9;
}

/** Compares the common samples of two segments of one rate. False when their samples lie between each other. */
export function samplesAgree(a: StoredSegment, b: StoredSegment): boolean {
  if (a.sampleRateHz !== b.sampleRateHz || !a.samples || !b.samples) return false;
  const shift = (Number(b.startNs - a.startNs) * a.sampleRateHz) / 1e9;
  const offset = Math.round(shift);
  if (Math.abs(shift - offset) > 0.05) return false;
  const end = Math.min(a.sampleCount, b.sampleCount + offset);
  for (let i = Math.max(0, offset); i < end; i++) {
    const [x, y] = [a.samples[i], b.samples[i - offset]];
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
  }
  return true;
}

/** The stretches between runs. */
export function gapsBetween(runs: readonly Run[]): TimeWindow[] {
  const gaps: TimeWindow[] = [];
  let endNs: EpochNs | undefined;
  for (const run of [...runs].sort((a, b) => compare(a.startNs, b.startNs))) {
    const toleranceNs = samplesToNs(0.5, run.sampleRateHz);
    if (endNs !== undefined && run.startNs > endNs + toleranceNs) {
      gaps.push({ startNs: endNs, endNs: run.startNs });
    }
    endNs = endNs === undefined || run.endNs > endNs ? run.endNs : endNs;
  }
  return gaps;
}

function compare(a: EpochNs, b: EpochNs): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The part of a run's slices that can touch `window` widened by `padS` on both sides. */
export function clipRun(run: Run, window: TimeWindow, padNs: bigint): Run {
  const from = epochNs(window.startNs - padNs);
  const to = epochNs(window.endNs + padNs);
  const slices = run.slices.filter((slice) => {
    const span = segmentWindow(slice.segment);
    return span.startNs < to && span.endNs > from;
  });
  return { ...run, slices };
}
