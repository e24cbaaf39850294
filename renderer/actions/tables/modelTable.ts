import type { ActionEntry } from '../action.ts';

const page = ['page'] as const;

export const MODEL_TABLE = [
  {
    id: 'compare.toggle',
    label: 'Compare runs',
    help: 'Two runs, or a run and the reviewed picks: what both have, what moved, what one has',
    group: 'Review',
    keys: ['Mod+J'],
    contexts: page,
  },
  {
    id: 'compare.next',
    label: 'Next disagreement',
    help: 'To the next onset that A and B do not share, or whose time moved; in Tune to the next change',
    group: 'Review',
    keys: ['j'],
    contexts: page,
  },
  {
    id: 'compare.previous',
    label: 'Previous disagreement',
    help: 'The same way back',
    group: 'Review',
    keys: ['J'],
    contexts: page,
  },
  {
    id: 'compare.blink',
    label: 'Blink A and B',
    help: 'Picks and curves of one side alone, then of the other; in Tune new and old settings',
    group: 'Review',
    keys: ['k'],
    contexts: page,
  },
  {
    id: 'compare.both',
    label: 'Show A and B together',
    help: 'Ends blinking',
    group: 'Review',
    keys: ['K'],
    contexts: page,
  },
  {
    id: 'models.show',
    label: 'Models…',
    help: 'What is installed, where it is from, how it compares with its original; import and remove',
    group: 'Project',
    keys: [],
    contexts: page,
  },
  {
    id: 'runs.show',
    label: 'Runs…',
    help: 'What each run was made with, what it found and what is to be said against it',
    group: 'Project',
    keys: [],
    contexts: page,
  },
  {
    id: 'input.show',
    label: 'What the network saw',
    help: 'The window at the cursor as it is fed, and what came out',
    group: 'Look',
    keys: ['I'],
    contexts: page,
  },
  {
    id: 'explain.show',
    label: 'Why is there no pick?',
    help: 'What a run found at the cursor and why it made no pick of it',
    group: 'Look',
    keys: ['y'],
    contexts: page,
  },
] as const satisfies readonly ActionEntry[];
