import type { EpochNs } from '../../base/time.ts';
import { samplesToNs } from '../../domain/waveform/traceSegment.ts';
import { type AnnotatedCurve, trimmedCurve } from '../../models/annotate/annotatedCurve.ts';
import type { CurveBlock } from '../../models/keptCurves/sensorPicker.ts';

/** A block that begins within this part of a sample of where the last one ended goes on from it. */
const SAME_STRETCH_SAMPLES = 0.75;

interface OpenStretch {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly parts: Map<string, Float32Array[]>;
  length: number;
}

/** Curves of one sensor, block by block, made one for each stretch of data and label, without NaN at their ends. */
export class CurveJoin {
  readonly #streamId: string;
  readonly #labels: readonly string[];
  readonly #curves: AnnotatedCurve[] = [];
  #stretch: OpenStretch | undefined;

  constructor(streamId: string, labels: readonly string[]) {
    this.#streamId = streamId;
    this.#labels = labels;
  }

  take({ startNs, sampleRateHz, curves }: Omit<CurveBlock, 'warnings'>): void {
    const stretch = this.#goesOn(startNs, sampleRateHz) ?? this.#begin(startNs, sampleRateHz);
    let length = 0;
    for (const label of this.#labels) {
      const values = curves[label]?.slice() ?? new Float32Array(0);
      stretch.parts.get(label)?.push(values);
      length = values.length;
    }
    stretch.length += length;
  }

  /** By time, then in the order of the labels. */
  end(): readonly AnnotatedCurve[] {
    this.#close();
    return this.#curves;
  }

  #goesOn(startNs: EpochNs, sampleRateHz: number): OpenStretch | undefined {
    const stretch = this.#stretch;
    if (stretch === undefined || stretch.sampleRateHz !== sampleRateHz) return undefined;
    const endNs = stretch.startNs + samplesToNs(stretch.length, sampleRateHz);
    const apart = (Math.abs(Number(startNs - endNs)) * sampleRateHz) / 1e9;
    return apart <= SAME_STRETCH_SAMPLES ? stretch : undefined;
  }

  #begin(startNs: EpochNs, sampleRateHz: number): OpenStretch {
    this.#close();
    const parts = new Map(this.#labels.map((label) => [label, [] as Float32Array[]]));
    this.#stretch = { startNs, sampleRateHz, parts, length: 0 };
    return this.#stretch;
  }

  #close(): void {
    const stretch = this.#stretch;
    this.#stretch = undefined;
    if (stretch === undefined) return;
    const { startNs, sampleRateHz } = stretch;
    for (const [label, parts] of stretch.parts) {
      const values = new Float32Array(stretch.length);
      let at = 0;
      for (const part of parts) {
        values.set(part, at);
        at += part.length;
      }
      const whole = { streamId: this.#streamId, label, startNs, sampleRateHz, values };
      const curve = trimmedCurve(whole);
      if (curve !== undefined) this.#curves.push(curve);
    }
  }
}
