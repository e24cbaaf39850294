// What a page asks of waveforms: streams, a window, a width, and the filter to look through.

import { formatIso, type EpochNs } from '../../base/time.ts';
import { throwIfCancelled } from '../../base/cancel.ts';
import type { Args, Handlers } from '../../contract/api.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { intersect, overlaps, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { StreamInfo, TraceWindow } from '../../domain/waveform/traceWindow.ts';
import { servedByPyramid } from '../../signal/minMax.ts';
import { gapsBetween, type Run } from '../../waveforms/arrange.ts';
import { binSamplesOf, type DrawRequest } from '../../waveforms/drawTrace.ts';
import { filterPaddingNs } from '../../waveforms/filterRun.ts';
import type { Need } from '../../waveforms/store.ts';
import type { BackendContext } from '../context.ts';
import type { Pool } from '../pool.ts';
import { drawOrRefuse, type DrawReply } from '../tasks/drawTask.ts';
import { madeUpToDate, waitAtMost } from '../whileDecoding.ts';

/** An answer waits this long for decoding; what is not there by then follows with `source.changed`. */
const PATIENCE_MS = 700;
/** Drawings of up to this many samples are made here; a worker's round trip would take longer. */
const INLINE_SAMPLES = 200_000;
/** Part of the store's budget that one answer may need. */
const BUDGET_SHARE = 0.9;
/** The page waits for drawings, the scan does not. */
const DRAW_PRIORITY = 10;

const TOO_LARGE =
  'not enough memory for so many traces of this length; zoom in or show fewer traces';

type WindowArgs = Args<'waveform.window'>;

export function waveformHandlers(context: BackendContext): Pick<Handlers, 'waveform.window'> {
  return {
    'waveform.window': async (args, signal) => {
      const streams = withinBudget(
        context,
        args.streamKeys.map((streamKey) => planOf(context, args, streamKey)),
      );
      await loadPatiently(context, streams, signal);
      throwIfCancelled(signal);
      const drawn = await madeUpToDate(
        streams,
        (stream) => isPending(context, stream),
        (some) => drawStreams(context, args, some, signal),
      );
      return drawn.map((each) => answer(context, args, each));
    },
  };
}

/** A stream as it was drawn from what was there. */
interface DrawnStream {
  readonly stream: StreamPlan;
  readonly request: DrawRequest;
  readonly overlaps: readonly TimeWindow[];
  readonly drawing: DrawReply | undefined;
}

async function drawStreams(
  context: BackendContext,
  args: WindowArgs,
  streams: readonly StreamPlan[],
  signal: AbortSignal,
): Promise<DrawnStream[]> {
  const asked = streams.map((stream) => ({
    stream,
    ...requestOf(context, args, stream),
  }));
  const requests = asked.map(({ request }) => request);
  const drawings = await drawAll(context.pool, requests, signal);
  return asked.map((each, i) => ({ ...each, drawing: drawings[i] }));
}

function isPending(
  { sources }: BackendContext,
  { streamKey, padded, need, tooLarge }: StreamPlan,
): boolean {
  return !tooLarge && sources.pending(streamKey, padded, need).length > 0;
}

interface StreamPlan {
  readonly streamKey: string;
  readonly info: StreamInfo | undefined;
  readonly need: Need;
  readonly padNs: bigint;
  /** The window and what the filter needs around it. */
  readonly padded: TimeWindow;
  /** Does not fit into memory together with the streams before it. */
  readonly tooLarge: boolean;
}

function planOf({ sources }: BackendContext, args: WindowArgs, streamKey: string): StreamPlan {
  const { window, widthPx, filter } = args;
  const info = sources.stream(streamKey);
  const rateHz = info?.sampleRateHz ?? 1;
  const byPyramid = !active(filter) && servedByPyramid(binSamplesOf(window, widthPx, rateHz));
  const padNs = filterPaddingNs(active(filter), rateHz);
  const padded = {
    startNs: (window.startNs - padNs) as EpochNs,
    endNs: (window.endNs + padNs) as EpochNs,
  };
  return {
    streamKey,
    info,
    need: byPyramid ? 'pyramid' : 'samples',
    padNs,
    padded,
    tooLarge: false,
  };
}

/**
 * Streams that would push each other out of memory would be decoded for ever. As many as fit are drawn; the others
 * say what to do.
 */
function withinBudget(
  { sources, store }: BackendContext,
  streams: readonly StreamPlan[],
): readonly StreamPlan[] {
  let bytes = 0;
  return streams.map((stream) => {
    bytes += sources.bytesOf(stream.streamKey, stream.padded, stream.need);
    return bytes > BUDGET_SHARE * store.budgetBytes ? { ...stream, tooLarge: true } : stream;
  });
}

function active(filter: BandFilter | undefined): BandFilter | undefined {
  return filter && (filter.lowHz !== undefined || filter.highHz !== undefined) ? filter : undefined;
}

async function loadPatiently(
  { sources }: BackendContext,
  streams: readonly StreamPlan[],
  signal: AbortSignal,
): Promise<void> {
  const loads = streams
    .filter(({ tooLarge }) => !tooLarge)
    .filter(({ streamKey, padded, need }) => sources.pending(streamKey, padded, need).length > 0)
    .map(({ streamKey, padded, need }) =>
      sources.ensureLoaded([streamKey], padded, { need, signal }),
    );
  await waitAtMost(loads, PATIENCE_MS);
}

function requestOf(
  { store }: BackendContext,
  { window, widthPx, filter, demean }: WindowArgs,
  { streamKey, padNs, info, tooLarge }: StreamPlan,
): { request: DrawRequest; overlaps: readonly TimeWindow[] } {
  const key = info?.streamKey ?? streamKey;
  const arranged = store.window(key, window, padNs);
  const runs = tooLarge ? [] : arranged.runs;
  const request = { runs, window, widthPx, filter: active(filter), demean };
  return { request, overlaps: arranged.overlaps };
}

/** Samples a drawing has to look at, roughly. */
function workOf({ runs, window, widthPx, filter }: DrawRequest): number {
  let samples = 0;
  for (const run of runs) {
    const span = filter ? run : intersect(run, window);
    if (!span) continue;
    const inSpan = (Number(span.endNs - span.startNs) / 1e9) * run.sampleRateHz;
    const bin = binSamplesOf(window, widthPx, run.sampleRateHz);
    samples += filter ? 4 * inSpan : servedByPyramid(bin) ? widthPx * 6 : inSpan;
  }
  return samples;
}

async function drawAll(
  pool: Pool,
  requests: readonly DrawRequest[],
  signal: AbortSignal,
): Promise<DrawReply[]> {
  const work = requests.map(workOf);
  const total = work.reduce((sum, w) => sum + w, 0);
  if (total <= INLINE_SAMPLES) return requests.map(drawOrRefuse);
  const share = total / pool.size;
  const batches: { from: number; to: number }[] = [];
  let from = 0;
  let sum = 0;
  work.forEach((w, i) => {
    sum += w;
    if (sum >= share || i === work.length - 1) {
      batches.push({ from, to: i + 1 });
      [from, sum] = [i + 1, 0];
    }
  });
  const drawn = await Promise.all(
    batches.map((batch) =>
      pool.run('drawTraces', requests.slice(batch.from, batch.to).map(lean), {
        signal,
        priority: DRAW_PRIORITY,
      }),
    ),
  );
  return drawn.flat();
}

/** Without what the drawing does not use: a filter needs no pyramids, coarse bins no samples. */
function lean(request: DrawRequest): DrawRequest {
  const { filter, window, widthPx } = request;
  const runs = request.runs.map((run): Run => {
    const coarse = !filter && servedByPyramid(binSamplesOf(window, widthPx, run.sampleRateHz));
    const slices = run.slices.map((slice) => {
      const { segment } = slice;
      if (coarse) return { ...slice, segment: { ...segment, samples: undefined } };
      return { ...slice, segment: { ...segment, pyramid: undefined } };
    });
    return { ...run, slices };
  });
  return { ...request, runs };
}

function answer(
  { sources }: BackendContext,
  { window }: WindowArgs,
  { stream, request, overlaps: overlapping, drawing }: DrawnStream,
): TraceWindow {
  const { streamKey, info, need, padded, tooLarge } = stream;
  const pending = tooLarge ? [] : sources.pending(streamKey, padded, need);
  if (pending.length > 0) sources.announceLoaded();
  const drawn = drawing && 'parts' in drawing ? drawing : undefined;
  const refusal = drawing && 'refusal' in drawing ? drawing.refusal : undefined;
  const failure = tooLarge ? TOO_LARGE : (refusal ?? sources.failure(streamKey, window));
  const gaps = gapsIn(info, window, request.runs).filter(
    (gap) => !pending.some((piece) => overlaps(piece.window, gap)),
  );
  const empty = !drawn || drawn.parts.length === 0;
  const state =
    pending.length > 0
      ? 'loading'
      : !empty
        ? 'complete'
        : failure !== undefined
          ? 'failed'
          : 'none';
  const reason =
    state === 'loading'
      ? 'decoding'
      : (failure ?? (empty ? whyNothing(streamKey, info, window) : undefined));
  return {
    streamKey,
    window,
    sampleRateHz: info?.sampleRateHz ?? 0,
    parts: drawn?.parts ?? [],
    gaps,
    overlaps: overlapping.flatMap((overlap) => intersect(overlap, window) ?? []),
    edgeZones: drawn?.edgeZones ?? [],
    peak: drawn?.peak ?? 0,
    unit: 'counts',
    state,
    reason,
  };
}

/** Gaps the headers promise, and those that damaged records have left. */
function gapsIn(
  info: StreamInfo | undefined,
  window: TimeWindow,
  runs: readonly Run[],
): TimeWindow[] {
  const found = gapsBetween(runs);
  const promised = (info?.gaps ?? []).filter((gap) => !found.some((other) => overlaps(gap, other)));
  return [...promised, ...found]
    .flatMap((gap) => intersect(gap, window) ?? [])
    .sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
}

function whyNothing(streamKey: string, info: StreamInfo | undefined, window: TimeWindow): string {
  if (!info) return `no open file holds ${streamKey}`;
  const words = (time: EpochNs): string => inWords(time, window);
  if (window.endNs <= info.startNs) return `no data before ${words(info.startNs)}`;
  if (window.startNs >= info.endNs) return `no data after ${words(info.endNs)}`;
  const gap = info.gaps.find(
    (candidate) => candidate.startNs <= window.startNs && candidate.endNs >= window.endNs,
  );
  if (gap) return `gap ${words(gap.startNs)}–${words(gap.endNs)}`;
  return 'no samples in this window';
}

const DAY_NS = 86_400_000_000_000n;

/** A time of day when it is the day of the window, otherwise with its date. */
function inWords(time: EpochNs, window: TimeWindow): string {
  const sameDay = time / DAY_NS === window.startNs / DAY_NS;
  return formatIso(time, 0, ' ', '').slice(sameDay ? 11 : 0);
}
