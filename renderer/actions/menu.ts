import type { MenuGroup } from '../../src/contract/hostBridgeTypes.ts';
import type { App } from '../state/app.svelte.ts';
import { ACTION_GROUPS } from './action.ts';
import { keysOf } from './keyMap.ts';
import { menuAccelerator } from './keys.ts';
import { ACTIONS, isEnabled } from './registry.ts';

/** The window's menu: every group of the registry, without what needs the pointer. */
export function menuOf(app: App): MenuGroup[] {
  const { profile, keyChanges } = app.settings;
  const order = ['Project', ...ACTION_GROUPS.filter((group) => group !== 'Project')];
  return order.map((group) => ({
    label: group,
    entries: ACTIONS.filter((action) => action.group === group && !action.keyOnly).map(
      (action) => ({
        id: action.id,
        label: action.label,
        keys: keysOf(action, profile, keyChanges)
          .map(menuAccelerator)
          .find((key) => key),
        enabled: isEnabled(app, action.id),
      }),
    ),
  }));
}
