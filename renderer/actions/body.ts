import type { App } from '../state/app.svelte.ts';

/** What an action does. */
export interface ActionBody {
  /** Whether it can act now; absent = always. */
  enabled?(app: App): boolean;
  /** What to do first, said in the status bar when its key is pressed and it cannot act. */
  whyNot?(app: App): string;
  run(app: App): void | Promise<unknown>;
  /** Waits for a person in a dialog: the page is idle meanwhile. */
  readonly asks?: boolean;
  /** For actions that last while their key is held. */
  release?(app: App): void;
}

export const canEdit = (app: App): boolean => !app.readOnly;
export const hasTargets = (app: App): boolean => canEdit(app) && app.selection.targets().length > 0;
export const hasData = (app: App): boolean => app.hasData;

/** Why an action cannot act now, where it is known; empty otherwise. */
export function whyNot({ enabled, whyNot: own }: ActionBody, app: App): string {
  if (own) return own(app);
  if (enabled === hasData) return 'open waveforms first';
  if (app.readOnly && (enabled === canEdit || enabled === hasTargets))
    return 'this project is read-only';
  return enabled === hasTargets ? 'choose a pick first' : '';
}
