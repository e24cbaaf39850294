import { expect, test } from 'vitest';
import { awaitsReview, decidedState, phaseFamily, PICK_STATES } from './pick.ts';

test('where a decision leads from every state', () => {
  expect(PICK_STATES.map((state) => decidedState(state, 'accept'))).toEqual([
    'confirmed',
    'confirmed',
    'manual',
    'confirmed',
    'confirmed',
  ]);
  expect(PICK_STATES.map((state) => decidedState(state, 'reject'))).toEqual(
    Array(5).fill('rejected'),
  );
  expect(PICK_STATES.map((state) => decidedState(state, 'defer'))).toEqual(
    Array(5).fill('deferred'),
  );
  expect(PICK_STATES.filter(awaitsReview)).toEqual(['automatic']);
});

test('a phase belongs to one family', () => {
  const families = [
    'P',
    'Pn',
    'Pg',
    'PKP',
    'S',
    'Sn',
    'Lg',
    'Rg',
    'R',
    'pP',
    'sP',
    'PcP',
    'T',
    'I',
    '?',
  ].map(phaseFamily);
  expect(families).toEqual([
    'P',
    'P',
    'P',
    'P',
    'S',
    'S',
    'surface',
    'surface',
    'surface',
    'depth',
    'depth',
    'depth',
    't',
    't',
    'other',
  ]);
});
