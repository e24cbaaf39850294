// What `onset scan` and `onset annotate` take alike: which model, and how it is run.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelInfo } from '../contract/messages/models.ts';
import type { FileRef } from '../contract/messages/session.ts';
import type { RunPolicy, RunSettings, Stacking } from '../domain/event/runSettings.ts';
import type { Session } from './session.ts';
import { parseThresholds } from './thresholds.ts';
import { readInteger, UsageError } from './usage.ts';

export const RUN_OPTIONS = {
  model: { type: 'string' },
  preset: { type: 'string' },
  threshold: { type: 'string' },
  overlap: { type: 'string' },
  stride: { type: 'string' },
  stacking: { type: 'string' },
  blinding: { type: 'string' },
  strict: { type: 'boolean' },
  policy: { type: 'string' },
  absent: { type: 'string' },
  instruments: { type: 'string' },
  uncertainty: { type: 'string' },
  provider: { type: 'string' },
  'allow-test-model': { type: 'boolean' },
} as const;

export const RUN_HELP = `  --model ID|FOLDER   the model to run, installed or a pack's folder (default: the first that is installed)
  --preset NAME       a preset of the model, such as original; the options below change it further
  --threshold TEXT    "p: 0.3, s: 0.3", or one number for all phases (default: the model's)
  --overlap N         below 1 a fraction of the window, from 1 on samples (default: the model's)
  --stride N          samples between windows, for models with one answer a window (default: the model's)
  --stacking avg|max  how overlapping windows become one curve (default: the model's)
  --blinding A,B      samples not used at the start and the end of a window (default: the model's)
  --strict            only where all components are present
  --policy WORD       onset, or seisbench for SeisBench's numbers (default: onset)
  --absent WORD       what an absent component is fed as: zeros, or vertical for a copy of the vertical
  --instruments WORD  of two instruments at a station: all picks, or best for the better of each pair
  --uncertainty WORD  of pick times: width of the curve, or fit for sigma of a normal curve (default: width)
  --provider WORD     what runs the network; see onset model providers (default: cpu)
  --allow-test-model  run a model that is for tests only or has random weights
`;

/** As `parseArgs` answers them. */
export type RunOptionValues = {
  readonly [K in keyof typeof RUN_OPTIONS]?:
    ((typeof RUN_OPTIONS)[K]['type'] extends 'string' ? string : boolean) | undefined;
};

export interface ChosenModel {
  readonly modelId: string;
  readonly folder?: FileRef;
  readonly info: ModelInfo;
}

/** The settings that need no model to be read; throws UsageError before anything is opened. */
export function readRunOptions(values: RunOptionValues): Partial<RunSettings> {
  const { overlap, stride, stacking, blinding, strict, policy } = values;
  const { absent, instruments, uncertainty } = values;
  return {
    ...(overlap !== undefined && { overlap: readOverlap(overlap) }),
    ...(stride !== undefined && { strideSamples: readInteger(stride, 'stride', 1, 1e9) }),
    ...(stacking !== undefined && {
      stacking: readWord<Stacking>(stacking, 'stacking', ['avg', 'max']),
    }),
    ...(blinding !== undefined && { blindingSamples: readBlinding(blinding) }),
    ...(strict === true && { strict }),
    ...(values.provider !== undefined && { provider: values.provider.toLowerCase() }),
    ...(policy !== undefined && {
      policy: readWord<RunPolicy>(policy, 'policy', ['onset', 'seisbench']),
    }),
    ...(absent !== undefined && { absentAs: readWord(absent, 'absent', ['zeros', 'vertical']) }),
    ...(instruments !== undefined && {
      instruments: readWord(instruments, 'instruments', ['all', 'best']),
    }),
    ...(uncertainty !== undefined && {
      uncertainty:
        readWord(uncertainty, 'uncertainty', ['width', 'fit']) === 'fit' ? 'normal fit' : 'width',
    }),
  };
}

/** An installed model by its id, or the pack in a folder. */
export async function chooseModel(
  session: Session,
  given: string | undefined,
): Promise<ChosenModel> {
  const { client } = session;
  const models = await client.call('model.list', {});
  const info = given === undefined ? models[0] : models.find(({ id }) => id === given);
  if (info) return { modelId: info.id, info };
  if (given !== undefined && existsSync(join(given, 'model.json'))) {
    const folder = session.grant(given);
    const own = await client.call('model.describe', { folder });
    return { modelId: own.id, folder, info: own };
  }
  const known = models.map(({ id }) => id).join(', ');
  throw new UsageError(
    `there is no model "${given ?? ''}", and no folder with a model.json of that name; installed: ${known || 'none'}`,
  );
}

/** Preset, options and thresholds together. */
export function runSettings(
  { info }: ChosenModel,
  values: RunOptionValues,
  options: Partial<RunSettings>,
): Partial<RunSettings> {
  refuseWithoutEffect(info, options);
  const preset = values.preset === undefined ? {} : presetOf(info, values.preset);
  const phases = Object.keys(info.settings?.thresholds ?? {});
  const thresholds =
    values.threshold === undefined ? undefined : parseThresholds(values.threshold, phases);
  return {
    ...preset,
    ...options,
    ...(thresholds && { thresholds: { ...preset.thresholds, ...thresholds } }),
  };
}

/** Options that this kind of network has no use for are not passed over in silence. */
function refuseWithoutEffect(info: ModelInfo, options: Partial<RunSettings>): void {
  if (info.outputKind === 'point') {
    const idle = (['overlap', 'stacking', 'blindingSamples'] as const).filter((name) => name in options); // prettier-ignore
    if (idle.length === 0) return;
    const names = idle.map((name) => `--${name === 'blindingSamples' ? 'blinding' : name}`);
    throw new UsageError(
      `${info.id} gives one answer a window and has no use for ${names.join(' and ')}; --stride sets how far windows are apart`,
    );
  } else if ('strideSamples' in options) {
    throw new UsageError(
      `${info.id} answers for each sample and has no use for --stride; --overlap sets how far windows are apart`,
    );
  }
}

function presetOf(info: ModelInfo, name: string): Partial<RunSettings> {
  const preset = Object.hasOwn(info.presets, name) ? info.presets[name] : undefined;
  if (preset) return preset.settings;
  const known = Object.keys(info.presets).join(', ');
  const others = known === '' ? 'there are none of it' : `it has ${known}`;
  throw new UsageError(`${info.id} has no preset "${name}"; ${others}`);
}

function readOverlap(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(
    `--overlap must be a fraction below 1 or a number of samples, not "${text}"`,
  );
}

function readBlinding(text: string): readonly [number, number] {
  const parts = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : NaN));
  const [before, after] = parts;
  if (parts.length === 2 && Number.isInteger(before) && Number.isInteger(after)) {
    return [before as number, after as number];
  }
  throw new UsageError(`--blinding must be two numbers of samples such as 250,250, not "${text}"`);
}

function readWord<T extends string>(text: string, name: string, words: readonly T[]): T {
  const word = words.find((each) => each === text.toLowerCase());
  if (word !== undefined) return word;
  throw new UsageError(`--${name} must be ${words.join(' or ')}, not "${text}"`);
}
