// The curves of one sensor as they come out of a run: picks as soon as they are final, and chunks of an hour of what is
// kept as soon as nothing in them can change.

import { type EpochNs, epochNs } from '../../base/time.ts';
import type { DetectionArrival } from '../../domain/event/detection.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { nearestSample, sampleTime } from '../../domain/waveform/traceSegment.ts';
import type { RulePick } from '../pickRules/pickCurves.ts';
import { DEFAULT_FLOOR } from '../pickRules/reach.ts';
import { curvePart, type RunCurve, type SparseCurve } from '../pickRules/sparseCurve.ts';
import type { KeptPart } from './keptPart.ts';
import { levelsFor, type Picking, StretchPicker, type StretchState } from './stretchPicker.ts';

/** Probabilities of a gap-free stretch or the next part of one, label by label, equally many; NaN where there is none. */
export interface CurveBlock {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly curves: Readonly<Record<string, Float32Array>>;
  /** What makes the picks of this block less sure. */
  readonly warnings: readonly string[];
}

/** As a `CurveBlock`; what is not known of sparse curves is below `keptFrom`. */
export interface WantedBlock extends Omit<CurveBlock, 'curves'> {
  readonly curves: Readonly<Record<string, RunCurve>>;
}

/** A pick in time. */
export interface SensorPick extends RulePick {
  readonly time: EpochNs;
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  readonly warnings: readonly string[];
  /** Of a detection: the picks that belong to it, by phase. */
  readonly arrivalTimes?: Readonly<Record<string, DetectionArrival>>;
}

/** Takes what is kept of each hour, in order of time; the parts are its own. */
export type SealHour = (hour: TimeWindow, parts: readonly KeptPart[]) => Promise<void>;

const HOUR_NS = 3_600_000_000_000n;
/** Samples looked at before other work of the caller gets its turn: well under a millisecond. */
const SLICE_SAMPLES = 262_144;
/** A block that begins within so many samples of where the last one ended goes on from it. */
const SAME_STRETCH_SAMPLES = 0.75;

/** From which sample on something makes picks less sure. */
interface WarningsFrom {
  readonly from: number;
  readonly words: readonly string[];
}

interface Stretch {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly picker: StretchPicker;
  readonly warnings: WarningsFrom[];
  sealedTo: number;
}

/** Where the picking of a sensor is between two blocks, to go on from: plain data and typed arrays. */
export interface SensorPickerState {
  readonly stretch:
    | {
        readonly startNs: EpochNs;
        readonly sampleRateHz: number;
        readonly picker: StretchState;
        readonly warnings: readonly WarningsFrom[];
        readonly sealedTo: number;
      }
    | undefined;
  readonly hour: TimeWindow | undefined;
  readonly hourParts: readonly KeptPart[];
}

export class SensorPicker {
  readonly #picking: Picking;
  readonly #floor: number;
  readonly #seal: SealHour | undefined;
  readonly #pause: () => Promise<void>;
  #stretch: Stretch | undefined;
  #hour: TimeWindow | undefined;
  #hourParts: KeptPart[] = [];

  /** `pause` lets other work have its turn. Without `seal` nothing is kept for longer than the picks need. */
  constructor(
    picking: Picking,
    seal: SealHour | undefined,
    pause: () => Promise<void>,
    floor: number = DEFAULT_FLOOR,
  ) {
    this.#picking = picking;
    this.#seal = seal;
    this.#pause = pause;
    this.#floor = floor;
  }

  /** Values below it that are not beside one above it are not looked at; undefined where all are. */
  get keptFrom(): number | undefined {
    const { floor, tail } = levelsFor(this.#picking, this.#floor);
    return floor > 0 && tail > 0 ? tail : undefined;
  }

  /** A copy of where it is; with `goOn` another picker of the same settings takes over from there. */
  get state(): SensorPickerState {
    const stretch = this.#stretch && {
      startNs: this.#stretch.startNs,
      sampleRateHz: this.#stretch.sampleRateHz,
      picker: this.#stretch.picker.state,
      warnings: [...this.#stretch.warnings],
      sealedTo: this.#stretch.sealedTo,
    };
    return { stretch, hour: this.#hour, hourParts: [...this.#hourParts] };
  }

  /** Before the first block. */
  goOn({ stretch, hour, hourParts }: SensorPickerState): void {
    this.#hour = hour;
    this.#hourParts = [...hourParts];
    if (stretch === undefined) return;
    const levels = levelsFor(this.#picking, this.#floor);
    const { sampleRateHz, picker, warnings } = stretch;
    this.#stretch = {
      ...stretch,
      picker: new StretchPicker(this.#picking, sampleRateHz, levels, picker),
      warnings: [...warnings],
    };
  }

  /** Takes the next block, in order of time; answers the picks that are final now. The arrays are not held on to. */
  async take(block: WantedBlock): Promise<SensorPick[]> {
    const picks: SensorPick[] = [];
    let stretch = this.#stretch;
    if (stretch === undefined || !sameStretch(stretch, stretch.picker.length, block)) {
      picks.push(...(await this.#endStretch()));
      stretch = this.#begin(block);
    }
    // A station that is followed for a year comes in millions of blocks.
    if (stretch.warnings.at(-1)?.words.join() !== block.warnings.join()) {
      stretch.warnings.push({ from: stretch.picker.length, words: block.warnings });
    }
    const length = Math.max(0, ...Object.values(block.curves).map((curve) => curve.length));
    for (let from = 0; from < length; from += SLICE_SAMPLES) {
      stretch.picker.push(
        Object.fromEntries(
          Object.entries(block.curves).map(([label, curve]) => [
            label,
            curvePart(curve, from, Math.min(length, from + SLICE_SAMPLES)),
          ]),
        ),
      );
      await this.#pause();
    }
    picks.push(...timed(stretch, stretch.picker.picks()));
    await this.#sealHours(stretch, false);
    return picks;
  }

  /** No more blocks: answers the remaining picks, and the last hour is sealed. */
  async end(): Promise<SensorPick[]> {
    const picks = await this.#endStretch();
    await this.#sealHour();
    return picks;
  }

  #begin({ startNs, sampleRateHz }: WantedBlock): Stretch {
    const levels = levelsFor(this.#picking, this.#floor);
    const picker = new StretchPicker(this.#picking, sampleRateHz, levels);
    this.#stretch = { startNs, sampleRateHz, picker, warnings: [], sealedTo: 0 };
    return this.#stretch;
  }

  async #endStretch(): Promise<SensorPick[]> {
    const stretch = this.#stretch;
    if (stretch === undefined) return [];
    this.#stretch = undefined;
    stretch.picker.end();
    const picks = timed(stretch, stretch.picker.picks());
    await this.#sealHours(stretch, true);
    return picks;
  }

  async #sealHours(stretch: Stretch, ended: boolean): Promise<void> {
    const { picker } = stretch;
    const upTo = picker.settledTo;
    while (this.#seal !== undefined && stretch.sealedTo < upTo) {
      const from = stretch.sealedTo;
      const hour = hourOf(timeOf(stretch, from));
      const hourEnd = sampleFrom(stretch, hour.endNs);
      if (hourEnd > upTo && !ended) break;
      const to = Math.min(hourEnd, upTo);
      if (this.#hour?.startNs !== hour.startNs) await this.#sealHour();
      this.#hour = hour;
      for (const [label, curve] of picker.keptBetween(from, to)) {
        this.#hourParts.push(partOf(stretch, label, owned(curve), from, to));
      }
      stretch.sealedTo = to;
      if (to === hourEnd) await this.#sealHour();
    }
    picker.drop(this.#seal === undefined ? upTo : stretch.sealedTo);
  }

  async #sealHour(): Promise<void> {
    const parts = this.#hourParts;
    const hour = this.#hour;
    this.#hourParts = [];
    this.#hour = undefined;
    if (hour !== undefined && parts.length > 0) await this.#seal?.(hour, parts);
  }
}

/** Whether a block goes on with a stretch of so many samples. */
export function sameStretch(
  { startNs, sampleRateHz }: Pick<CurveBlock, 'startNs' | 'sampleRateHz'>,
  samples: number,
  block: Pick<CurveBlock, 'startNs' | 'sampleRateHz'>,
): boolean {
  if (block.sampleRateHz !== sampleRateHz) return false;
  const expected = sampleTime(startNs, samples, sampleRateHz);
  return Math.abs(Number(block.startNs - expected)) * sampleRateHz <= SAME_STRETCH_SAMPLES * 1e9;
}

function timed(stretch: Stretch, picks: readonly RulePick[]): SensorPick[] {
  return picks.map((pick) => ({
    ...pick,
    time: timeOf(stretch, pick.sample),
    startNs: timeOf(stretch, pick.startSample),
    endNs: timeOf(stretch, pick.endSample),
    ...(pick.arrivals && { arrivalTimes: timedArrivals(stretch, pick.arrivals) }),
    warnings: stretch.warnings.findLast(({ from }) => from <= pick.sample)?.words ?? [],
  }));
}

function timedArrivals(
  stretch: Stretch,
  arrivals: Readonly<Record<string, number>>,
): Record<string, DetectionArrival> {
  return Object.fromEntries(
    Object.entries(arrivals).map(([label, sample]) => [
      label,
      { time: timeOf(stretch, sample), snrDb: undefined },
    ]),
  );
}

function timeOf({ startNs, sampleRateHz }: Stretch, sample: number): EpochNs {
  return sampleTime(startNs, sample, sampleRateHz);
}

/** The first sample at or after a time. */
function sampleFrom(stretch: Stretch, time: EpochNs): number {
  const nearest = nearestSample(stretch.startNs, time, stretch.sampleRateHz);
  return timeOf(stretch, nearest) >= time ? nearest : nearest + 1;
}

/** The full hour (UTC) a time lies in. */
export function hourOf(time: EpochNs): TimeWindow {
  const hour = time / HOUR_NS - (time % HOUR_NS < 0n ? 1n : 0n);
  return { startNs: epochNs(hour * HOUR_NS), endNs: epochNs((hour + 1n) * HOUR_NS) };
}

function partOf(
  { startNs, sampleRateHz, picker }: Stretch,
  label: string,
  curve: SparseCurve,
  from: number,
  to: number,
): KeptPart {
  const { levels } = picker;
  return { label, stretchStartNs: startNs, sampleRateHz, from, to, levels, curve };
}

function owned(curve: SparseCurve): SparseCurve {
  return { ...curve, values: curve.values.slice() };
}
