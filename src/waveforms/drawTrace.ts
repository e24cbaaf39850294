// What is drawn of one stream: raw samples while there are few a pixel, minimum and maximum bins above that, both
// after the analyst's filter when one is in force. Pure, so that it runs in a worker as well as beside the store.

import { addSeconds, type EpochNs } from '../base/time.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import { durationS, intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { TracePart } from '../domain/waveform/traceWindow.ts';
import { addPyramid, addSamples, binSamplesFor } from '../signal/minMax.ts';
import { emptyBins, servedByPyramid, toFloat32 } from '../signal/minMax.ts';
import type { Run, Slice } from './arrange.ts';
import { type BinnedRun, filterRun } from './filterRun.ts';
import { meanOver } from './meanOver.ts';
import { absoluteSample } from './storedSegment.ts';

export interface DrawRequest {
  readonly runs: readonly Run[];
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly filter: BandFilter | undefined;
  readonly demean: boolean;
}

export interface Drawing {
  readonly parts: readonly TracePart[];
  readonly edgeZones: readonly TimeWindow[];
  readonly peak: number;
}

/** Samples a bin for a stream of this rate in this window; 1 means raw samples. */
export function binSamplesOf(window: TimeWindow, widthPx: number, sampleRateHz: number): number {
  return binSamplesFor(durationS(window) * sampleRateHz, widthPx);
}

/** Draws all runs of one stream. Throws `bad-input` when the filter cannot be made at a run's rate. */
export function drawTrace(request: DrawRequest): Drawing {
  const { window, filter } = request;
  const edgeZones: TimeWindow[] = [];
  const runs: BinnedRun[] = [];
  for (const run of request.runs) {
    if (!intersect(window, run)) continue;
    if (!filter) {
      runs.push(run);
      continue;
    }
    const binSamples = binSamplesOf(window, request.widthPx, run.sampleRateHz);
    const filtered = filterRun(run, { window, filter, demean: request.demean, binSamples });
    runs.push(...filtered.runs);
    edgeZones.push(...filtered.edgeZones);
  }
  // Behind a high- or band-pass nothing of a level is left.
  const mean = filter?.lowHz === undefined ? meanOver(runs, window) : 0;
  // Integer offsets keep integer samples exact in float32.
  const base = request.demean ? mean : Math.round(mean);
  const offset = request.demean ? 0 : base;
  let peak = 0;
  const parts: TracePart[] = [];
  for (const run of runs) {
    const drawn = drawRun(run, request, base);
    peak = Math.max(peak, drawn.peak);
    for (const part of drawn.parts) parts.push({ ...part, offset });
  }
  return { parts, edgeZones, peak };
}

type BarePart = Omit<TracePart, 'offset'>;

function drawRun(
  run: BinnedRun,
  { window, widthPx }: DrawRequest,
  base: number,
): { parts: BarePart[]; peak: number } {
  const binSamples = binSamplesOf(window, widthPx, run.sampleRateHz);
  return binSamples === 1 ? rawParts(run, window, base) : binPart(run, window, binSamples, base);
}

/** Indexes of a slice inside the window, with one sample more at either side so that lines reach the edges. */
function indexesIn(slice: Slice, window: TimeWindow): { from: number; to: number } {
  const { startNs, sampleRateHz } = slice.segment;
  const at = (time: EpochNs): number => (Number(time - startNs) * sampleRateHz) / 1e9;
  const from = Math.max(slice.from, Math.floor(at(window.startNs)));
  const to = Math.min(slice.to, Math.ceil(at(window.endNs)) + 1);
  return { from, to };
}

function rawParts(run: Run, window: TimeWindow, base: number): { parts: BarePart[]; peak: number } {
  const pieces = run.slices.flatMap((slice) => {
    const { from, to } = indexesIn(slice, window);
    const { samples } = slice.segment;
    return samples && to > from ? [{ slice, samples, from, to }] : [];
  });
  const total = pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const values = new Float32Array(total);
  const parts: BarePart[] = [];
  const stepS = 1 / run.sampleRateHz;
  let peak = 0;
  let at = 0;
  let partFrom = 0;
  let partStartNs: EpochNs | undefined;
  const close = (): void => {
    if (partStartNs !== undefined && at > partFrom) {
      const part = values.subarray(partFrom, at);
      parts.push({ kind: 'samples', startNs: partStartNs, stepS, values: part });
    }
  };
  for (const { slice, samples, from, to } of pieces) {
    const startNs = addSeconds(slice.segment.startNs, from * stepS);
    const dueNs = partStartNs && addSeconds(partStartNs, (at - partFrom) * stepS);
    // Small deviations of joined files add up; past half a sample a new part keeps times honest.
    if (dueNs === undefined || Math.abs(Number(startNs - dueNs)) > 0.5e9 * stepS) {
      close();
      [partFrom, partStartNs] = [at, startNs];
    }
    for (let i = from; i < to; i++) {
      const value = (samples[i] as number) - base;
      values[at++] = value - value === 0 ? value : NaN;
      if (Math.abs(value) > peak && value - value === 0) peak = Math.abs(value);
    }
  }
  close();
  return { parts, peak };
}

function binPart(
  run: BinnedRun,
  window: TimeWindow,
  binSamples: number,
  base: number,
): { parts: BarePart[]; peak: number } {
  const span = intersect(window, run);
  const firstSlice = run.slices[0];
  if (!span || !firstSlice) return { parts: [], peak: 0 };
  const first = Math.floor(absoluteSample(span.startNs, run.sampleRateHz) / binSamples);
  const last = Math.floor((absoluteSample(span.endNs, run.sampleRateHz) - 1) / binSamples);
  const bins = emptyBins(binSamples, first, Math.max(1, last - first + 1));
  if (run.addToBins) run.addToBins(bins);
  else for (const slice of run.slices) addSlice(bins, slice);
  const { values, peak } = toFloat32(bins, base);
  const anchor = firstSlice.segment;
  const startNs = addSeconds(
    anchor.startNs,
    (first * binSamples - anchor.firstSample) / run.sampleRateHz,
  );
  const part = { kind: 'bins' as const, startNs, stepS: binSamples / run.sampleRateHz, values };
  return { parts: [part], peak };
}

function addSlice(bins: ReturnType<typeof emptyBins>, { segment, from, to }: Slice): void {
  const { pyramid, samples, firstSample } = segment;
  if (pyramid && servedByPyramid(bins.binSamples)) addPyramid(bins, pyramid);
  else if (samples) addSamples(bins, samples, { firstSample, from, to });
}
