// Answers of overlapping windows put together to one curve a label.

import { type EpochNs, epochNs } from '../../base/time.ts';
import { samplesToNs } from '../../domain/waveform/traceSegment.ts';
import { windowCount, windowStart } from '../windowing.ts';
import type { Piece } from './pieces.ts';
import { hopSamples, type RunnerSpec, type RunSettings } from './runnerSpec.ts';

/** Probabilities of one label; value i lies at `startNs` + i / `sampleRateHz`. NaN where no window answers. */
export interface AnnotatedCurve {
  /** NET.STA.LOC */
  readonly streamId: string;
  readonly label: string;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly values: Float32Array;
}

/** Takes the windows of one piece in any order. */
export interface CurveStack {
  readonly windows: number;
  /** First sample of a window in the piece. */
  startOf(window: number): number;
  /** Takes `answers[at …]`: labels × samples, or labels, of one window. */
  add(window: number, answers: Float32Array, at: number): void;
  /** The curves without the NaN at their ends; a curve that is NaN throughout is left out. */
  curves(): AnnotatedCurve[];
}

export function curveStackFor(piece: Piece, spec: RunnerSpec, settings: RunSettings): CurveStack {
  return spec.output.kind === 'samples'
    ? sampleStack(piece, spec, settings)
    : pointStack(piece, spec, settings, spec.output.labelSample);
}

function sampleStack(piece: Piece, spec: RunnerSpec, settings: RunSettings): CurveStack {
  const { windowSamples, labels } = spec;
  const [blindBefore, blindAfter] = settings.blindingSamples;
  const windowing = {
    stretchSamples: piece.samples,
    windowSamples,
    hopSamples: hopSamples(spec, settings),
    blindingSamples: settings.blindingSamples,
  };
  const largest = settings.stacking === 'max';
  const values = labels.map(() => new Float32Array(piece.samples).fill(largest ? NaN : 0));
  const counts = labels.map(() => new Uint16Array(largest ? 0 : piece.samples));
  const put = largest ? putLargest : putSum;
  return {
    windows: windowCount(windowing),
    startOf: (window) => windowStart(windowing, window),
    add(window, answers, at) {
      const from = windowStart(windowing, window) + blindBefore;
      const length = Math.max(0, windowSamples - blindBefore - blindAfter);
      for (const [row, curve] of values.entries()) {
        const first = at + row * windowSamples + blindBefore;
        put(curve, counts[row] as Uint16Array, from, answers.subarray(first, first + length));
      }
    },
    curves() {
      if (!largest) values.forEach((sum, row) => average(sum, counts[row] as Uint16Array));
      return trimmedCurves(piece, labels, values, piece.startNs, spec.samplingRateHz);
    },
  };
}

function pointStack(
  piece: Piece,
  spec: RunnerSpec,
  settings: RunSettings,
  labelSample: number,
): CurveStack {
  const { labels, samplingRateHz } = spec;
  const stride = hopSamples(spec, settings);
  const windows = Math.floor((piece.samples - spec.windowSamples) / stride) + 1;
  const values = labels.map(() => new Float32Array(windows).fill(NaN));
  return {
    windows,
    startOf: (window) => window * stride,
    add(window, answers, at) {
      for (const [row, curve] of values.entries()) curve[window] = answers[at + row] as number;
    },
    curves() {
      const startNs = epochNs(piece.startNs + samplesToNs(labelSample, samplingRateHz));
      return trimmedCurves(piece, labels, values, startNs, samplingRateHz / stride);
    },
  };
}

type Put = (curve: Float32Array, count: Uint16Array, from: number, answer: Float32Array) => void;

const putSum: Put = (curve, count, from, answer) => {
  for (let i = 0; i < answer.length; i += 1) {
    const value = answer[i] as number;
    if (Number.isNaN(value)) continue;
    curve[from + i] = (curve[from + i] as number) + value;
    count[from + i] = (count[from + i] as number) + 1;
  }
};

const putLargest: Put = (curve, _count, from, answer) => {
  for (let i = 0; i < answer.length; i += 1) {
    const value = answer[i] as number;
    // Written so that NaN in the curve gives way and NaN in the answer does not.
    if (!(value <= (curve[from + i] as number)) && !Number.isNaN(value)) curve[from + i] = value;
  }
};

/** Sums to means; NaN where nothing was added. */
function average(sum: Float32Array, count: Uint16Array): void {
  for (let i = 0; i < sum.length; i += 1) {
    sum[i] = (sum[i] as number) / (count[i] === 0 ? NaN : (count[i] as number));
  }
}

function trimmedCurves(
  piece: Piece,
  labels: readonly string[],
  values: readonly Float32Array[],
  startNs: EpochNs,
  sampleRateHz: number,
): AnnotatedCurve[] {
  return labels.flatMap((label, row) => {
    const whole = values[row] as Float32Array;
    const first = whole.findIndex((value) => !Number.isNaN(value));
    if (first < 0) return [];
    const last = whole.findLastIndex((value) => !Number.isNaN(value));
    return [
      {
        streamId: piece.streamId,
        label,
        startNs: epochNs(startNs + samplesToNs(first, sampleRateHz)),
        sampleRateHz,
        values: whole.subarray(first, last + 1),
      },
    ];
  });
}
