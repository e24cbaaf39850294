// From the segments of a sensor's channels to stretches with a constant set of components.

import { type EpochNs, epochNs, nsToSeconds } from '../base/time.ts';
import {
  nearestSample,
  type Samples,
  samplesToNs,
  sampleTime,
  type TraceSegment,
} from '../domain/waveform/traceSegment.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { areFinite, finiteParts } from './finiteSamples.ts';

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
 * components. Boundaries within half a sample of each other count as one. Segments are joined as `joinRecord`
 * does. Stretches of any length are answered, in order of time.
 */
export function cutStretches(records: readonly ComponentRecord[]): ComponentStretch[] {
  const coverage = records.flatMap(({ component, segments }) =>
    joinRecord(segments).segments.map((segment) => cover(component, segment)),
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

/** What was recorded of one channel, made one. */
export interface JoinedRecord {
  /** In order of time, without overlaps. */
  readonly segments: readonly TraceSegment[];
  /** Spans left out because segments of the same time disagree there. */
  readonly masked: readonly TimeWindow[];
  /** Spans left out because their samples are no numbers. */
  readonly unusable: readonly TimeWindow[];
}

/**
 * Segments in order of time, joined where the next sample is due within half a sample. Where segments overlap
 * and agree they are one; of an overlap that disagrees the part from the first to the last sample that differs is
 * left out, and nothing else. Samples that are not finite are a gap: a filter would spread one over all that follows.
 */
export function joinRecord(segments: readonly TraceSegment[]): JoinedRecord {
  const unusable: TimeWindow[] = [];
  const ordered = segments
    .filter(({ samples }) => samples.length > 0)
    .flatMap((segment) => (areFinite(segment.samples) ? segment : finiteParts(segment, unusable)));
  ordered.sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
  const joiner = new Joiner();
  for (const segment of ordered) joiner.take(segment);
  return { ...joiner.finish(), unusable };
}

class Joiner {
  readonly #runs: TraceSegment[][] = [];
  readonly #masked: TimeWindow[] = [];
  /** The run that is not yet ended; its parts follow each other. */
  #run: TraceSegment[] = [];
  #count = 0;

  /** Segments have to come in order of their starts. */
  take(segment: TraceSegment): void {
    const [first] = this.#run;
    if (first === undefined) {
      this.#begin(segment);
    } else if (first.sampleRateHz !== segment.sampleRateHz) {
      const trimmed = withoutOverlap(segment, first, this.#count);
      if (trimmed !== undefined) this.#begin(trimmed);
    } else {
      const place = exactSample(first, segment.startNs);
      if (place - this.#count > 0.5) this.#begin(segment);
      else this.#append(segment, Math.round(place));
    }
  }

  finish(): Omit<JoinedRecord, 'unusable'> {
    return { segments: this.#runs.map(concatenate), masked: this.#masked };
  }

  #begin(segment: TraceSegment): void {
    this.#run = [segment];
    this.#runs.push(this.#run);
    this.#count = segment.samples.length;
  }

  #append(segment: TraceSegment, at: number): void {
    const overlap = this.#count - at;
    if (overlap > 0) {
      const known = concatenate(this.#run);
      const different = differingPart(known.samples, segment.samples, at);
      if (different !== undefined) {
        this.#mask(known, segment, different, overlap);
        return;
      }
      // Kept in one piece: the next segment may overlap too.
      this.#run.splice(0, this.#run.length, known);
    }
    const rest = part(segment, Math.max(0, overlap), segment.samples.length);
    if (rest.samples.length === 0) return;
    this.#run.push(rest);
    this.#count += rest.samples.length;
  }

  /** Ends the run before what differs and begins another after it. */
  #mask(
    known: TraceSegment,
    segment: TraceSegment,
    different: { from: number; to: number },
    overlap: number,
  ): void {
    const { startNs, sampleRateHz } = known;
    this.#masked.push({
      startNs: sampleTime(startNs, different.from, sampleRateHz),
      endNs: sampleTime(startNs, different.to, sampleRateHz),
    });
    this.#runs.pop();
    if (different.from > 0) this.#runs.push([part(known, 0, different.from)]);
    const tail = part(known, different.to, this.#count);
    const rest = part(segment, overlap, segment.samples.length);
    const [next, after] = [tail, rest].filter(({ samples }) => samples.length > 0);
    this.#run = [];
    this.#count = 0;
    if (next === undefined) return;
    this.#begin(next);
    if (after === undefined) return;
    this.#run.push(after);
    this.#count += after.samples.length;
  }
}

/** Samples `[from, to)` of `known` between which, both included, `next` says something else; it begins at `at`. */
function differingPart(
  known: Samples,
  next: Samples,
  at: number,
): { from: number; to: number } | undefined {
  const first = Math.max(0, at);
  const end = Math.min(known.length, at + next.length);
  let from = first;
  while (from < end && known[from] === next[from - at]) from += 1;
  if (from >= end) return undefined;
  let to = end;
  while (to > from && known[to - 1] === next[to - 1 - at]) to -= 1;
  return { from, to };
}

function part(segment: TraceSegment, from: number, to: number): TraceSegment {
  const first = Math.max(0, from);
  const startNs = sampleTime(segment.startNs, first, segment.sampleRateHz);
  return { ...segment, startNs, samples: segment.samples.subarray(first, Math.max(first, to)) };
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
  return skip >= segment.samples.length ? undefined : part(segment, skip, segment.samples.length);
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
