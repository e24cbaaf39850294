import { AppError } from '../base/appError.ts';
import type { Args } from '../contract/api.ts';
import type { FileRef } from '../contract/messages/session.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { assertMayDenoise, assertMayPick } from '../models/library/permission.ts';
import type { RunnableModel } from '../models/registry.ts';
import { mergeSettings } from '../models/settings.ts';
import type { BackendContext } from './context.ts';
import { providersOf } from './inference/openProviders.ts';
import { planScan, type ScanPlan } from './scan/scanPlan.ts';

/** What every call that runs a picker over the open waveforms says. */
export interface RunRequest {
  readonly modelId: string;
  /** A pack's folder in the place of an installed model. */
  readonly folder?: FileRef;
  readonly streamKeys: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
  readonly settings: Partial<RunSettings> | undefined;
  readonly allowTestModel?: boolean;
}

/**
 * The model, the settings in force and what they will be run on. Throws `bad-input` when there is nothing to run
 * on or the settings cannot work, and what opening the model throws.
 */
export async function openRun(
  context: BackendContext,
  request: RunRequest,
  wanted: 'picks' | 'waveforms' = 'picks',
): Promise<{ model: RunnableModel; settings: RunSettings; plan: ScanPlan }> {
  const { allowTestModel, streamKeys, window } = request;
  const model = await openModel(context, request);
  if (wanted === 'picks') assertMayPick(model.spec, allowTestModel);
  else assertMayDenoise(model.spec, allowTestModel);
  const settings = mergeSettings(model.spec, request.settings);
  const plan = planScan(model.spec, settings, context.sources.streams(), streamKeys, window);
  if (plan.sensors.length === 0) {
    const [why] = plan.skipped;
    const reason = why === undefined ? 'open waveform files first' : `${why.stream}: ${why.reason}`;
    const what = wanted === 'picks' ? 'pick' : 'denoise';
    throw new AppError('not-found', `there is nothing to ${what}: ${reason}`);
  }
  await providersOf(context).assertUsable(model, settings.provider);
  return { model, settings, plan };
}

/** Starts the model's process and loads the model, so that a run can begin at once. What fails is told by the run. */
export async function prepareModel(
  context: BackendContext,
  { runOnce, ...request }: Args<'model.prepare'>,
): Promise<void> {
  const model = await openModel(context, request).catch(() => undefined);
  if (model !== undefined) context.inference.prepare(model, runOnce);
}

async function openModel(
  { models, grants }: BackendContext,
  { modelId, folder }: Pick<RunRequest, 'modelId' | 'folder'>,
): Promise<RunnableModel> {
  return folder === undefined
    ? models.open(modelId)
    : models.openFolder(grants.resolve(folder, 'read'));
}
