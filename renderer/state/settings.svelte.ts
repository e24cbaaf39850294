import type { Client } from '../../src/contract/rpc.ts';
import { PROFILES, type ProfileId } from '../actions/action.ts';
import type { ActionId } from '../actions/actionTable.ts';
import { buildKeyMap, type KeyChanges } from '../actions/keyMap.ts';
import type { Notices } from './notices.svelte.ts';

export type ThemeChoice = 'dark' | 'light' | 'system';
export type MotionChoice = 'system' | 'reduced';

const isKeyChanges = (value: unknown): value is KeyChanges =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every(
    (keys) => Array.isArray(keys) && keys.every((key) => typeof key === 'string'),
  );

/** What a person has set, kept for all projects. */
export class Settings {
  theme = $state<ThemeChoice>('system');
  motion = $state<MotionChoice>('system');
  author = $state('');
  profile = $state<ProfileId>('snuffler+');
  keyChanges = $state.raw<KeyChanges>({});
  /** Settings that other states own: layout, queue order. */
  rest = $state.raw<Readonly<Record<string, unknown>>>({});
  readonly keyMap = $derived(buildKeyMap(this.profile, this.keyChanges));
  readonly #client: Client;
  readonly #notices: Notices;

  constructor(client: Client, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
  }

  async load(): Promise<void> {
    const saved = await this.#client.call('settings.load', { scope: 'user' });
    const { theme, motion, author, profile, keyChanges, ...rest } = saved;
    if (theme === 'dark' || theme === 'light') this.theme = theme;
    if (motion === 'reduced') this.motion = motion;
    if (typeof author === 'string') this.author = author;
    this.profile = PROFILES.find((known) => known === profile) ?? 'snuffler+';
    if (isKeyChanges(keyChanges)) this.keyChanges = keyChanges;
    this.rest = rest;
  }

  setTheme(theme: ThemeChoice): void {
    this.theme = theme;
    this.save('theme', theme);
  }

  setMotion(motion: MotionChoice): void {
    this.motion = motion;
    this.save('motion', motion);
  }

  setAuthor(author: string): void {
    this.author = author;
    this.save('author', author);
  }

  setProfile(profile: ProfileId): void {
    this.profile = profile;
    this.save('profile', profile);
  }

  setKeys(id: ActionId, keys: readonly string[] | undefined): void {
    const changes = Object.entries(this.keyChanges).filter(([known]) => known !== id);
    this.keyChanges = Object.fromEntries(keys ? [...changes, [id, [...keys]]] : changes);
    this.save('keyChanges', this.keyChanges);
  }

  resetKeys(): void {
    this.keyChanges = {};
    this.save('keyChanges', {});
  }

  /** Saves one setting; a failure is shown and the setting stays for this session. */
  save(key: string, value: unknown): void {
    this.#client
      .call('settings.save', { scope: 'user', key, value })
      .catch((error: unknown) => this.#notices.report(error));
  }
}
