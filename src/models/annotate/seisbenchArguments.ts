// Arguments as people know them from SeisBench's `annotate` and `classify`.

import { AppError } from '../../base/appError.ts';
import type { RunSettings, Stacking } from '../../domain/event/runSettings.ts';
import { defaultSettings } from '../settings.ts';
import type { RunnerSpec } from '../spec.ts';

export interface NamedArguments {
  readonly settings: RunSettings;
  /** Arguments SeisBench would ignore with a line in its log. */
  readonly ignored: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The spec's defaults with arguments under SeisBench's names: `overlap`, `stride`, `stacking` (in any case),
 * `blinding`, `strict`, `flexible_horizontal_components`, `zerophase_resample`, `batch_size` and
 * `LABEL_threshold`. Unknown names are answered in `ignored`; throws `bad-input` for a value of the wrong kind.
 */
export function seisbenchArguments(
  spec: RunnerSpec,
  given: Readonly<Record<string, unknown>>,
): NamedArguments {
  const settings: Mutable<RunSettings> = {
    ...defaultSettings(spec),
    policy: 'seisbench',
  };
  const thresholds: Record<string, number> = { ...spec.thresholds };
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const label = thresholdLabel(spec, name);
    if (label !== undefined) thresholds[label] = probability(name, value);
    else if (!setOne(settings, name, value)) ignored.push(name);
  }
  return { settings: { ...settings, thresholds }, ignored };
}

function setOne(settings: Mutable<RunSettings>, name: string, value: unknown): boolean {
  switch (name) {
    case 'overlap':
      settings.overlap = amount(name, value);
      return true;
    case 'stride':
      settings.strideSamples = amount(name, value);
      return true;
    case 'batch_size':
      settings.batchSize = Math.max(1, Math.floor(amount(name, value)));
      return true;
    case 'stacking':
      settings.stacking = stackingWord(value);
      return true;
    case 'blinding':
      settings.blindingSamples = blinding(value);
      return true;
    case 'strict':
      settings.strict = truth(name, value);
      return true;
    case 'flexible_horizontal_components':
      settings.flexibleHorizontals = truth(name, value);
      return true;
    case 'zerophase_resample':
      settings.zeroPhaseResample = truth(name, value);
      return true;
    default:
      return false;
  }
}

function thresholdLabel(spec: RunnerSpec, name: string): string | undefined {
  const wanted = /^(.+)_threshold$/.exec(name)?.[1]?.toLowerCase();
  return spec.labels.find((label) => label.toLowerCase() === wanted);
}

function amount(name: string, value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : refuse(name, value, 'a number from 0');
}

function probability(name: string, value: unknown): number {
  const usable = typeof value === 'number' && value > 0 && value <= 1;
  return usable ? value : refuse(name, value, 'a number above 0 and up to 1');
}

function truth(name: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(name, value, 'true or false');
}

function stackingWord(value: unknown): Stacking {
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  return word === 'avg' || word === 'max' ? word : refuse('stacking', value, 'avg or max');
}

function blinding(value: unknown): readonly [number, number] {
  const [before, after, ...rest]: unknown[] = Array.isArray(value) ? value : [];
  const usable = (samples: unknown): samples is number =>
    typeof samples === 'number' && Number.isInteger(samples) && samples >= 0;
  return usable(before) && usable(after) && rest.length === 0
    ? [before, after]
    : refuse('blinding', value, 'two whole numbers of samples');
}

function refuse(name: string, value: unknown, wanted: string): never {
  throw new AppError('bad-input', `${name} cannot be ${JSON.stringify(value)}; give ${wanted}`);
}
