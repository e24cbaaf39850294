// Keys as text: letters by character, digits and everything with Alt by physical key, `Mod` = Ctrl or Cmd.

/** The parts of a KeyboardEvent that decide what it is called. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  /** AltGr is down: then the character counts, and Ctrl and Alt do not. */
  readonly altGraph: boolean;
  /** Caps lock is on: then Shift alone decides the case of a letter. */
  readonly capsLock?: boolean;
}

const NAMED: Readonly<Record<string, string>> = {
  ' ': 'Space',
  Escape: 'Esc',
  Delete: 'Del',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
};

const PHYSICAL =
  /^(?:Key([A-Z])|Digit(\d)|Numpad(\d)|(F\d{1,2}|Arrow\w+|Enter|Space|Tab|Backspace|Home|End))$/;

function physicalName(code: string): string | undefined {
  const match = PHYSICAL.exec(code);
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4];
}

const isLetter = (key: string): boolean =>
  key.length === 1 && key.toLowerCase() !== key.toUpperCase();

/** The letter or sign the key writes; Shift and not the caps lock decides the case. */
function character(press: KeyPress): string {
  if (!press.capsLock || !isLetter(press.key)) return press.key;
  return press.shiftKey ? press.key.toUpperCase() : press.key.toLowerCase();
}

/** For Mod combinations: the Latin letter, also on a Cyrillic or Greek layout. */
function modLetter(press: KeyPress): string {
  const latin = /^[\x21-\x7e]$/.test(press.key) ? press.key : physicalName(press.code);
  return (latin ?? press.key).toUpperCase();
}

/** All names of a key press, the most exact first; empty for a modifier alone. */
export function keyNames(press: KeyPress, isMac: boolean): string[] {
  if (/^(Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|Process|Unidentified)$/.test(press.key)) {
    if (press.key !== 'Dead' || !press.altKey) return [];
  }
  const typed = press.altGraph ? { ...press, ctrlKey: false, altKey: false } : press;
  const mod = isMac ? typed.metaKey : typed.ctrlKey;
  if (isMac ? typed.ctrlKey : typed.metaKey) return [];
  const name = NAMED[typed.key] ?? (typed.key.length > 1 ? typed.key : undefined);
  const shift = typed.shiftKey ? 'Shift+' : '';
  if (typed.altKey) {
    const physical = physicalName(typed.code) ?? name;
    return physical === undefined ? [] : [`${mod ? 'Mod+' : ''}Alt+${shift}${physical}`];
  }
  if (mod) return [`Mod+${shift}${name ?? modLetter(typed)}`];
  if (name !== undefined) return [`${shift}${name}`];
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(typed.code)?.[1];
  const written = character(typed);
  if (digit === undefined) return [written];
  return [...new Set([`${shift}${digit}`, written])];
}

const WORDS: Readonly<Record<string, string>> = {
  Enter: '⏎',
  Backspace: '⌫',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** Between the keys of a chord as displayed. */
export const CHORD_GAP = '\u2002';

/** A key as people read it: `Ctrl Z`, `⇧1`, `⏎`, `s i`. */
export function displayKey(keys: string, isMac: boolean): string {
  return keys
    .split(' ')
    .map((key) => {
      const parts = key === '+' ? ['+'] : key.split('+').map((part) => (part === '' ? '+' : part));
      const last = parts.pop() ?? '';
      const mods = parts.map((part) => (part === 'Mod' ? (isMac ? '⌘' : 'Ctrl ') : `${part} `));
      return mods.join('').replace('Shift ', '⇧') + (WORDS[last] ?? last);
    })
    .join(CHORD_GAP);
}

/** A key as Electron writes an accelerator: `CmdOrCtrl+Shift+Z`; undefined for chords. */
export function menuAccelerator(keys: string): string | undefined {
  if (keys.includes(' ')) return undefined;
  return keys
    .replace('Mod', 'CmdOrCtrl')
    .replace(/Arrow(Left|Right|Up|Down)$/, '$1')
    .replace(/Esc$/, 'Escape')
    .replace(/Del$/, 'Delete')
    .replace(/PgDn$/, 'PageDown')
    .replace(/PgUp$/, 'PageUp')
    .replace(/^([A-Z])$/, 'Shift+$1')
    .replace(/\+$/, '+Plus')
    .replace(/^\+?Plus$/, 'Plus');
}
