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
    id: 'detect.reset',
    label: 'Reset',
    help: 'The detector’s settings as they come',
    group: 'Look',
    keys: [],
    contexts: page,
  },
] as const satisfies readonly ActionEntry[];
