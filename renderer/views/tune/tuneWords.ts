import type { App } from '../../state/app.svelte.ts';
import type { ChangeKind } from '../../state/tuningChanges.ts';
import type { SetInfo } from '../../../src/domain/parameterSet/setInfo.ts';

export const CHANGE_SIGNS: Readonly<Record<ChangeKind, string>> = {
  gained: '+',
  lost: '−',
  moved: '~',
};

/** Counts changes against what a list names: `saved`, `run:3`, `set:2`. */
export async function setBase(app: App, value: string, sets: readonly SetInfo[]): Promise<void> {
  const { tuning } = app;
  const [kind, name] = value.split(':');
  if (kind === 'run') tuning.base = { kind: 'run', runId: Number(name) };
  else if (kind === 'set') {
    const set = sets.find(({ id }) => id === Number(name));
    if (set) await tuning.compareWithSet(set);
  } else tuning.base = { kind: 'saved' };
}
