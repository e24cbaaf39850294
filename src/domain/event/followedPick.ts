import type { EpochNs } from '../../base/time.ts';
import type { Nslc } from '../waveform/nslc.ts';
import type { PickFit } from './pickFit.ts';

/** A pick of records while they arrive, final when it is told. */
export interface FollowedPick {
  readonly stream: Nslc;
  readonly phase: string;
  readonly time: EpochNs;
  readonly probability: number;
  readonly lowerUncertaintyS: number;
  readonly upperUncertaintyS: number;
  /** The normal curve its uncertainties are sigma of, where one was fitted. */
  readonly fit?: PickFit;
  /** What makes it less sure: `N and E absent`, `resampled from 40 Hz`. */
  readonly warnings: readonly string[];
}
