// What the right button offers, by what lies under it. Entries of the registry, so that labels, keys and
// what is enabled are the same everywhere; undefined draws a line.

import type { ActionId } from './actionTable.ts';

export type ContextMenuEntries = readonly (ActionId | undefined)[];

export const PICK_MENU: ContextMenuEntries = [
  'review.accept',
  'review.reject',
  'review.defer',
  undefined,
  'pick.phaseP',
  'pick.phaseS',
  'polarity.up',
  'polarity.down',
  'polarity.undecidable',
  'onset.cycle',
  undefined,
  'event.make',
  'event.leave',
  'input.show',
  'time.tightZoom',
];

export const TRACE_MENU: ContextMenuEntries = [
  'pick.phaseP',
  'pick.phaseS',
  undefined,
  'trace.hide',
  'trace.showAll',
  'components.toggle',
  'strips.toggle',
  'strips.runs',
  undefined,
  'filter.toggle',
  'filter.panel',
  'demean.toggle',
  'gain.reset',
  undefined,
  'time.goSelection',
  'input.show',
  'explain.show',
  'model.run',
];
