import type { App } from '../state/app.svelte.ts';

/** What an action does. */
export interface ActionBody {
  /** Whether it can act now; absent = always. */
  enabled?(app: App): boolean;
  run(app: App): void | Promise<unknown>;
  /** Waits for a person in a dialog: the page is idle meanwhile. */
  readonly asks?: boolean;
  /** For actions that last while their key is held. */
  release?(app: App): void;
}

export const canEdit = (app: App): boolean => !app.readOnly;
export const hasTargets = (app: App): boolean => canEdit(app) && app.selection.targets().length > 0;
export const hasData = (app: App): boolean => app.hasData;
