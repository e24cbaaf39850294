// From keys to actions: one map a context, made of the table, a profile and the person's own changes.

import { defaultKeys, KEY_CONTEXTS, type KeyContext, type Keys, type ProfileId } from './action.ts';
import { ACTION_TABLE, type ActionId, type TableEntry } from './actionTable.ts';

/** Keys a person has set, by action; an empty list takes the keys away. */
export type KeyChanges = Readonly<Record<string, Keys>>;

export interface KeyConflict {
  readonly context: KeyContext;
  readonly keys: string;
  readonly actions: readonly ActionId[];
}

export type KeyMap = Readonly<Record<KeyContext, ReadonlyMap<string, ActionId>>>;

export function keysOf(entry: TableEntry, profile: ProfileId, changes: KeyChanges): Keys {
  return changes[entry.id] ?? defaultKeys(entry, profile);
}

/** The first entry of the table keeps a key that two want; `conflicts` names both. */
export function buildKeyMap(
  profile: ProfileId,
  changes: KeyChanges = {},
): { map: KeyMap; conflicts: KeyConflict[] } {
  const wanted = new Map<string, { context: KeyContext; keys: string; actions: ActionId[] }>();
  for (const entry of ACTION_TABLE) {
    for (const keys of keysOf(entry, profile, changes)) {
      for (const context of entry.contexts) {
        const place = `${context}\n${keys}`;
        const slot = wanted.get(place) ?? { context, keys, actions: [] };
        slot.actions.push(entry.id);
        wanted.set(place, slot);
      }
    }
  }
  const map: Record<KeyContext, Map<string, ActionId>> = {
    dialog: new Map(),
    proposal: new Map(),
    list: new Map(),
    picking: new Map(),
    traces: new Map(),
    page: new Map(),
  };
  for (const { context, keys, actions } of wanted.values()) {
    if (actions[0]) map[context].set(keys, actions[0]);
  }
  const clashes = [...wanted.values()].filter((slot) => slot.actions.length > 1);
  return { map, conflicts: [...clashes, ...hiddenByChords(map)] };
}

/** A key that begins a chord cannot also act by itself in the same context. */
function hiddenByChords(map: KeyMap): KeyConflict[] {
  return KEY_CONTEXTS.flatMap((context) =>
    [...map[context]].flatMap(([keys, action]) => {
      const first = keys.split(' ')[0] ?? '';
      const single = keys.includes(' ') ? map[context].get(first) : undefined;
      return single ? [{ context, keys: first, actions: [single, action] }] : [];
    }),
  );
}

export type KeyMatch =
  | { readonly kind: 'action'; readonly id: ActionId }
  | { readonly kind: 'prefix'; readonly keys: string }
  | undefined;

/** The first context that knows one of the names, or the begin of a chord. `prefix` is the chord begun. */
export function matchKey(
  map: KeyMap,
  contexts: readonly KeyContext[],
  names: readonly string[],
  prefix?: string,
): KeyMatch {
  for (const context of contexts) {
    for (const name of names) {
      const keys = prefix === undefined ? name : `${prefix} ${name}`;
      const id = map[context].get(keys);
      if (id) return { kind: 'action', id };
      for (const known of map[context].keys()) {
        if (known.startsWith(`${keys} `)) return { kind: 'prefix', keys };
      }
    }
  }
  return undefined;
}

/** What may follow the begin of a chord, for the hint: the last key and its action. */
export function chordChoices(map: KeyMap, prefix: string): { key: string; id: ActionId }[] {
  return KEY_CONTEXTS.flatMap((context) =>
    [...map[context]]
      .filter(([keys]) => keys.startsWith(`${prefix} `))
      .map(([keys, id]) => ({ key: keys.slice(prefix.length + 1), id })),
  );
}
