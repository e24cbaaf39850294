// Every thing a person can do, once. Plain data: README, menus, help and palette are made from it.

import type { ActionEntry } from './action.ts';
import { DETECT_TABLE } from './tables/detectTable.ts';
import { LOOK_TABLE } from './tables/lookTable.ts';
import { MODEL_TABLE } from './tables/modelTable.ts';
import { MOVE_TABLE } from './tables/moveTable.ts';
import { DETAIL_TABLE, PICK_TABLE } from './tables/pickTable.ts';
import { PROGRAM_TABLE, PROJECT_TABLE } from './tables/programTable.ts';
import { REVIEW_TABLE } from './tables/reviewTable.ts';
import { TUNE_TABLE } from './tables/tuneTable.ts';

const TABLES = [
  ...MOVE_TABLE,
  ...REVIEW_TABLE,
  ...PICK_TABLE,
  ...DETAIL_TABLE,
  ...LOOK_TABLE,
  ...PROJECT_TABLE,
  ...PROGRAM_TABLE,
  ...MODEL_TABLE,
  ...TUNE_TABLE,
  ...DETECT_TABLE,
] as const;

export type ActionId = (typeof TABLES)[number]['id'];
export type TableEntry = ActionEntry & { readonly id: ActionId };

export const ACTION_TABLE: readonly TableEntry[] = TABLES;
