import { transferable, type TaskContext, type TaskReply } from '../../jobs/task.ts';
import type { DetectorSettings } from '../../domain/event/detectorSettings.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';
import {
  type DetectedPart,
  detectPart,
  type DetectorState,
} from '../../signal/detector/detectorStream.ts';
import { findOnsets, type Onset, type OnsetWindow } from '../../signal/detector/findOnsets.ts';
import type { ProposalMethod } from '../../domain/event/onsetProposal.ts';
import {
  type FoundOnset,
  proposeOnset,
  type ProposalWindow,
} from '../../signal/detector/proposeOnset.ts';
import { AppError } from '../../base/appError.ts';
import { type DetectorPreview, previewStream, type PreviewRequest } from './previewStream.ts';

/** The characteristic function of the next part of a record (see signal/detector). */
export function detectPartTask(args: {
  settings: DetectorSettings;
  sampleRateHz: number;
  samples: Samples;
  state: DetectorState | undefined;
}): TaskReply<DetectedPart> {
  const { settings, sampleRateHz, samples, state } = args;
  const value = detectPart(settings, sampleRateHz, samples, { state, ends: false });
  return { value, transfer: transferable([value.curve]) };
}

/** Onsets of several triggers. */
export function findOnsetsTask(args: {
  settings: DetectorSettings;
  windows: readonly OnsetWindow[];
}): TaskReply<Onset[][]> {
  return { value: args.windows.map((window) => findOnsets(args.settings, window)) };
}

/** An onset near a place somebody points at. */
export function proposeOnsetTask(args: {
  method: ProposalMethod;
  window: ProposalWindow;
}): TaskReply<FoundOnset | undefined> {
  return { value: proposeOnset(args.method, args.window) };
}

/** What a detector makes of a view, stream by stream; samples come in shared memory. */
export function previewDetectorTask(
  requests: readonly PreviewRequest[],
  context: TaskContext,
): TaskReply<DetectorPreview[]> {
  const value = requests.map((request) => {
    if (context.cancelled()) throw new AppError('cancelled', 'Cancelled');
    return previewStream(request);
  });
  const views = value.flatMap(({ parts }) => parts.map(({ values }) => values));
  return { value, transfer: transferable(views) };
}
