import type { ComparedOnset } from '../../../src/contract/messages/comparison.ts';
import type { ModelRun } from '../../../src/domain/event/modelRun.ts';
import { type OnsetKind, residualS } from '../../state/comparison.svelte.ts';
import { signed } from '../words.ts';

export const KIND_WORDS: Readonly<Record<OnsetKind, string>> = {
  onlyA: 'only A',
  onlyB: 'only B',
  moved: 'moved',
  same: 'same',
};

/** `+`, `−` and `~` of DESIGN: B has gained, B has lost, moved. */
export const KIND_SIGNS: Readonly<Record<OnsetKind, string>> = {
  onlyA: '−',
  onlyB: '+',
  moved: '~',
  same: '=',
};

/** `run 3: onset-1, strict 2`, the name of its set last, where it has one. */
export function runWords(run: ModelRun, setName?: string): string {
  const state = run.state === 'done' ? '' : `, ${run.state}`;
  const set = setName === undefined ? '' : `, ${setName}`;
  return `run ${run.id}: ${run.modelId}${set}${state}`;
}

/** `only A`, `+0.12 s`. */
export function onsetWords(onset: ComparedOnset): string {
  const residual = residualS(onset);
  if (residual === undefined) return onset.a ? KIND_WORDS.onlyA : KIND_WORDS.onlyB;
  return `${signed(residual)} s`;
}

/** `.91`, or a dash where nothing can be divided. */
export function score(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3).replace(/^0/, '');
}
