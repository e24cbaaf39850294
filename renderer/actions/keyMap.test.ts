import { describe, expect, test } from 'vitest';
import { PROFILES } from './action.ts';
import { ACTION_TABLE } from './actionTable.ts';
import { buildKeyMap, chordChoices, matchKey } from './keyMap.ts';

describe('the action table', () => {
  test.each(PROFILES)('gives no key two meanings in a context: profile %s', (profile) => {
    expect(buildKeyMap(profile).conflicts).toEqual([]);
  });

  test('names each action once, with a label and a sentence of help', () => {
    const ids = ACTION_TABLE.map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { label, help } of ACTION_TABLE) {
      expect(label.length).toBeGreaterThan(0);
      expect(help.length).toBeGreaterThan(5);
    }
  });

  // product.md, as far as this issue has a use for the key.
  const KEYS =
    'Space b PgDn PgUp Home End + - = g G n p N P Tab Shift+Tab a A d F1 F2 F3 F4 F5 F6 F7 F8 F9 Alt+1 Alt+2 Alt+9 e E m c : ? _ ' +
    'ArrowUp ArrowDown Shift+ArrowUp Shift+ArrowDown ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight Alt+ArrowLeft Alt+ArrowRight ' +
    'Esc Enter Shift+1 Shift+2 Shift+3 Shift+4 Shift+5 Shift+Del 0 1 2 3 4 i Backspace Del u Mod+Enter f , . t w x X o h ' +
    'Mod+Z Mod+Shift+Z Mod+K Mod+F Mod+G Mod+R F11 Mod+F6 Mod+Shift+F6 Mod+O Mod+E Mod+S Mod+, Mod+Shift+R Mod+Shift+L Mod+Q';
  const { map } = buildKeyMap('snuffler+');
  const contexts = ['picking', 'traces', 'page'] as const;

  test.each(KEYS.split(' '))('the trace area knows %s', (key) => {
    expect(matchKey(map, contexts, [key])?.kind).toBe('action');
  });

  test.each(['s i', 's c', 's s', 's k', 's n', 'l l'])('the page knows the chord %s', (chord) => {
    const [first = '', second = ''] = chord.split(' ');
    expect(matchKey(map, contexts, [first])).toEqual({ kind: 'prefix', keys: first });
    expect(matchKey(map, contexts, [second], first)?.kind).toBe('action');
  });
});

describe('a second registration of a key in the same context', () => {
  test('is a conflict that names the key, the context and both actions', () => {
    const { conflicts, map } = buildKeyMap('snuffler+', { 'filter.toggle': ['g'] });
    expect(conflicts).toEqual([
      { context: 'page', keys: 'g', actions: ['time.goSelection', 'filter.toggle'] },
    ]);
    expect(map.page.get('g')).toBe('time.goSelection');
  });

  test('is a conflict too where a key alone hides a chord', () => {
    const { conflicts } = buildKeyMap('snuffler+', { 'filter.toggle': ['s'] });
    expect(conflicts.map(({ keys }) => keys)).toContain('s');
  });
});

describe('contexts', () => {
  const { map } = buildKeyMap('snuffler+');

  test('are asked in their order: Enter sets a pick while picking, else accepts', () => {
    expect(matchKey(map, ['picking', 'traces', 'page'], ['Enter'])).toEqual({ kind: 'action', id: 'picking.setNext' }); // prettier-ignore
    expect(matchKey(map, ['traces', 'page'], ['Enter'])).toEqual({ kind: 'action', id: 'review.accept' }); // prettier-ignore
    expect(matchKey(map, ['list', 'page'], ['Enter'])).toEqual({ kind: 'action', id: 'review.accept' }); // prettier-ignore
  });

  test('keep arrows apart: polarity on traces, rows in the queue, nothing on the page', () => {
    expect(matchKey(map, ['traces', 'page'], ['ArrowUp'])).toEqual({ kind: 'action', id: 'polarity.up' }); // prettier-ignore
    expect(matchKey(map, ['list', 'page'], ['ArrowUp'])).toEqual({ kind: 'action', id: 'queue.previous' }); // prettier-ignore
    expect(matchKey(map, ['page'], ['ArrowUp'])).toBeUndefined();
  });

  test('know nothing in a dialog, whose keys are its own', () => {
    expect(matchKey(map, ['dialog'], ['Enter', 'f', 'Mod+Z'])).toBeUndefined();
  });

  test('show what may follow the begin of a chord', () => {
    expect(chordChoices(map, 's').map(({ key }) => key)).toEqual(['i', 'c', 's', 'k', 'n']);
  });
});

test('an empty list takes the keys of an action away', () => {
  const { map } = buildKeyMap('snuffler+', { 'filter.toggle': [] });
  expect(matchKey(map, ['page'], ['f'])).toBeUndefined();
});
