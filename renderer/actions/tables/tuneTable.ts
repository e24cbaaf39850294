import type { ActionEntry } from '../action.ts';

const page = ['page'] as const;

export const TUNE_TABLE = [
  {
    id: 'space.review',
    label: 'Review',
    help: 'The work space of traces, queue and inspector',
    group: 'Program',
    keys: ['v r'],
    contexts: page,
  },
  {
    id: 'space.tune',
    label: 'Tune',
    help: 'The work space of thresholds: what they gain and lose over all data, scored against a reference',
    group: 'Program',
    keys: ['v t'],
    contexts: page,
  },
  {
    id: 'tune.left',
    label: 'Changes or queue',
    help: 'In Tune: what the left panel lists',
    group: 'Review',
    keys: ['v q'],
    contexts: page,
  },
  {
    id: 'tune.revert',
    label: 'Back to the saved settings',
    help: 'In Tune: thresholds and rule as the run had them',
    group: 'Review',
    keys: ['v u'],
    contexts: page,
  },
  {
    id: 'tune.saveSet',
    label: 'Save these settings as a set…',
    help: 'In Tune: a named version that can be compared, exported and run again',
    group: 'Project',
    keys: ['v s'],
    contexts: page,
  },
  {
    id: 'tune.sets',
    label: 'Parameter sets…',
    help: 'Saved sets: compare, apply, run again, export and import',
    group: 'Project',
    keys: ['v e'],
    contexts: page,
  },
  {
    id: 'tune.sweep',
    label: 'Sweep parameters…',
    help: 'In Tune: tries many sets of parameters and scores each against the reference',
    group: 'Project',
    keys: ['v w'],
    contexts: page,
  },
  {
    id: 'tune.run',
    label: 'Run the model with these settings',
    help: 'In Tune: makes the picks that are shown the picks of the catalog',
    group: 'Project',
    keys: ['v g'],
    contexts: page,
  },
] as const satisfies readonly ActionEntry[];
