import { AppError } from '../../base/appError.ts';
import type { ModelUse } from '../../domain/event/modelPack.ts';
import type { RunnerOutput } from '../spec.ts';

/** What has to be known of a model to say whether it may pick. */
export interface Picker {
  readonly id: string;
  readonly use: ModelUse;
  readonly useNote: string;
}

/**
 * Throws `bad-input` where a model may not pick: never what is not a picker, and packs for tests (licence in
 * doubt, random weights) only where that was allowed in so many words.
 */
export function assertMayPick(model: Picker, allowTestModel: boolean | undefined): void {
  if (model.use === 'picking') return;
  if (model.use === 'not-a-picker') {
    throw new AppError('bad-input', `${model.id} is not a picker: ${model.useNote}`);
  }
  if (allowTestModel === true) return;
  const why = model.use === 'never-picking' ? 'is never for picking' : 'is for tests only';
  throw new AppError(
    'bad-input',
    `${model.id} ${why} (${model.useNote}); to run it nevertheless, allow test models (--allow-test-model) and keep its picks out of catalogs`,
  );
}

/**
 * Throws `bad-input` where a model makes no waveforms, and for packs for tests (licence in doubt, random weights) unless
 * that was allowed in so many words.
 */
export function assertMayDenoise(
  model: Picker & { readonly output: RunnerOutput },
  allowTestModel: boolean | undefined,
): void {
  const { id, use, useNote, output } = model;
  if (output.kind !== 'waveform') {
    throw new AppError(
      'bad-input',
      `${id} answers with probabilities and makes no waveforms; onset annotate writes them`,
    );
  }
  if (use === 'picking' || use === 'not-a-picker' || allowTestModel === true) return;
  const why = use === 'never-picking' ? 'has weights of no use' : 'is for tests only';
  throw new AppError(
    'bad-input',
    `${id} ${why} (${useNote}); to run it nevertheless, allow test models (--allow-test-model)`,
  );
}
