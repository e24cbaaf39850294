import { join } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { assertMayPick } from '../../models/library/permission.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { mergeSettings } from '../../models/settings.ts';
import { STREAM_RULES } from '../../models/stream/predictionStream.ts';
import { InferenceClient, type StartInference } from '../inference/inferenceClient.ts';
import { openModelRegistry } from '../modelFiles.ts';
import { startInference } from '../inference/startInference.ts';
import { userDataFolder } from '../userFolder.ts';
import { Follower } from './follower.ts';

export interface FollowOptions {
  readonly modelId: string;
  /** A pack's folder in the place of an installed model. */
  readonly folder?: string | undefined;
  readonly settings: Partial<RunSettings>;
  readonly allowTestModel?: boolean;
  /** How far the newest sample has to be ahead before a window is run without what is missing. */
  readonly latenessS?: number | undefined;
  readonly userFolder?: string;
  readonly startInference?: StartInference;
}

/** Opens a model to follow records with; `close` ends its process. Throws what opening the model throws. */
export async function openFollower(
  options: FollowOptions,
): Promise<{ follower: Follower; close(): void }> {
  const models = openModelRegistry(join(options.userFolder ?? userDataFolder(), 'models'));
  const model: RunnableModel =
    options.folder === undefined
      ? await models.open(options.modelId)
      : await models.openFolder(options.folder);
  const { spec } = model;
  assertMayPick(spec, options.allowTestModel);
  const settings = mergeSettings(spec, options.settings);
  assertFollowable(spec.id, spec.windowSamples, settings);
  const { latenessS = STREAM_RULES.latenessS } = options;
  const rules = { ...STREAM_RULES, latenessS, fill: settings.absentAs ?? 'zeros' } as const;
  const inference = new InferenceClient(options.startInference ?? startInference, 1);
  const follower = new Follower(
    spec,
    settings,
    (input, windows, windowSamples) =>
      inference.runWindows(model, { input, windows, windowSamples }),
    rules,
  );
  inference.prepare(model);
  return { follower, close: () => inference.dispose() };
}

/** What needs whole records cannot be done while they arrive. */
function assertFollowable(id: string, window: number, settings: RunSettings): void {
  const { pickRule } = settings;
  const perWindow = pickRule.kind === 'detection-gated' && pickRule.perWindow === true;
  const words =
    settings.policy === 'seisbench'
      ? 'the policy seisbench'
      : settings.runningScale !== undefined
        ? 'a running scale'
        : (settings.windowSamples ?? window) !== window
          ? 'long windows'
          : settings.recordTreatment !== undefined
            ? 'a treatment of whole records'
            : perWindow
              ? 'picks of each window'
              : undefined;
  if (words === undefined) return;
  throw new AppError(
    'bad-input',
    `${id} cannot follow records with ${words}, which needs them whole; use onset scan on files instead`,
  );
}
