import type { EpochNs } from '../../base/time.ts';
import type { TimeWindow } from '../waveform/timeWindow.ts';
import type { PickState } from './pick.ts';

/** Which picks, in which order, which page of them. Every part narrows; none means all. */
export interface PickQuery {
  readonly pickIds?: readonly number[];
  readonly window?: TimeWindow;
  /** Exactly at one of these; at most 5 000. */
  readonly times?: readonly EpochNs[];
  readonly streamKeys?: readonly string[];
  readonly states?: readonly PickState[];
  /** Phase families or names: `P` takes Pn and Pg too. */
  readonly phases?: readonly string[];
  /** Part of the station code, any case. */
  readonly station?: string;
  readonly probabilityFrom?: number;
  readonly probabilityTo?: number;
  readonly runId?: number;
  /** Made with this parameter set; see `ModelRun.setHash`. */
  readonly setHash?: string;
  readonly eventId?: number;
  /** `threshold`: smallest |probability − threshold of its run| first. */
  readonly orderBy?: 'time' | 'threshold';
  readonly offset?: number;
  /** At most 5 000; default 1 000. */
  readonly limit?: number;
}
