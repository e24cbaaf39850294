import type { Client } from '../../src/contract/rpc.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { FilterState } from './filterState.svelte.ts';
import type { IdleTracker } from './idle.svelte.ts';
import type { PickView } from './pickView.svelte.ts';
import type { ReviewQueue } from './reviewQueue.svelte.ts';
import type { Timeline } from './timeline.svelte.ts';
import type { TraceRows } from './traceRows.svelte.ts';

/** What tuning needs of the page. */
export interface TuningHost {
  readonly client: Client;
  readonly idle: IdleTracker;
  readonly timeline: Timeline;
  readonly rows: TraceRows;
  readonly filter: FilterState;
  readonly picks: PickView;
  readonly queue: ReviewQueue;
  readonly runs: readonly ModelRun[];
  readonly revision: number;
  remark: string;
  act(work: () => Promise<unknown>): Promise<void>;
}
