// From the page's key events to actions: which contexts hold, chords, keys that are held.

import type { App } from '../state/app.svelte.ts';
import type { KeyContext } from './action.ts';
import type { ActionId } from './actionTable.ts';
import { chordChoices, matchKey } from './keyMap.ts';
import { displayKey, keyNames } from './keys.ts';
import { isMac } from './platform.ts';
import { actionOf, runAction } from './registry.ts';

const CHORD_MS = 2_000;
const TEXT = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select';
const CONTROL = ':is(button, input, select, [role=separator]):focus-visible';
/** What a focused control or list keeps for itself. */
const CONTROL_KEYS = /^(Shift\+)?(Tab|Enter|Space|Arrow\w+|Home|End|PgUp|PgDn)$/;
/** What a text field leaves to the page. */
const FROM_TEXT = /^(Esc$|Mod\+(?!Shift\+Z$|[ACVXYZ]$|Arrow)|F\d)/;
const REPEATS = /^(time|tracks|pick|phase|event|queue)\./;

interface Place {
  readonly contexts: readonly KeyContext[];
  readonly allows: (name: string) => boolean;
}

const always = (): boolean => true;
const notControl = (name: string): boolean => !CONTROL_KEYS.test(name);

/** Which contexts hold where the focus is, in their order. An onset that is proposed is answered wherever keys act. */
function placeOf(target: Element | null, app: App): Place {
  const { contexts, allows } = placeWithout(target, app);
  const answers =
    app.repick.ghost !== undefined &&
    !contexts.includes('dialog') &&
    target?.matches(TEXT) !== true;
  return { contexts: answers ? ['proposal', ...contexts] : contexts, allows };
}

function placeWithout(target: Element | null, { selection, space }: App): Place {
  if (target?.closest('dialog')) return { contexts: ['dialog'], allows: always };
  if (target?.matches(TEXT)) return { contexts: ['page'], allows: (name) => FROM_TEXT.test(name) };
  if (target?.closest('[data-keys="list"]')) {
    const held = /^(Arrow(Up|Down)|PgUp|PgDn|Home|End|Enter)$/;
    return { contexts: ['list', 'page'], allows: (n) => notControl(n) || held.test(n) };
  }
  const pick: KeyContext[] = selection.mode.kind === 'pick' ? ['picking'] : [];
  if (target?.closest('[role="application"]')) {
    // A button that was clicked leaves the keys to the traces; one that was gone to by keys takes its own.
    const allows = target.matches(CONTROL) ? notControl : always;
    return { contexts: [...pick, 'traces', 'page'], allows };
  }
  if (!target || target === document.body) {
    // What had the focus has left the page, as a button that is gone once pressed: the hand is at the traces.
    const traces: KeyContext[] = space === 'review' ? ['traces'] : [];
    return { contexts: [...pick, ...traces, 'page'], allows: (name) => !/Tab$/.test(name) };
  }
  return { contexts: ['page'], allows: notControl };
}

export class Keyboard {
  /** The chord begun and what may follow, for the hint. */
  hint = $state.raw<{ prefix: string; choices: { key: string; id: ActionId }[] } | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held: ActionId | undefined;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Listens until the signal is aborted. */
  attach(signal: AbortSignal): void {
    window.addEventListener('keydown', (event) => this.#down(event), { signal });
    window.addEventListener('keyup', () => this.#release(), { signal });
    window.addEventListener('blur', () => this.#release(), { signal });
  }

  #down(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const { settings } = this.#app;
    const altGraph = event.getModifierState('AltGraph');
    const capsLock = event.getModifierState('CapsLock');
    const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
    const press = { key, code, ctrlKey, metaKey, altKey, shiftKey, altGraph, capsLock };
    // A dialog whose focused button has just been disabled still keeps the keys.
    const dialog = document.querySelector('dialog[open]');
    const target = dialog ?? (event.target instanceof Element ? event.target : null);
    const place = placeOf(target, this.#app);
    const names = keyNames(press, isMac).filter(place.allows);
    if (names.length === 0) return;
    const { map } = settings.keyMap;
    const prefix = this.hint?.prefix;
    if (prefix !== undefined) this.#endChord();
    if (prefix !== undefined && names[0] === 'Esc') return event.preventDefault();
    const match = matchKey(map, place.contexts, names, prefix);
    if (!match) {
      if (prefix !== undefined) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (match.kind === 'prefix') this.#beginChord(match.keys);
    else this.#run(match.id, event.repeat);
  }

  #run(id: ActionId, repeated: boolean): void {
    if (repeated && !REPEATS.test(id)) return;
    if (actionOf(id).held) this.#held = id;
    runAction(this.#app, id);
  }

  #release(): void {
    if (this.#held === undefined) return;
    actionOf(this.#held).release?.(this.#app);
    this.#held = undefined;
  }

  #beginChord(prefix: string): void {
    this.hint = { prefix, choices: chordChoices(this.#app.settings.keyMap.map, prefix) };
    this.#timer = setTimeout(() => this.#endChord(), CHORD_MS);
  }

  #endChord(): void {
    clearTimeout(this.#timer);
    this.hint = undefined;
  }
}

/** The chord in words: `s …`. */
export function hintKey(prefix: string): string {
  return `${displayKey(prefix, isMac)} …`;
}
