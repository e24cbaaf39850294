import type { MenuItemConstructorOptions } from 'electron';
import type { MenuGroup } from '../../src/contract/hostBridgeTypes.ts';

/**
 * The window's menu from the page's action registry. Accelerators are written into the label's right column
 * but not registered: keys belong to the page, whose contexts decide what they mean.
 */
export function menuTemplate(
  groups: readonly MenuGroup[],
  choose: (actionId: string) => void,
): MenuItemConstructorOptions[] {
  return groups.map((group) => ({
    label: group.label,
    submenu: group.entries.map((entry): MenuItemConstructorOptions => {
      const { id, label, keys, enabled } = entry;
      if (id === undefined) return { type: 'separator' };
      const item: MenuItemConstructorOptions = { label, enabled, click: () => choose(id) };
      if (keys !== undefined) {
        item.accelerator = keys;
        item.registerAccelerator = false;
      }
      return item;
    }),
  }));
}

/** What crosses from the page is data of unknown shape until it was looked at. */
export function parseMenu(value: unknown): MenuGroup[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((group: unknown) => {
    const { label, entries } = (group ?? {}) as Partial<MenuGroup>;
    if (typeof label !== 'string' || !Array.isArray(entries)) return [];
    const kept = entries.filter(
      (entry: Partial<MenuGroup['entries'][number]> | null) =>
        entry !== null &&
        typeof entry === 'object' &&
        typeof entry.label === 'string' &&
        (entry.id === undefined || typeof entry.id === 'string') &&
        (entry.keys === undefined || typeof entry.keys === 'string'),
    );
    return [{ label, entries: kept }];
  });
}
