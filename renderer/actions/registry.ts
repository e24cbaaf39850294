// The action registry: the table joined with what each entry does. Keyboard, menus, palette, tooltips and
// buttons all run actions from here.

import { displayKey } from './keys.ts';
import type { App } from '../state/app.svelte.ts';
import { ACTION_TABLE, type ActionId, type TableEntry } from './actionTable.ts';
import { type ActionBody, whyNot } from './body.ts';
import { DETECT_BODIES } from './bodies/detectBodies.ts';
import { DETAIL_BODIES } from './bodies/detailBodies.ts';
import { LOOK_BODIES } from './bodies/lookBodies.ts';
import { MODEL_BODIES } from './bodies/modelBodies.ts';
import { MOVE_BODIES } from './bodies/moveBodies.ts';
import { PICK_BODIES } from './bodies/pickBodies.ts';
import { PROGRAM_BODIES, PROJECT_BODIES } from './bodies/programBodies.ts';
import { REVIEW_BODIES } from './bodies/reviewBodies.ts';
import { TUNE_BODIES } from './bodies/tuneBodies.ts';
import { keysOf } from './keyMap.ts';
import { isMac } from './platform.ts';

export type Action = TableEntry & ActionBody;

const BODIES: Readonly<Record<ActionId, ActionBody>> = {
  ...MOVE_BODIES,
  ...REVIEW_BODIES,
  ...PICK_BODIES,
  ...DETAIL_BODIES,
  ...LOOK_BODIES,
  ...PROJECT_BODIES,
  ...PROGRAM_BODIES,
  ...MODEL_BODIES,
  ...TUNE_BODIES,
  ...DETECT_BODIES,
};

export const ACTIONS: readonly Action[] = ACTION_TABLE.map((entry) => ({
  ...entry,
  ...BODIES[entry.id],
}));

const BY_ID = new Map<string, Action>(ACTIONS.map((action) => [action.id, action]));

export function actionOf(id: ActionId): Action {
  const action = BY_ID.get(id);
  if (!action) throw new Error(`bug: there is no action ${id}`);
  return action;
}

export const isActionId = (id: string): id is ActionId => BY_ID.has(id);

export function isEnabled(app: App, id: ActionId): boolean {
  return actionOf(id).enabled?.(app) ?? true;
}

/** Runs an action when it can act; its failure becomes a notice. */
export function runAction(app: App, id: ActionId): void {
  const action = actionOf(id);
  app.remark = isEnabled(app, id) ? '' : whyNot(action, app);
  if (!isEnabled(app, id)) return;
  const { asks = false } = action;
  void app.act(async () => action.run(app), { asks });
}

/** The first key of an action as people read it; empty without one. */
export function keyText(app: App, id: ActionId): string {
  const [first] = keysOf(actionOf(id), app.settings.profile, app.settings.keyChanges);
  return first === undefined ? '' : displayKey(first, isMac);
}

/** Label and key, for a tooltip. */
export function tooltip(app: App, id: ActionId): string {
  const { help } = actionOf(id);
  const key = keyText(app, id);
  return key ? `${help} (${key})` : help;
}
