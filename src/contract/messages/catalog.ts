// What the calls of the catalog and of its files carry.

import type { EpochNs } from '../../base/time.ts';
import type { ExpectedGain, PickValue } from '../../domain/evaluation/pickValue.ts';
import type { Pick, PickState } from '../../domain/event/pick.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';

export interface PickPage {
  readonly picks: readonly Pick[];
  readonly total: number;
  readonly offset: number;
  readonly revision: number;
}

/** A page of the queue ordered by value. */
export interface ValuedPickPage extends PickPage {
  /** Of those on the page that wait for review, in their order. */
  readonly values: readonly PickValue[];
  /** Over all that wait and fit the query. */
  readonly gain: ExpectedGain;
}

export interface PickCounts {
  readonly total: number;
  readonly byState: Readonly<Record<PickState, number>>;
  readonly revision: number;
}

export interface PickVersion {
  readonly atNs: EpochNs;
  readonly author: string;
  /** `moved +0.04 s`, `polarity up`, `picked by onset-1, run 3`. */
  readonly label: string;
  readonly pick: Pick;
}

/** Counts of picks per bin over a span, for the overview strip. Phase families P and S. */
export interface PickDensity {
  readonly window: TimeWindow;
  readonly binCount: number;
  readonly p: Uint32Array;
  readonly s: Uint32Array;
  readonly pReviewed: Uint32Array;
  readonly sReviewed: Uint32Array;
}

export interface UndoState {
  /** `move P HANS +0.04 s`, or undefined when there is nothing to undo. */
  readonly undoLabel: string | undefined;
  readonly redoLabel: string | undefined;
}

export interface EditReply extends UndoState {
  readonly revision: number;
  /** The picks as they are now; removed ones are absent. */
  readonly picks: readonly Pick[];
}

export type ExportFormat = 'quakeml' | 'csv' | 'markers';

/** Programs of models' authors whose tables of picks can be written: PhaseNet's CSV, GPD's lines, EQTransformer's CSV. */
export type PickerProgram = 'phasenet' | 'gpd' | 'eqtransformer';

export interface ExportRequest {
  readonly format: ExportFormat;
  readonly includeRejected: boolean;
  readonly pickIds?: readonly number[] | undefined;
}

export interface ExportPreview {
  readonly events: number;
  readonly picks: number;
  /** One sentence for each thing that will not survive in this format. */
  readonly losses: readonly string[];
}

export interface ImportReport {
  readonly picks: number;
  readonly events: number;
  readonly warnings: readonly string[];
}
