import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';

export type ScaleMode = 'trace' | 'common' | 'station' | 'component';
export type SortMode = 'name' | 'distance' | 'azimuth' | 'residual' | 'quality';

/** Which streams are rows of the trace list, in which order and scale. */
export class TraceRows {
  /** All streams of the project. Replaced whole on `source.changed`. */
  streams = $state.raw<readonly StreamInfo[]>([]);
  sort = $state<SortMode>('name');
  scale = $state<ScaleMode>('trace');
  /** Gain on top of the scaling, 1 = none; `w` resets. */
  gain = $state(1);
  /** First row shown and how many; `PgDn` `PgUp` `Home` `End` `+` `-` `=` and the wheel change them. */
  first = $state(0);
  count = $state(12);
  /** Streams disabled with `x`. */
  hiddenKeys = $state.raw<ReadonlySet<string>>(new Set());
  /** `t`: all three components of a sensor as rows, or the first (vertical) only. */
  allComponents = $state(false);
  /** Rows that fit the panel at the least height; set by the view. */
  fits = $state(12);
}
