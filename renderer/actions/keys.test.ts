import { describe, expect, test } from 'vitest';
import { displayKey, keyNames, type KeyPress, menuAccelerator } from './keys.ts';

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  altGraph: false,
  ...held,
});

describe('the names of a key press', () => {
  test('letters go by character: a German y is a y wherever it lies', () => {
    expect(keyNames(press('y', 'KeyZ'), false)).toEqual(['y']);
    expect(keyNames(press('G', 'KeyG', { shiftKey: true }), false)).toEqual(['G']);
  });

  test('Shift and not the caps lock decides the case of a letter', () => {
    const capsLock = true;
    expect(keyNames(press('G', 'KeyG', { capsLock }), false)).toEqual(['g']);
    expect(keyNames(press('g', 'KeyG', { shiftKey: true, capsLock }), false)).toEqual(['G']);
  });

  test('digits go by physical key, the number pad included', () => {
    expect(keyNames(press('4', 'Digit4'), false)).toEqual(['4']);
    expect(keyNames(press('4', 'Numpad4'), false)).toEqual(['4']);
    expect(keyNames(press('"', 'Digit2', { shiftKey: true }), false)).toEqual(['Shift+2', '"']);
  });

  test('a German Shift+0 is = and a German Shift+7 is /, after the digit was asked for', () => {
    expect(keyNames(press('=', 'Digit0', { shiftKey: true }), false)).toEqual(['Shift+0', '=']);
    expect(keyNames(press('/', 'Digit7', { shiftKey: true }), false)).toEqual(['Shift+7', '/']);
  });

  test('a French Shift+1, which writes the 1, is Shift+1 first', () => {
    expect(keyNames(press('1', 'Digit1', { shiftKey: true }), false)).toEqual(['Shift+1', '1']);
    expect(keyNames(press('&', 'Digit1'), false)).toEqual(['1', '&']);
  });

  test('everything with Alt goes by physical key, whatever macOS writes', () => {
    expect(keyNames(press('¡', 'Digit1', { altKey: true }), true)).toEqual(['Alt+1']);
    expect(keyNames(press('Dead', 'KeyE', { altKey: true }), true)).toEqual(['Alt+E']);
    expect(keyNames(press('ArrowLeft', 'ArrowLeft', { altKey: true }), false)).toEqual([
      'Alt+ArrowLeft',
    ]);
  });

  test('AltGr writes a character and is neither Ctrl nor Alt', () => {
    const altGr = { ctrlKey: true, altKey: true, altGraph: true };
    expect(keyNames(press('@', 'KeyQ', altGr), false)).toEqual(['@']);
  });

  test('Mod is Ctrl, on a Mac the command key, and the other one means nothing', () => {
    expect(keyNames(press('k', 'KeyK', { ctrlKey: true }), false)).toEqual(['Mod+K']);
    expect(keyNames(press('k', 'KeyK', { metaKey: true }), true)).toEqual(['Mod+K']);
    expect(keyNames(press('k', 'KeyK', { ctrlKey: true }), true)).toEqual([]);
    expect(keyNames(press('k', 'KeyK', { metaKey: true }), false)).toEqual([]);
  });

  test('Mod on a Cyrillic layout finds the Latin letter', () => {
    expect(keyNames(press('я', 'KeyZ', { ctrlKey: true }), false)).toEqual(['Mod+Z']);
  });

  test('named keys keep Shift in their name', () => {
    expect(keyNames(press('Tab', 'Tab', { shiftKey: true }), false)).toEqual(['Shift+Tab']);
    expect(keyNames(press(' ', 'Space'), false)).toEqual(['Space']);
    expect(keyNames(press('Delete', 'Delete', { shiftKey: true }), false)).toEqual(['Shift+Del']);
    expect(keyNames(press('F6', 'F6', { ctrlKey: true, shiftKey: true }), false)).toEqual([
      'Mod+Shift+F6',
    ]);
  });

  test('a modifier alone is no key', () => {
    expect(keyNames(press('Shift', 'ShiftLeft', { shiftKey: true }), false)).toEqual([]);
  });
});

describe('a key in writing', () => {
  test('is short and says Ctrl or the command sign', () => {
    expect(displayKey('Mod+Shift+Z', false)).toBe('Ctrl ⇧Z');
    expect(displayKey('Mod+K', true)).toBe('⌘K');
    expect(displayKey('+', false)).toBe('+');
    expect(displayKey('Shift+1', false)).toBe('⇧1');
    expect(displayKey('s i', false).split('\u2002')).toEqual(['s', 'i']);
  });

  test('is an accelerator for the menu, unless it is a chord', () => {
    expect(menuAccelerator('Mod+Shift+Z')).toBe('CmdOrCtrl+Shift+Z');
    expect(menuAccelerator('Alt+ArrowLeft')).toBe('Alt+Left');
    expect(menuAccelerator('G')).toBe('Shift+G');
    expect(menuAccelerator('+')).toBe('Plus');
    expect(menuAccelerator('PgDn')).toBe('PageDown');
    expect(menuAccelerator('s i')).toBeUndefined();
  });
});
