import { addSeconds, epochNs, type EpochNs, maxTime, secondsToNs } from '../base/time.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import { intersect, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import { type Samples, samplesToNs } from '../domain/waveform/traceSegment.ts';
import { designBandFilter } from '../signal/filter/bandFilter.ts';
import { BandPassBins, canBinBandPass } from '../signal/filter/bandPassBins.ts';
import { filterCausal, filterZeroPhase } from '../signal/filter/filterSamples.ts';
import { settleSamples, type Sos } from '../signal/filter/sections.ts';
import type { Bins } from '../signal/minMax.ts';
import type { Run } from './arrange.ts';
import { absoluteSample } from './storedSegment.ts';

/** What is left of the filter's start-up where the padding begins: invisible on a screen. */
const INVISIBLE = 1e-4;
/** Until the start-up at a true end of data has fallen below this, amplitudes there are unsure. */
const UNSURE = 0.02;
const MAX_PADDING_SAMPLES = 4_000_000;

/** Time a filter needs outside a window, each side, so that its start-up is not seen inside. */
export function filterPaddingNs(filter: BandFilter | undefined, sampleRateHz: number): bigint {
  const sos = filter && designOrUndefined(filter, sampleRateHz);
  return sos ? samplesToNs(paddingSamples(sos), sampleRateHz) : 0n;
}

function designOrUndefined(filter: BandFilter, sampleRateHz: number): Sos | undefined {
  try {
    return designBandFilter(filter, sampleRateHz);
  } catch {
    // Said when the stream is drawn.
    return undefined;
  }
}

function paddingSamples(sos: Sos): number {
  return Math.min(MAX_PADDING_SAMPLES, settleSamples(sos, INVISIBLE));
}

export interface FilterRequest {
  readonly window: TimeWindow;
  readonly filter: BandFilter;
  readonly demean: boolean;
  /** Samples a bin it will be drawn in; 1 when as samples. */
  readonly binSamples: number;
}

/** A run whose samples are filtered only where they go into bins. */
export interface BinnedRun extends Run {
  readonly addToBins?: (bins: Bins) => void;
}

/**
 * The run inside the window, filtered over the window and its padding. The mean of that span is taken off first, so
 * that an offset makes no step at the ends, and put back behind a low-pass unless `demean`.
 */
export function filterRun(
  run: Run,
  request: FilterRequest,
): { runs: BinnedRun[]; edgeZones: TimeWindow[] } {
  const { window, filter, demean } = request;
  const sos = designBandFilter(filter, run.sampleRateHz);
  if (!sos) return { runs: [run], edgeZones: [] };
  const padding = samplesToNs(paddingSamples(sos), run.sampleRateHz);
  const startNs = epochNs(window.startNs - padding);
  const endNs = epochNs(window.endNs + (filter.zeroPhase ? padding : 0n));
  const pieces = piecesIn(run, { startNs, endNs });
  const firstNs = pieces[0]?.startNs;
  if (firstNs === undefined) return { runs: [], edgeZones: [] };
  const spanS = settleSamples(sos, UNSURE) / run.sampleRateHz;
  const edgeZones = [
    ...(run.startNs > startNs ? startZone(firstNs, spanS, window) : []),
    ...(filter.zeroPhase && run.endNs < endNs ? endZone(run.endNs, spanS, window) : []),
  ];
  const integers = integersOf(pieces);
  if (integers && request.binSamples > 1 && !filter.zeroPhase && canBinBandPass(sos)) {
    return { runs: [binned(run, firstNs, integers, sos)], edgeZones };
  }
  const { samples, holes, mean } = gather(pieces);
  if (filter.zeroPhase) filterZeroPhase(sos, samples);
  else filterCausal(sos, samples);
  if (filter.lowHz === undefined && !demean) {
    for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) + mean;
  }
  for (const hole of holes) samples[hole] = NaN;
  return { runs: [asRun(run, firstNs, samples.length, samples)], edgeZones };
}

/** The run with its filter still to come: nearly all that is drawn on a screen goes by here. */
function binned(run: Run, startNs: EpochNs, pieces: readonly Int32Array[], sos: Sos): BinnedRun {
  const count = pieces.reduce((sum, samples) => sum + samples.length, 0);
  const mean = pieces.reduce((sum, samples) => sum + sumOf(samples), 0) / count;
  const firstSample = absoluteSample(startNs, run.sampleRateHz);
  const addToBins = (bins: Bins): void => {
    const filter = new BandPassBins(sos, { mean, firstSample, bins });
    for (const samples of pieces) filter.add(samples);
  };
  return { ...asRun(run, startNs, count, undefined), addToBins };
}

/** Four sums side by side: an addition need not wait for the one before. */
function sumOf(samples: Int32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = samples.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += samples[i] as number;
    b += samples[i + 1] as number;
    c += samples[i + 2] as number;
    d += samples[i + 3] as number;
  }
  for (let i = whole; i < samples.length; i++) a += samples[i] as number;
  return a + b + c + d;
}

function startZone(startNs: EpochNs, spanS: number, window: TimeWindow): TimeWindow[] {
  const zone = intersect({ startNs, endNs: addSeconds(startNs, spanS) }, window);
  return zone ? [zone] : [];
}

function endZone(endNs: EpochNs, spanS: number, window: TimeWindow): TimeWindow[] {
  const startNs = maxTime(window.startNs, epochNs(endNs - secondsToNs(spanS)));
  const zone = intersect({ startNs, endNs }, window);
  return zone ? [zone] : [];
}

function asRun(
  run: Run,
  startNs: EpochNs,
  sampleCount: number,
  samples: Float64Array | undefined,
): Run {
  const { sampleRateHz } = run;
  const firstSample = absoluteSample(startNs, sampleRateHz);
  const segment = { startNs, sampleRateHz, sampleCount, firstSample, samples, pyramid: undefined };
  const endNs = epochNs(startNs + samplesToNs(sampleCount, sampleRateHz));
  return { startNs, endNs, sampleRateHz, slices: [{ segment, from: 0, to: sampleCount }] };
}

/** Samples of one slice inside a span. */
interface Piece {
  readonly samples: Samples;
  readonly startNs: EpochNs;
}

function piecesIn(run: Run, span: TimeWindow): Piece[] {
  return run.slices.flatMap((slice) => {
    const { startNs, sampleRateHz, samples } = slice.segment;
    const at = (time: EpochNs): number => (Number(time - startNs) * sampleRateHz) / 1e9;
    const from = Math.max(slice.from, Math.floor(at(span.startNs)));
    const to = Math.min(slice.to, Math.ceil(at(span.endNs)) + 1);
    if (!samples || to <= from) return [];
    const firstNs = addSeconds(startNs, from / run.sampleRateHz);
    return [{ samples: samples.subarray(from, to), startNs: firstNs }];
  });
}

function integersOf(pieces: readonly Piece[]): Int32Array[] | undefined {
  const integers = pieces.flatMap(({ samples }) =>
    samples instanceof Int32Array ? [samples] : [],
  );
  return integers.length === pieces.length ? integers : undefined;
}

interface Gathered {
  readonly samples: Float64Array;
  /** Where the data were not finite; they were bridged by the value before. */
  readonly holes: number[];
  readonly mean: number;
}

/** All samples in one float64 array, less their mean. */
function gather(pieces: readonly Piece[]): Gathered {
  const total = pieces.reduce((sum, piece) => sum + piece.samples.length, 0);
  const samples = new Float64Array(total);
  const holes: number[] = [];
  let sum = 0;
  let at = 0;
  for (const piece of pieces) {
    sum +=
      piece.samples instanceof Int32Array
        ? copyIntegers(piece.samples, samples, at)
        : copyFloats(piece.samples, samples, at, holes);
    at += piece.samples.length;
  }
  const mean = total > 0 ? sum / total : 0;
  for (let i = 0; i < total; i++) samples[i] = (samples[i] as number) - mean;
  return { samples, holes, mean };
}

// Loops of our own: TypedArray.set is several times slower from shared memory of another kind.
function copyIntegers(from: Int32Array, to: Float64Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < from.length; i++) {
    const value = from[i] as number;
    to[at + i] = value;
    sum += value;
  }
  return sum;
}

function copyFloats(
  from: Float32Array | Float64Array,
  to: Float64Array,
  at: number,
  holes: number[],
): number {
  let sum = 0;
  let last = from.find((value) => Number.isFinite(value)) ?? 0;
  for (let i = 0; i < from.length; i++) {
    const value = from[i] as number;
    if (value - value === 0) last = value;
    else holes.push(at + i);
    to[at + i] = last;
    sum += last;
  }
  return sum;
}
