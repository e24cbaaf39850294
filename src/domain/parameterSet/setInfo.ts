// Sets of a project as they cross the contract.

import type { EpochNs } from '../../base/time.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import type { PickSettings } from '../event/repick.ts';
import type { SetContent } from './parameterSet.ts';
import type { SetCheck } from './verifySet.ts';

/** A saved version of a set, without its content. */
export interface SetInfo {
  readonly id: number;
  readonly name: string;
  /** 1 for the first of its line. */
  readonly version: number;
  /** Hash of the version before. */
  readonly parent: string | undefined;
  readonly author: string;
  readonly note: string;
  readonly createdNs: EpochNs;
  readonly hash: string;
  readonly modelIds: readonly string[];
  /** Runs of this project that were made with just this set. */
  readonly runIds: readonly number[];
}

export interface SetDetails {
  readonly name: string;
  readonly version: number;
  readonly parent: string | undefined;
  readonly author: string;
  readonly note: string;
  readonly createdNs: EpochNs;
  readonly hash: string;
  readonly content: SetContent;
  /** Whether it is whole, can be run here, and leads to the same picks here. */
  readonly check: SetCheck;
  readonly runIds: readonly number[];
}

/** How a model of a set is shown without running it: the newest run whose kept curves answer it, picked again. */
export interface SetApplication {
  readonly modelId: string;
  /** Undefined: the model has to be run; `reason` says why. */
  readonly runId: number | undefined;
  readonly settings: PickSettings;
  readonly calibration: Readonly<Record<string, Calibration>>;
  readonly reason: string | undefined;
}
