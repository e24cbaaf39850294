// Records of one channel made ready for windows: joined, filtered, resampled, conflicts left out.

import { AppError } from '../../base/appError.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { streamKeyOf } from '../../domain/waveform/streamKey.ts';
import {
  lastSampleTime,
  type Samples,
  type TraceSegment,
} from '../../domain/waveform/traceSegment.ts';
import { areFinite } from '../finiteSamples.ts';
import { changesRecords, prepareRecord } from '../recordPreparation.ts';
import { toModelRate } from './resample.ts';
import type { RunnerSpec } from '../spec.ts';

/** What was left out of a run, and why. */
export interface RunNote {
  readonly stream: string;
  readonly reason: string;
}

export interface PreparedTraces {
  /** At the model's rate, in the order of their stream keys and times. */
  readonly traces: readonly TraceSegment[];
  readonly notes: readonly RunNote[];
}

/** A joint may lie off the sample grid by this part of a sample, as in ObsPy's merge. */
const MISALIGNMENT = 0.01;

const NO_NUMBERS =
  'holds samples that are no numbers (NaN or infinite): as in SeisBench, what is filtered or resampled is lost with them; --policy onset leaves out these samples alone';

/**
 * Joins, filters and resamples traces to the model's rate. Each contiguous trace is filtered from rest.
 * Of one channel, traces that overlap and disagree are all left out, as SeisBench does.
 */
export function prepareTraces(
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
): PreparedTraces {
  const notes: RunNote[] = [];
  const prepared = joinTraces(traces).flatMap((trace) => {
    if (!areFinite(trace.samples)) {
      notes.push({ stream: streamKeyOf(trace.stream), reason: NO_NUMBERS });
    }
    try {
      return [atModelRate(trace, spec, settings)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      notes.push({ stream: streamKeyOf(trace.stream), reason: error.message });
      return [];
    }
  });
  const joined = joinTraces(prepared);
  const conflicting = conflictingTraces(joined);
  for (const trace of conflicting) {
    notes.push({
      stream: streamKeyOf(trace.stream),
      reason: 'records of the same time disagree; all of them are left out',
    });
  }
  return { traces: joined.filter((trace) => !conflicting.has(trace)), notes };
}

function atModelRate(trace: TraceSegment, spec: RunnerSpec, settings: RunSettings): TraceSegment {
  const rateHz = spec.samplingRateHz;
  const toRate = (samples: Samples): Samples =>
    trace.sampleRateHz === rateHz
      ? samples
      : toModelRate(samples, trace.sampleRateHz, rateHz, settings.zeroPhaseResample);
  const prepared = (samples: Samples, atHz: number): Samples =>
    changesRecords(settings) ? prepareRecord(samples, atHz, settings) : samples;
  const samples = spec.filterBeforeResampling
    ? toRate(prepared(trace.samples, trace.sampleRateHz))
    : prepared(toRate(trace.samples), rateHz);
  return {
    stream: trace.stream,
    startNs: trace.startNs,
    sampleRateHz: spec.samplingRateHz,
    samples,
  };
}

/**
 * Sorts traces by stream and time and joins those that follow each other within 1 % of a sample, or overlap
 * with the same samples. Traces that overlap and disagree stay apart; empty ones and those without a rate go.
 */
export function joinTraces(traces: readonly TraceSegment[]): TraceSegment[] {
  const sorted = traces
    .filter(({ samples, sampleRateHz }) => samples.length > 0 && sampleRateHz > 0)
    .map((trace) => ({ trace, key: streamKeyOf(trace.stream) }))
    .sort((a, b) => compareText(a.key, b.key) || compareTime(a.trace, b.trace));
  const joined: TraceSegment[] = [];
  let run: Run | undefined;
  for (const { trace, key } of sorted) {
    if (run && run.key === key && extendRun(run, trace)) continue;
    if (run) joined.push(wholeRun(run));
    run = { key, first: trace, parts: [trace.samples], length: trace.samples.length };
  }
  if (run) joined.push(wholeRun(run));
  return joined;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareTime(a: TraceSegment, b: TraceSegment): number {
  const difference = a.startNs - b.startNs || lastSampleTime(a) - lastSampleTime(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Traces found to be one so far; their samples are put together only once. */
interface Run {
  readonly key: string;
  readonly first: TraceSegment;
  parts: Samples[];
  length: number;
}

function extendRun(run: Run, next: TraceSegment): boolean {
  const { startNs, sampleRateHz } = run.first;
  if (next.sampleRateHz !== sampleRateHz) return false;
  const position = (Number(next.startNs - startNs) * sampleRateHz) / 1e9;
  const at = Math.round(position);
  if (Math.abs(position - at) > MISALIGNMENT || at > run.length) return false;
  if (at < run.length && !sameWhereBoth(run, next.samples, at)) return false;
  const rest = next.samples.subarray(run.length - at);
  if (rest.length > 0) run.parts.push(rest);
  run.length += rest.length;
  return true;
}

function wholeRun(run: Run): TraceSegment {
  const [first] = run.parts;
  if (run.parts.length === 1 && first) return { ...run.first, samples: first };
  const whole = arrayLike(run.parts, run.length);
  let at = 0;
  for (const part of run.parts) {
    whole.set(part, at);
    at += part.length;
  }
  run.parts = [whole];
  return { ...run.first, samples: whole };
}

function arrayLike(parts: readonly Samples[], length: number): Samples {
  if (parts.every((part) => part instanceof Int32Array)) return new Int32Array(length);
  if (parts.every((part) => part instanceof Float32Array)) return new Float32Array(length);
  return new Float64Array(length);
}

/** Whether `next`, which begins at sample `at` of the run, repeats what the run holds from there on. */
function sameWhereBoth(run: Run, next: Samples, at: number): boolean {
  let end = run.length;
  for (let k = run.parts.length - 1; k >= 0 && end > at; k -= 1) {
    const part = run.parts[k] as Samples;
    const start = end - part.length;
    const to = Math.min(end, at + next.length);
    for (let i = Math.max(start, at); i < to; i += 1)
      if (part[i - start] !== next[i - at]) return false;
    end = start;
  }
  return true;
}

/** Of sorted traces those that overlap another one of their stream, until none of them is left running. */
function conflictingTraces(traces: readonly TraceSegment[]): Set<TraceSegment> {
  const conflicting = new Set<TraceSegment>();
  let longest: { key: string; trace: TraceSegment; endNs: bigint } | undefined;
  for (const trace of traces) {
    const key = streamKeyOf(trace.stream);
    const endNs: bigint = lastSampleTime(trace);
    if (longest?.key === key && trace.startNs < longest.endNs) {
      conflicting.add(longest.trace).add(trace);
      if (endNs <= longest.endNs) continue;
    }
    longest = { key, trace, endNs };
  }
  return conflicting;
}
