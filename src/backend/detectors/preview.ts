// What a detector makes of the streams in view, fast enough to follow a slider: samples that are in memory, workers side by
// side, and what nobody waits for any more is not begun.

import { throwIfCancelled } from '../../base/cancel.ts';
import { nsToSeconds } from '../../base/time.ts';
import type { Args } from '../../contract/api.ts';
import type { DetectorTrace, DetectorView } from '../../contract/messages/detector.ts';
import { checkDetector, type DetectorSettings } from '../../domain/event/detectorSettings.ts';
import { formatNslc, parseNslc, stationKey } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { SensorGroup } from '../../models/grouping.ts';
import { coincident, networkTriggers } from '../../signal/detector/coincident.ts';
import { needsHorizontals, seekerOf } from '../../signal/detector/findOnsets.ts';
import type { Run } from '../../waveforms/arrange.ts';
import type { BackendContext } from '../context.ts';
import { madeUpToDate, waitAtMost } from '../whileDecoding.ts';
import { watchedGroups } from './detectorPlan.ts';
import {
  type DetectorPreview,
  type PreviewRequest,
  previewSamples,
  previewSpan,
} from './previewStream.ts';

/** More would not follow a hand: ten streams of an hour at 100 Hz. */
const MOST_SAMPLES = 40_000_000;
/** An answer waits this long for decoding; what is not there by then follows with `source.changed`. */
const PATIENCE_MS = 500;
const PREVIEW_PRIORITY = 8;

type PreviewArgs = Args<'detector.preview'>;

interface Watched {
  /** The stream that is asked for, as it was asked. */
  readonly streamKey: string;
  readonly horizontals: readonly string[];
  readonly sampleRateHz: number;
  readonly span: TimeWindow;
}

export async function previewDetector(
  context: BackendContext,
  args: PreviewArgs,
  signal: AbortSignal,
): Promise<DetectorView> {
  const settings = checkDetector(args.settings);
  const all = watchedStreams(context, settings, args);
  const samples = all.map(({ sampleRateHz }) =>
    previewSamples(settings, args.window, sampleRateHz),
  );
  let total = 0;
  const fits = samples.map((count) => (total += count) <= MOST_SAMPLES);
  const streams = all.filter((_, i) => fits[i]);
  await loadPatiently(context, streams, signal);
  throwIfCancelled(signal);
  const previews = await madeUpToDate(
    streams,
    (stream) => isPending(context, stream),
    (some) =>
      previewAll(
        context,
        some.map((stream) => requestOf(context, settings, args, stream)),
        signal,
      ),
  );
  const left = all
    .filter((_, i) => !fits[i])
    .map(({ streamKey }): DetectorTrace => {
      const reason = 'too much is in view for a preview; zoom in or show fewer traces';
      return { streamKey, parts: [], triggers: [], state: 'none', reason };
    });
  return withCoincidences(context, settings, streams, previews, left);
}

function isPending(
  { sources }: BackendContext,
  { streamKey, horizontals, span }: Watched,
): boolean {
  return [streamKey, ...horizontals].some(
    (key) => sources.pending(key, span, 'samples').length > 0,
  );
}

function watchedStreams(
  { sources }: BackendContext,
  settings: DetectorSettings,
  { streamKeys, window }: PreviewArgs,
): Watched[] {
  const asked = new Map(streamKeys.map((key) => [formatNslc(parseNslc(key)), key]));
  // The horizontals of a sensor help its vertical whether they are in view or not.
  const known = sources.streams().map(({ streamKey }) => formatNslc(parseNslc(streamKey)));
  const { groups } = watchedGroups(settings, known);
  return groups.flatMap((group): Watched[] => {
    const keys = keysOf(group);
    const streamKey = keys[0] === undefined ? undefined : asked.get(keys[0]);
    const info = streamKey === undefined ? undefined : sources.stream(streamKey);
    if (streamKey === undefined || !info || !(info.sampleRateHz > 0)) return [];
    const { sampleRateHz } = info;
    const span = previewSpan(settings, window, sampleRateHz);
    const horizontals = needsHorizontals(seekerOf(settings)) ? keys.slice(1) : [];
    return [{ streamKey, horizontals, sampleRateHz, span }];
  });
}

function keysOf({ channels }: SensorGroup): string[] {
  return channels.map(({ stream }) => formatNslc(stream));
}

async function loadPatiently(
  { sources }: BackendContext,
  streams: readonly Watched[],
  signal: AbortSignal,
): Promise<void> {
  const loads = streams.map(({ streamKey, horizontals, span }) =>
    sources.ensureLoaded([streamKey, ...horizontals], span, { signal }),
  );
  await waitAtMost(loads, PATIENCE_MS);
}

function requestOf(
  { store, sources }: BackendContext,
  settings: DetectorSettings,
  { window, widthPx }: PreviewArgs,
  { streamKey, horizontals, span }: Watched,
): PreviewRequest {
  const runsOf = (key: string): readonly Run[] =>
    store.window(sources.stream(key)?.streamKey ?? key, span).runs.map(lean);
  return {
    settings,
    runs: runsOf(streamKey),
    horizontals: horizontals.map(runsOf),
    window,
    widthPx,
  };
}

/** Without pyramids, which would be copied to the worker for nothing. */
function lean(run: Run): Run {
  const slices = run.slices.map((slice) => {
    return { ...slice, segment: { ...slice.segment, pyramid: undefined } };
  });
  return { ...run, slices };
}

async function previewAll(
  { pool }: BackendContext,
  requests: readonly PreviewRequest[],
  signal: AbortSignal,
): Promise<DetectorPreview[]> {
  const size = Math.max(1, Math.ceil(requests.length / pool.size));
  const batches = Array.from({ length: Math.ceil(requests.length / size) }, (_, i) =>
    requests.slice(i * size, (i + 1) * size),
  );
  const done = await Promise.all(
    batches.map((batch) =>
      pool.run('previewDetector', batch, { signal, priority: PREVIEW_PRIORITY }),
    ),
  );
  return done.flat();
}

function withCoincidences(
  context: BackendContext,
  { coincidence }: DetectorSettings,
  streams: readonly Watched[],
  previews: readonly DetectorPreview[],
  left: readonly DetectorTrace[],
): DetectorView {
  const origin = previews.flatMap(({ triggers }) => triggers)[0]?.onNs ?? 0n;
  const all = previews.flatMap((preview, stream) =>
    preview.triggers.map((trigger) => ({
      trigger,
      station: stationKey(parseNslc(streams[stream]?.streamKey ?? '...')),
      onS: nsToSeconds(trigger.onNs - origin),
      offS: nsToSeconds(trigger.offNs - origin),
      peak: trigger.peak,
    })),
  );
  const { kept } = coincident(all, coincidence);
  const keeps = new Set(kept.map(({ trigger }) => trigger));
  const rule = coincidence ?? { leastSum: 2, weights: {}, extensionS: 0 };
  const byTime = new Map(all.map(({ onS, trigger }) => [onS, trigger.onNs]));
  const traces = streams.map((stream, i): DetectorTrace => {
    const { streamKey } = stream;
    const { parts = [], triggers = [], refusal } = previews[i] ?? {};
    const pending = isPending(context, stream);
    if (pending) context.sources.announceLoaded();
    return {
      ...{ streamKey, parts },
      triggers: triggers.map((trigger) => ({ ...trigger, kept: keeps.has(trigger) })),
      state: pending ? 'loading' : parts.length > 0 ? 'complete' : 'none',
      reason: pending ? 'decoding' : refusal,
    };
  });
  const coincidences = networkTriggers(all, rule).flatMap(({ onS, offS, stations }) => {
    const startNs = byTime.get(onS);
    if (startNs === undefined) return [];
    const endNs = (startNs + BigInt(Math.round((offS - onS) * 1e9))) as typeof startNs;
    return [{ window: { startNs, endNs }, stations }];
  });
  return { traces: [...traces, ...left], coincidences };
}
