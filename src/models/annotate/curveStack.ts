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
  const rows = labels.map(() =>
    settings.stacking === 'max' ? largestRow(piece.samples) : meanRow(piece.samples),
  );
  return {
    windows: windowCount(windowing),
    startOf: (window) => windowStart(windowing, window),
    add(window, answers, at) {
      const from = windowStart(windowing, window) + blindBefore;
      const length = Math.max(0, windowSamples - blindBefore - blindAfter);
      for (let label = 0; label < rows.length; label += 1) {
        const first = at + label * windowSamples + blindBefore;
        rows[label]?.add(from, answers.subarray(first, first + length));
      }
    },
    curves() {
      const values = rows.map((row) => row.finish());
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

/** The curve of one label in the making; NaN among the answers counts for nothing. */
interface StackRow {
  add(from: number, answer: Float32Array): void;
  finish(): Float32Array;
}

function meanRow(samples: number): StackRow {
  const sum = new Float32Array(samples);
  // How many more answers there are at a sample than at the one before.
  const steps = new Int16Array(samples + 1);
  const change = (at: number, by: number): void => {
    steps[at] = (steps[at] as number) + by;
  };
  return {
    add(from, answer) {
      change(from, 1);
      change(from + answer.length, -1);
      if (hasNaN(answer)) {
        answer = answer.map((value, i) => {
          if (!Number.isNaN(value)) return value;
          change(from + i, -1);
          change(from + i + 1, 1);
          return 0;
        });
      }
      addTo(sum, from, answer);
    },
    finish() {
      let count = 0;
      for (let i = 0; i < samples; i += 1) {
        count += steps[i] as number;
        sum[i] = count === 0 ? NaN : (sum[i] as number) / count;
      }
      return sum;
    },
  };
}

function hasNaN(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number;
  return Number.isNaN(sum);
}

function addTo(sum: Float32Array, from: number, answer: Float32Array): void {
  for (let i = 0; i < answer.length; i += 1) {
    sum[from + i] = (sum[from + i] as number) + (answer[i] as number);
  }
}

function largestRow(samples: number): StackRow {
  const largest = new Float32Array(samples).fill(NaN);
  return {
    add(from, answer) {
      for (let i = 0; i < answer.length; i += 1) {
        const value = answer[i] as number;
        // Written so that NaN in the curve gives way and NaN in the answer does not.
        if (!(value <= (largest[from + i] as number)) && !Number.isNaN(value)) {
          largest[from + i] = value;
        }
      }
    },
    finish: () => largest,
  };
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
