// What an action is, without what it does: the part that help, menus, the palette and the README are made of.

/** Where a key means something. Looked up in this order; the first that knows the key gets it. */
export const KEY_CONTEXTS = ['dialog', 'proposal', 'list', 'picking', 'traces', 'page'] as const;
export type KeyContext = (typeof KEY_CONTEXTS)[number];

export const PROFILES = ['snuffler+', 'snuffler', 'scolv', 'SEISAN'] as const;
export type ProfileId = (typeof PROFILES)[number];

export const ACTION_GROUPS = [
  'Move',
  'Review',
  'Pick',
  'Pick details',
  'Look',
  'Project',
  'Program',
] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

/** Keys of one profile. Chords are written with a blank: `s i`. */
export type Keys = readonly string[];

export interface ActionEntry {
  readonly id: string;
  /** As a menu shows it. */
  readonly label: string;
  /** One sentence for the tooltip and the palette. */
  readonly help: string;
  readonly group: ActionGroup;
  /** Keys of the default profile. */
  readonly keys: Keys;
  /** Profiles whose keys differ from the default. */
  readonly profileKeys?: Partial<Record<Exclude<ProfileId, 'snuffler+'>, Keys>>;
  readonly contexts: readonly KeyContext[];
  /** Acts while the key is held and ends when it is released. */
  readonly held?: boolean;
  /** Left out of palette and menus: it needs the pointer or is one of a numbered family. */
  readonly keyOnly?: boolean;
}

/** The keys of an action in a profile, before anyone changed them. */
export function defaultKeys(entry: ActionEntry, profile: ProfileId): Keys {
  return (profile === 'snuffler+' ? undefined : entry.profileKeys?.[profile]) ?? entry.keys;
}
