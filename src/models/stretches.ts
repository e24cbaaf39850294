// From the segments of a sensor's channels to stretches with a constant set of components.

import { type EpochNs, epochNs, nsToSeconds } from '../base/time.ts';
import {
  nearestSample,
  type Samples,
  samplesToNs,
  sampleTime,
  type TraceSegment,
} from '../domain/waveform/traceSegment.ts';

/** What was recorded of one component, in any order, gaps and overlaps included. */
export interface ComponentRecord {
  readonly component: string;
  readonly segments: readonly TraceSegment[];
}

/** Samples of one component of a stretch at the rate they were recorded with. */
export interface StretchInput {
  readonly component: string;
  readonly samples: Samples;
  readonly sampleRateHz: number;
}

/** A gap-free span in which the same components are present throughout. */
export interface ComponentStretch {
  readonly startNs: EpochNs;
  /** Just after the last sample. */
  readonly endNs: EpochNs;
  readonly inputs: readonly StretchInput[];
}

interface Coverage {
  readonly component: string;
  readonly segment: TraceSegment;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/**
 * Cuts the time axis wherever a component begins or ends, so that no stretch holds a gap or a change of
 * components. Boundaries within half a sample of each other count as one. Where segments of a channel
 * overlap the earlier one is kept. Stretches of any length are answered, in order of time.
 */
export function cutStretches(records: readonly ComponentRecord[]): ComponentStretch[] {
  const coverage = records.flatMap(({ component, segments }) =>
    joinSegments(segments).map((segment) => cover(component, segment)),
  );
  const toleranceNs = halfSampleNs(coverage);
  const bounds = distinctBounds(coverage, toleranceNs);
  const stretches: ComponentStretch[] = [];
  for (let i = 0; i + 1 < bounds.length; i += 1) {
    const from = bounds[i] as bigint;
    const to = bounds[i + 1] as bigint;
    const present = coverage.filter(
      ({ startNs, endNs }) => startNs <= from + toleranceNs && endNs >= to - toleranceNs,
    );
    const stretch = stretchOf(present, from, to);
    if (stretch !== undefined) stretches.push(stretch);
  }
  return stretches;
}

/** Length of a stretch in seconds. */
export function stretchDurationS(stretch: ComponentStretch): number {
  return nsToSeconds(stretch.endNs - stretch.startNs);
}

function cover(component: string, segment: TraceSegment): Coverage {
  const { startNs, sampleRateHz, samples } = segment;
  const endNs = startNs + samplesToNs(samples.length, sampleRateHz);
  return { component, segment, startNs, endNs };
}

function halfSampleNs(coverage: readonly Coverage[]): bigint {
  const slowest = Math.min(...coverage.map(({ segment }) => segment.sampleRateHz));
  return Number.isFinite(slowest) ? samplesToNs(1, slowest) / 2n : 0n;
}

function distinctBounds(coverage: readonly Coverage[], toleranceNs: bigint): bigint[] {
  const bounds = coverage.flatMap(({ startNs, endNs }) => [startNs, endNs]);
  bounds.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const distinct: bigint[] = [];
  for (const bound of bounds) {
    const last = distinct.at(-1);
    if (last === undefined || bound - last > toleranceNs) distinct.push(bound);
  }
  return distinct;
}

function stretchOf(
  present: readonly Coverage[],
  from: bigint,
  to: bigint,
): ComponentStretch | undefined {
  const inputs = present.map(({ component, segment }) => {
    const { startNs, sampleRateHz, samples } = segment;
    const first = Math.max(0, nearestSample(startNs, epochNs(from), sampleRateHz));
    const end = Math.min(samples.length, nearestSample(startNs, epochNs(to), sampleRateHz));
    return { component, sampleRateHz, samples: samples.subarray(first, end), first };
  });
  const [reference] = inputs;
  if (reference === undefined || inputs.some(({ samples }) => samples.length === 0))
    return undefined;
  const start = (present[0] as Coverage).segment.startNs;
  const startNs = sampleTime(start, reference.first, reference.sampleRateHz);
  const lengthNs = samplesToNs(reference.samples.length, reference.sampleRateHz);
  return { startNs, endNs: epochNs(startNs + lengthNs), inputs };
}

/**
 * Segments in order of time, joined where the next sample is due within half a sample, the overlapping
 * head of a later segment left out.
 */
function joinSegments(segments: readonly TraceSegment[]): TraceSegment[] {
  const ordered = segments.filter(({ samples }) => samples.length > 0);
  ordered.sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
  const runs: TraceSegment[][] = [];
  let run: TraceSegment[] = [];
  let count = 0;
  for (const segment of ordered) {
    const [first] = run;
    if (first === undefined || first.sampleRateHz !== segment.sampleRateHz) {
      const trimmed = first === undefined ? segment : withoutOverlap(segment, first, count);
      if (trimmed === undefined) continue;
      run = [trimmed];
      runs.push(run);
      count = trimmed.samples.length;
      continue;
    }
    const place = exactSample(first, segment.startNs);
    const skip = Math.max(0, Math.round(count - place));
    if (skip >= segment.samples.length) continue;
    if (place - count > 0.5) {
      run = [segment];
      runs.push(run);
      count = segment.samples.length;
    } else {
      run.push({ ...segment, samples: segment.samples.subarray(skip) });
      count += segment.samples.length - skip;
    }
  }
  return runs.map(concatenate);
}

/** Where a time lies on the sample grid of a segment, in samples from its first. */
function exactSample(segment: TraceSegment, time: EpochNs): number {
  return (Number(time - segment.startNs) * segment.sampleRateHz) / 1e9;
}

function withoutOverlap(
  segment: TraceSegment,
  first: TraceSegment,
  count: number,
): TraceSegment | undefined {
  const endNs = first.startNs + samplesToNs(count, first.sampleRateHz);
  const skip = Math.ceil(exactSample(segment, epochNs(endNs)) - 0.5);
  if (skip <= 0) return segment;
  if (skip >= segment.samples.length) return undefined;
  const startNs = sampleTime(segment.startNs, skip, segment.sampleRateHz);
  return { ...segment, startNs, samples: segment.samples.subarray(skip) };
}

function concatenate(run: readonly TraceSegment[]): TraceSegment {
  const first = run[0] as TraceSegment;
  if (run.length === 1) return first;
  const length = run.reduce((sum, { samples }) => sum + samples.length, 0);
  const kinds = new Set(run.map(({ samples }) => samples.constructor));
  const Kind =
    kinds.size > 1
      ? Float64Array
      : first.samples instanceof Int32Array
        ? Int32Array
        : first.samples instanceof Float32Array
          ? Float32Array
          : Float64Array;
  const samples = new Kind(length);
  let at = 0;
  for (const segment of run) {
    samples.set(segment.samples, at);
    at += segment.samples.length;
  }
  return { ...first, samples };
}

/** A recording whose rate is this close to the model's is fed as it is: one part in a thousand. */
const RATE_TOLERANCE = 1e-3;

/**
 * The rate at which a stretch goes through the model: that of its first component when it is the model's
 * within 0.1 % (99.999 Hz stays 99.999 Hz, so that no time drifts), otherwise the model's exactly.
 */
export function curveRateHz(stretch: ComponentStretch, modelRateHz: number): number {
  const rate = stretch.inputs[0]?.sampleRateHz ?? modelRateHz;
  return Math.abs(rate / modelRateHz - 1) <= RATE_TOLERANCE ? rate : modelRateHz;
}
