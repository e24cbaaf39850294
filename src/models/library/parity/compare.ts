// A network's answers beside reference numbers.

import type { ParityReport } from '../../../domain/event/modelPack.ts';
import { type FedWindow } from './recipes.ts';

/** What one window has to be answered with. */
export interface ReferenceWindow {
  readonly input: FedWindow;
  /**
   * Values of all labels, in the order of the output, at some samples; sample 0 where one answer is for a window.
   * Undefined where the reference does not state it.
   */
  readonly values: ReadonlyMap<number, readonly (number | undefined)[]>;
  /** Where the curve of a label is highest. */
  readonly peaks: readonly { readonly label: number; readonly sample: number }[];
}

/** Reference numbers of one network. */
export interface ParityReference {
  /** Where they come from, in words. */
  readonly text: string;
  readonly tolerance: number;
  readonly peakToleranceSamples: number;
  /** Windows of one list go through the network together: some networks answer a batch, not a window. */
  readonly batches: readonly (readonly ReferenceWindow[])[];
}

/** Values of a network, C-contiguous: windows × labels × samples, or windows × labels. */
export interface NetworkAnswer {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

export type RunWindows = (input: Float32Array, shape: readonly number[]) => Promise<NetworkAnswer>;

/** Runs the reference's windows and compares. Throws what `run` throws. */
export async function compareWithReference(
  reference: ParityReference,
  samplingRateHz: number,
  run: RunWindows,
): Promise<ParityReport> {
  const found: Found = { windows: 0, values: 0, difference: 0, peakSamples: undefined };
  for (const batch of reference.batches) {
    const [first] = batch;
    if (first === undefined) continue;
    const { components, samples } = first.input;
    const input = new Float32Array(batch.length * components * samples);
    batch.forEach((window, k) => input.set(window.input.values, k * components * samples));
    const answer = await run(input, [batch.length, components, samples]);
    batch.forEach((window, k) => {
      compareWindow(window, windowAnswer(answer, k, batch.length), found);
    });
  }
  return reportOf(reference, samplingRateHz, found);
}

/** Nothing to compare with, which is never a pass. */
export function notCompared(text: string): ParityReport {
  return {
    verdict: 'not-compared',
    reference: undefined,
    windows: 0,
    values: 0,
    largestDifference: undefined,
    tolerance: undefined,
    largestPickDifferenceS: undefined,
    pickToleranceS: undefined,
    text,
  };
}

interface Found {
  windows: number;
  values: number;
  difference: number;
  peakSamples: number | undefined;
}

interface WindowAnswer {
  readonly labels: number;
  readonly samples: number;
  readonly values: Float32Array;
}

function windowAnswer({ values, shape }: NetworkAnswer, k: number, windows: number): WindowAnswer {
  const [, labels = 0, samples = 1] = shape;
  const size = values.length / windows;
  return { labels, samples, values: values.subarray(k * size, (k + 1) * size) };
}

function compareWindow(window: ReferenceWindow, answer: WindowAnswer, found: Found): void {
  const { labels, samples, values } = answer;
  found.windows += 1;
  for (const [sample, expected] of window.values) {
    expected.forEach((value, label) => {
      if (value === undefined) return;
      const own = label < labels && sample < samples ? values[label * samples + sample] : undefined;
      const difference = Math.abs((own ?? NaN) - value);
      found.values += 1;
      // Not-a-number compares false, and is never within a tolerance.
      found.difference = Number.isNaN(difference)
        ? Infinity
        : Math.max(found.difference, difference);
    });
  }
  for (const { label, sample } of window.peaks) {
    const row = values.subarray(label * samples, (label + 1) * samples);
    const off = row.length === 0 ? Infinity : Math.abs(highestOf(row) - sample);
    found.peakSamples = Math.max(found.peakSamples ?? 0, off);
  }
}

function highestOf(row: Float32Array): number {
  let highest = 0;
  row.forEach((value, k) => {
    if (value > (row[highest] ?? -Infinity)) highest = k;
  });
  return highest;
}

function reportOf(reference: ParityReference, rateHz: number, found: Found): ParityReport {
  const { tolerance, peakToleranceSamples } = reference;
  const { windows, values, difference, peakSamples } = found;
  const passes =
    values > 0 && difference <= tolerance && (peakSamples ?? 0) <= peakToleranceSamples;
  const time =
    peakSamples === undefined
      ? ''
      : `, of a pick's time ${(peakSamples / rateHz).toFixed(2)} s (allowed ${(peakToleranceSamples / rateHz).toFixed(2)} s)`;
  return {
    verdict: values === 0 ? 'not-compared' : passes ? 'pass' : 'fail',
    reference: reference.text,
    windows,
    values,
    largestDifference: difference,
    tolerance,
    largestPickDifferenceS: peakSamples === undefined ? undefined : peakSamples / rateHz,
    pickToleranceS: peakSamples === undefined ? undefined : peakToleranceSamples / rateHz,
    text: `largest difference ${difference.toExponential(1)} (allowed ${tolerance.toExponential(1)})${time}, ${values} values of ${windows} windows; ${reference.text}`,
  };
}

/** Several comparisons as one: the worst of them. */
export function worstOf(reports: readonly ParityReport[]): ParityReport {
  const order = ['fail', 'not-compared', 'pass'];
  const [first, ...others] = reports.toSorted(
    (a, b) =>
      order.indexOf(a.verdict) - order.indexOf(b.verdict) ||
      (b.largestDifference ?? 0) - (a.largestDifference ?? 0),
  );
  if (first === undefined) return notCompared('not compared: there is no network');
  const sum = (count: (report: ParityReport) => number): number =>
    others.reduce((total, report) => total + count(report), count(first));
  return { ...first, windows: sum(({ windows }) => windows), values: sum(({ values }) => values) };
}
