import type { EpochNs } from '../../base/time.ts';

/** A hypocentre with its time. `method` says how it came about; "by hand" until a locator exists. */
export interface Origin {
  readonly time: EpochNs;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly depthM: number | undefined;
  readonly timeUncertaintyS: number | undefined;
  readonly method: string;
}

/** What groups picks. Without an origin it is "not located". */
export interface SeismicEvent {
  readonly id: number;
  readonly publicId: string | undefined;
  readonly origin: Origin | undefined;
  readonly pickIds: readonly number[];
  readonly type: string | undefined;
  readonly comment: string | undefined;
  readonly author: string;
  readonly createdNs: EpochNs;
}
