import { durationS } from '../../src/domain/waveform/timeWindow.ts';
import { componentOf, parseNslc, sensorKey } from '../../src/domain/waveform/nslc.ts';
import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';

export type ScaleMode = 'trace' | 'common' | 'station' | 'component';
export type SortMode = 'name' | 'distance' | 'azimuth' | 'residual' | 'quality';

/** Least height of a row that still shows a trace. */
export const LEAST_ROW_PX = 3;

const COMPONENT_ORDER = 'ZNE123UVW';

/** Vertical first, then N or 1, then E or 2; others after, by letter. */
export function componentRank(streamKey: string): number {
  const letter = streamKey.slice(-1);
  const rank = COMPONENT_ORDER.indexOf(letter);
  return rank === -1 ? COMPONENT_ORDER.length + letter.charCodeAt(0) : rank;
}

/** The first three streams of a sensor in the order Z, N or 1, E or 2. */
export function componentsOf(streams: readonly StreamInfo[], streamKey: string): StreamInfo[] {
  const sensor = sensorKey(parseNslc(streamKey));
  return streams
    .filter((stream) => sensorKey(parseNslc(stream.streamKey)) === sensor)
    .sort((a, b) => componentRank(a.streamKey) - componentRank(b.streamKey))
    .slice(0, 3);
}

/** Share of its own span that a stream has samples for. */
function completeness(stream: StreamInfo): number {
  const spanS = durationS(stream) || 1;
  return stream.sampleCount / (spanS * stream.sampleRateHz);
}

function byName(a: StreamInfo, b: StreamInfo): number {
  const sensorA = a.streamKey.slice(0, -1);
  const sensorB = b.streamKey.slice(0, -1);
  if (sensorA !== sensorB) return sensorA < sensorB ? -1 : 1;
  return componentRank(a.streamKey) - componentRank(b.streamKey);
}

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
  /** Rows that fit the panel at a comfortable height, and at the least; set by the view. */
  fits = $state(12);
  mostRows = $state(150);
  /** False once the analyst has chosen a number of rows; `=` sets it again. */
  #automaticCount = $state(true);

  /** Streams that are rows before hiding: all, or one component a sensor. */
  readonly #candidates = $derived.by(() => {
    if (this.allComponents) return this.streams;
    const leading = new Map<string, StreamInfo>();
    for (const stream of this.streams) {
      const sensor = stream.streamKey.slice(0, -1);
      const before = leading.get(sensor);
      if (!before || componentRank(stream.streamKey) < componentRank(before.streamKey)) {
        leading.set(sensor, stream);
      }
    }
    return [...leading.values()];
  });

  /** Every row in order. Orders that need what is not known (coordinates, an origin) go by name. */
  readonly ordered = $derived.by(() => {
    const rows = this.#candidates.filter((stream) => !this.hiddenKeys.has(stream.streamKey));
    const sorted = rows.sort(byName);
    if (this.sort === 'quality') sorted.sort((a, b) => completeness(b) - completeness(a));
    return sorted;
  });

  /** The rows on the screen. */
  readonly visible = $derived(this.ordered.slice(this.first, this.first + this.count));

  /** How the rows are ordered, in words. */
  readonly sortWords = $derived.by(() => {
    if (this.sort === 'name') return 'by name';
    if (this.sort === 'quality') return 'by completeness';
    return `by name: ${this.sort} needs ${this.sort === 'residual' ? 'a located event' : 'coordinates'}`;
  });

  readonly scaleWords = $derived(
    {
      trace: 'each scaled by itself',
      common: 'one scale for all',
      station: 'one scale a station',
      component: 'one scale a component',
    }[this.scale],
  );

  /** The view says what fits; while the count is automatic it follows. */
  setFits(comfortable: number, most: number): void {
    this.fits = Math.max(1, comfortable);
    this.mostRows = Math.max(1, most);
    if (this.#automaticCount) this.count = this.#bounded(this.fits);
    else this.count = this.#bounded(this.count);
    this.scrollTo(this.first);
  }

  #bounded(count: number): number {
    return Math.max(1, Math.min(count, this.mostRows, Math.max(1, this.ordered.length)));
  }

  /** `+` and `-`: more rows (lower) or fewer (higher). */
  changeCount(direction: 1 | -1): void {
    this.#automaticCount = false;
    const step = Math.max(1, Math.round(this.count / 5));
    this.count = this.#bounded(this.count + direction * step);
    this.scrollTo(this.first);
  }

  /** `=` */
  resetCount(): void {
    this.#automaticCount = true;
    this.count = this.#bounded(this.fits);
    this.scrollTo(this.first);
  }

  scrollTo(first: number): void {
    this.first = Math.max(0, Math.min(first, this.ordered.length - this.count));
  }

  /** `PgDn` and `PgUp`. */
  page(direction: 1 | -1): void {
    this.scrollTo(this.first + direction * this.count);
  }

  toEnd(end: 'first' | 'last'): void {
    this.scrollTo(end === 'first' ? 0 : this.ordered.length);
  }

  /** The row that shows a stream: its own, or its sensor's leading component. Undefined when none does. */
  rowOf(streamKey: string): number | undefined {
    const own = this.ordered.findIndex((row) => row.streamKey === streamKey);
    if (own !== -1) return own;
    const sensor = streamKey.slice(0, -1);
    const sibling = this.ordered.findIndex((row) => row.streamKey.slice(0, -1) === sensor);
    return sibling === -1 ? undefined : sibling;
  }

  /** Scrolls as little as needed to show the row of a stream. */
  reveal(streamKey: string): void {
    const row = this.rowOf(streamKey);
    if (row === undefined) return;
    if (row < this.first) this.scrollTo(row);
    else if (row >= this.first + this.count) this.scrollTo(row - this.count + 1);
  }

  /** `x`: takes the row of a stream out of the list; the key of the row that follows, to step on to. */
  hide(streamKey: string): string | undefined {
    const row = this.rowOf(streamKey);
    const hidden = row === undefined ? undefined : this.ordered[row];
    if (row === undefined || !hidden) return streamKey;
    const next = this.ordered[row + 1] ?? this.ordered[row - 1];
    this.hiddenKeys = new Set([...this.hiddenKeys, hidden.streamKey]);
    this.count = this.#bounded(this.#automaticCount ? this.fits : this.count);
    this.scrollTo(this.first);
    return next?.streamKey;
  }

  /** `X` */
  restoreHidden(): void {
    this.hiddenKeys = new Set();
    this.count = this.#bounded(this.#automaticCount ? this.fits : this.count);
  }

  /** Rows with the same group share one amplitude scale. */
  scaleGroup(streamKey: string): string {
    const stream = parseNslc(streamKey);
    if (this.scale === 'common') return 'all';
    if (this.scale === 'station') return sensorKey(stream);
    if (this.scale === 'component') return componentOf(stream);
    return streamKey;
  }

  changeGain(factor: number): void {
    this.gain = Math.min(1e6, Math.max(1e-3, this.gain * factor));
  }
}
