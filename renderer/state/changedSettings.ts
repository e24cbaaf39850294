import type { RunSettings } from '../../src/domain/event/runSettings.ts';

/** What differs from the model's own settings: that alone is sent and kept in mind. */
export function changedSettings(settings: RunSettings, own: RunSettings): Partial<RunSettings> {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const changed = (Object.keys(settings) as (keyof RunSettings)[]).filter(
    (name) => !same(settings[name], own[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, settings[name]]));
}
