// What a detector makes of one stream in a view: its function to be drawn, its triggers and their onsets. Pure, so that it
// runs in a worker.

import { AppError } from '../../base/appError.ts';
import { addSeconds, type EpochNs, epochNs } from '../../base/time.ts';
import { type DetectorSettings, keepsDuration } from '../../domain/event/detectorSettings.ts';
import { durationS, overlaps, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { TracePart } from '../../domain/waveform/traceWindow.ts';
import { samplesToNs, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { detectPart, memorySamples } from '../../signal/detector/detectorStream.ts';
import { findOnsets } from '../../signal/detector/findOnsets.ts';
import { triggerSpans } from '../../signal/trigger/onsets.ts';
import type { Run } from '../../waveforms/arrange.ts';
import { drawTrace } from '../../waveforms/drawTrace.ts';
import { absoluteSample } from '../../waveforms/storedSegment.ts';
import { onsetWindow } from './onsetWindow.ts';
import { type Record64, runSamples } from './runSamples.ts';

export interface PreviewRequest {
  readonly settings: DetectorSettings;
  readonly runs: readonly Run[];
  /** Of the other components of the sensor, for the AR picker. */
  readonly horizontals: readonly (readonly Run[])[];
  readonly window: TimeWindow;
  readonly widthPx: number;
}

export interface PreviewTrigger {
  readonly onNs: EpochNs;
  readonly offNs: EpochNs;
  /** Of the function. */
  readonly peak: number;
  readonly onsets: readonly { readonly phase: string; readonly time: EpochNs }[];
}

export interface DetectorPreview {
  readonly parts: readonly TracePart[];
  readonly triggers: readonly PreviewTrigger[];
  /** Why there is nothing. */
  readonly refusal: string | undefined;
}

/** Beyond the view, for triggers that go on. */
const AFTER_S = 30;

/** What has to be in memory around a view. */
export function previewSpan(
  settings: DetectorSettings,
  window: TimeWindow,
  sampleRateHz: number,
): TimeWindow {
  const { beforeS, afterS } = settings.refinement;
  const before = memorySamples(settings, sampleRateHz) / sampleRateHz + beforeS;
  return {
    startNs: addSeconds(window.startNs, -before),
    endNs: addSeconds(window.endNs, AFTER_S + afterS),
  };
}

export function previewStream(request: PreviewRequest): DetectorPreview {
  try {
    const done = request.runs.flatMap((run) => previewRun(run, request));
    return {
      parts: done.flatMap(({ parts }) => parts),
      triggers: done.flatMap(({ triggers }) => triggers),
      refusal: undefined,
    };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'bad-input')) throw error;
    return { parts: [], triggers: [], refusal: error.message };
  }
}

function previewRun(run: Run, request: PreviewRequest) {
  const { settings, window, widthPx } = request;
  const span = previewSpan(settings, window, run.sampleRateHz);
  const record = runSamples(run, span);
  if (!record) return [];
  const { startNs, sampleRateHz, samples } = record;
  const { curve } = detectPart(settings, sampleRateHz, samples, { ends: true });
  const drawn = drawTrace({
    ...{ runs: [asRun(record, curve)], window, widthPx },
    ...{ filter: undefined, demean: false },
  });
  const horizontals = request.horizontals.map((runs) =>
    runs.flatMap((each) => runSamples(each, span) ?? []),
  );
  const stretch = { startNs, sampleRateHz, length: samples.length };
  const triggers = triggerSpans(curve, settings.onLevel, settings.offLevel)
    .filter(({ on, off }) => keepsDuration(settings, (off - on) / sampleRateHz))
    .flatMap(({ on, off }) => {
      const span = {
        startNs: sampleTime(startNs, on, sampleRateHz),
        endNs: sampleTime(startNs, off, sampleRateHz),
      };
      const seen = { startNs: span.startNs, endNs: epochNs(span.endNs + 1n) };
      if (!overlaps(seen, window)) return [];
      const found = onsetWindow(settings, stretch, on, { trace: [record], horizontals });
      const onsets = findOnsets(settings, found.window).map(({ phase, sample }) => ({
        phase: phase === 'S' ? 'S' : settings.phase,
        time: sampleTime(found.startNs, sample, sampleRateHz),
      }));
      const peak = curve.subarray(on, off + 1).reduce((a, b) => Math.max(a, b), 0);
      return [{ onNs: span.startNs, offNs: span.endNs, peak, onsets }];
    });
  return [{ parts: drawn.parts, triggers }];
}

/** The function as a stretch of the store, to be drawn as traces are. */
function asRun({ startNs, sampleRateHz }: Record64, curve: Float32Array): Run {
  const sampleCount = curve.length;
  const firstSample = absoluteSample(startNs, sampleRateHz);
  const segment = {
    ...{ startNs, sampleRateHz, sampleCount, firstSample, samples: curve },
    pyramid: undefined,
  };
  const endNs = epochNs(startNs + samplesToNs(sampleCount, sampleRateHz));
  return { startNs, endNs, sampleRateHz, slices: [{ segment, from: 0, to: sampleCount }] };
}

/** Samples a view has to go through, roughly. */
export function previewSamples(
  settings: DetectorSettings,
  window: TimeWindow,
  sampleRateHz: number,
): number {
  return durationS(previewSpan(settings, window, sampleRateHz)) * sampleRateHz;
}
