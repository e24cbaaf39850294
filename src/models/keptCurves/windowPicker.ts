// Picks of each window's own answers, as EQTransformer's program makes them (smousavi05/EQTransformer,
// `core/mseed_predictor.py`): window after window, an event that was written before left out.

import type { EpochNs } from '../../base/time.ts';
import type { DetectionArrival } from '../../domain/event/detection.ts';
import type { WindowPreparation } from '../../domain/event/runSettings.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { type Samples, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { pickCurves, type RulePick } from '../pickRules/pickCurves.ts';
import { WindowPreparer } from '../preprocess.ts';
import { DETECTION_LABEL } from '../spec.ts';
import { type Windowing, windowCount, windowStart } from '../windowing.ts';
import type { SensorPick } from './sensorPicker.ts';
import type { Picking } from './stretchPicker.ts';
import { windowSnrDb } from './windowSnr.ts';

/** A stretch whose windows have been answered apart. */
export interface AnsweredStretch {
  readonly startNs: EpochNs;
  readonly rateHz: number;
  readonly windowing: Windowing;
  /** Of each component of the model; undefined where absent. */
  readonly inputs: readonly (Samples | undefined)[];
  /** By label, window after window. */
  readonly answers: Readonly<Record<string, Float32Array>>;
  readonly warnings: readonly string[];
}

/** What has been told lately: later windows may see it again. */
export interface WindowPickerState {
  readonly eventsNs: readonly EpochNs[];
  readonly picks: readonly { readonly label: string; readonly time: EpochNs }[];
}

const SAME_EVENT_NS = 2_000_000_000n;
/** Windows begin in order of time; one reaches no farther back than its own length. */
const REMEMBERED_WINDOWS = 2;

export class WindowPicker {
  readonly #picking: Picking;
  readonly #preparation: WindowPreparation;
  #eventsNs: EpochNs[] = [];
  #picks: { label: string; time: EpochNs }[] = [];

  constructor(picking: Picking, preparation: WindowPreparation) {
    this.#picking = picking;
    this.#preparation = preparation;
  }

  get state(): WindowPickerState {
    return { eventsNs: [...this.#eventsNs], picks: [...this.#picks] };
  }

  /** Before the first stretch. */
  goOn({ eventsNs, picks }: WindowPickerState): void {
    this.#eventsNs = [...eventsNs];
    this.#picks = [...picks];
  }

  /** Detections and picks of the windows that begin in `core`, in their order. Stretches come in order of time. */
  take(stretch: AnsweredStretch, core: TimeWindow): SensorPick[] {
    const { windowing, startNs, rateHz } = stretch;
    const count = windowCount(windowing);
    const found: SensorPick[] = [];
    for (let index = 0; index < count; index += 1) {
      const windowNs = sampleTime(startNs, windowStart(windowing, index), rateHz);
      if (windowNs < core.startNs || windowNs >= core.endNs) continue;
      this.#forget(windowNs, (windowing.windowSamples / rateHz) * REMEMBERED_WINDOWS);
      found.push(...this.#window(stretch, index, windowNs));
    }
    return found;
  }

  #window(stretch: AnsweredStretch, index: number, windowNs: EpochNs): SensorPick[] {
    const { windowing, rateHz, answers, warnings } = stretch;
    const { windowSamples } = windowing;
    const curves = Object.fromEntries(
      Object.entries(answers).map(([label, values]) => [
        label,
        values.subarray(index * windowSamples, (index + 1) * windowSamples),
      ]),
    );
    const { rule, thresholds } = this.#picking;
    const picks = pickCurves(rule, thresholds, curves, rateHz, this.#picking);
    const timeOf = (sample: number): EpochNs => sampleTime(windowNs, sample, rateHz);
    const timed = (pick: RulePick): SensorPick => ({
      ...pick,
      time: timeOf(pick.sample),
      startNs: timeOf(pick.startSample),
      endNs: timeOf(pick.endSample),
      warnings,
    });
    const told: SensorPick[] = [];
    for (const detection of picks.filter(({ label }) => label === DETECTION_LABEL)) {
      if (this.#isTold(timeOf(detection.startSample))) continue;
      const { arrivals = {} } = detection;
      const own = picks.filter(({ label, sample }) => arrivals[label] === sample);
      const snr = this.#snrOf(stretch, index, own);
      const arrivalTimes = Object.fromEntries(
        own.map((pick, k): [string, DetectionArrival] => [
          pick.label,
          { time: timeOf(pick.sample), snrDb: snr[k] },
        ]),
      );
      told.push({ ...timed(detection), arrivalTimes });
      for (const pick of own.map(timed)) if (this.#isNew(pick)) told.push(pick);
    }
    return told;
  }

  /** Measured on the window as it was fed. */
  #snrOf(
    { windowing, inputs }: AnsweredStretch,
    index: number,
    picks: readonly RulePick[],
  ): (number | undefined)[] {
    const { windowSamples } = windowing;
    const rows = new Float32Array(inputs.length * windowSamples);
    const preparer = new WindowPreparer(this.#preparation, windowSamples);
    preparer.write(inputs, windowStart(windowing, index), rows, 0);
    return picks.map(({ sample }) => windowSnrDb(rows, windowSamples, sample));
  }

  #isTold(startNs: EpochNs): boolean {
    const near = this.#eventsNs.some((other) => {
      const apart = other - startNs;
      return apart < SAME_EVENT_NS && -apart < SAME_EVENT_NS;
    });
    if (!near) this.#eventsNs.push(startNs);
    return near;
  }

  /** Two events may share a pick. */
  #isNew({ label, time }: SensorPick): boolean {
    if (this.#picks.some((other) => other.label === label && other.time === time)) return false;
    this.#picks.push({ label, time });
    return true;
  }

  #forget(windowNs: EpochNs, seconds: number): void {
    const before = windowNs - BigInt(Math.round(seconds * 1e9));
    this.#eventsNs = this.#eventsNs.filter((time) => time >= before);
    this.#picks = this.#picks.filter(({ time }) => time >= before);
  }
}
