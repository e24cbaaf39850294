import type { Ensemble, EnsembleMember, EnsembleRule } from '../../../src/domain/event/ensemble.ts';
import type { RunMode } from '../../state/runTogether.svelte.ts';

export const ENSEMBLE_RULE_NAMES: Readonly<Record<EnsembleRule, string>> = {
  mean: 'mean',
  max: 'max: the highest',
  median: 'median',
  'noisy-or': 'noisy-or',
  semblance: 'semblance (ELEP)',
};

export const TOGETHER_HELP: Readonly<Record<EnsembleRule, string>> = {
  mean: 'The mean of the probabilities of the members, sample by sample.',
  max: 'The highest probability of any member: finds the most and errs the most.',
  median: 'The middle probability: half of the members have to agree.',
  'noisy-or':
    '1 − Π(1 − p): the chance that at least one member is right, if they erred independently.',
  semblance:
    'High only where members rise and fall together within half a second (Yuan et al. 2023). Its numbers are lower: the threshold is 0.05.',
};

export const RUN_MODES: Readonly<
  Record<RunMode, { readonly name: string; readonly help: (models: number) => string }>
> = {
  separate: {
    name: 'Once',
    help: (models) => (models > 1 ? 'Each model makes a run of its own.' : 'One run of the model.'),
  },
  together: {
    name: 'Together',
    help: () =>
      'One run: the curves of several models, filter bands or window offsets become one, which is picked.',
  },
  offsets: {
    name: 'Repeated',
    help: (models) =>
      `Picks of ${models > 1 ? 'each model by itself' : 'the model'}, and how far they scatter when its windows begin elsewhere.`,
  },
};

/** `mean of 4 members`, `repeated at 4 offsets`. */
export function togetherWords({ rule, members, leastAgreeing, reachS }: Ensemble): string {
  const who = rule === 'first' ? 'offsets' : 'members';
  const how =
    rule === 'first'
      ? `repeated at ${members.length} offsets`
      : `${rule} of ${members.length} members`;
  const demand = leastAgreeing === undefined ? '' : `, seen by at least ${leastAgreeing} ${who}`;
  return `${how}${demand}; within ${reachS} s`;
}

/** `onset-1 1–10 Hz causal`; of a repeated run where its windows begin: `as it runs`, `+750 samples`. */
export function memberWords(
  rule: Ensemble['rule'],
  { name, offsetSamples }: EnsembleMember,
): string {
  if (rule !== 'first') return name;
  return offsetSamples === 0 ? 'as it runs' : `+${offsetSamples} samples`;
}
