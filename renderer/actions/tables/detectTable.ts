import type { ActionEntry } from '../action.ts';

const page = ['page'] as const;

export const DETECT_TABLE = [
  {
    id: 'detect.toggle',
    label: 'Detector',
    help: 'STA/LTA and other classic detectors on the traces in view, live',
    group: 'Look',
    keys: ['v d'],
    contexts: page,
  },
  {
    id: 'detect.run',
    label: 'Run on project',
    help: 'Picks everything that is open with the detector as it is set',
    group: 'Project',
    keys: ['v p'],
    contexts: page,
  },
  {
    id: 'detect.again',
    label: 'Trigger a run again',
    help: 'The newest run of a detector with the levels as they are turned, without filtering; again: not any more',
    group: 'Look',
    keys: ['v a'],
    contexts: page,
  },
  {
    id: 'detect.nextChange',
    label: 'Next trigger gained or lost',
    help: 'Goes to what the run triggered again has gained or lost',
    group: 'Look',
    keys: ['v n'],
    contexts: page,
  },
  {
    id: 'detect.previousChange',
    label: 'Previous trigger gained or lost',
    help: 'The same backward',
    group: 'Look',
    keys: ['v b'],
    contexts: page,
  },
  {
    id: 'detect.reset',
    label: 'Reset',
    help: 'The detector’s settings as they come',
    group: 'Look',
    keys: [],
    contexts: page,
  },
] as const satisfies readonly ActionEntry[];
