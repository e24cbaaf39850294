// What a network of any picker needs to be run over records: the parts of its card that decide the numbers.

import { AppError } from '../../base/appError.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { BATCH_SIZE } from '../spec.ts';

/** What is done to each window before it is fed, in this order: mean, line, scale, taper. */
export interface WindowPreparation {
  readonly demean: boolean;
  /** Removes the least-squares line of each row, after the mean. */
  readonly detrend: boolean;
  /** Undefined where the network scales its input itself. */
  readonly scale: WindowScale | undefined;
  /** Length of the cosine flank at each end; 0 for none. */
  readonly taperSamples: number;
}

/** Values are divided by (std or largest absolute value) + epsilon, of each component or of all together. */
export type WindowScale = {
  readonly scope: 'component' | 'window';
  readonly epsilon: number;
} & ({ readonly by: 'std'; readonly divisor: 'n' | 'n-1' } | { readonly by: 'peak' });

/** One probability per sample and label, or one per window and label that belongs to one sample of it. */
export type RunnerOutput =
  | { readonly kind: 'samples'; readonly overlap: number }
  | { readonly kind: 'point'; readonly labelSample: number; readonly strideSamples: number };

export type Stacking = 'avg' | 'max';

/** A picker as the runner sees it; all of it comes from the pack. */
export interface RunnerSpec {
  readonly id: string;
  readonly samplingRateHz: number;
  readonly windowSamples: number;
  /** Component letters in the order of the input rows. */
  readonly components: readonly string[];
  /** Labels in the order of the output rows; `N` is noise, `Detection` a span and not a pick. */
  readonly labels: readonly string[];
  /** Applied to every contiguous trace at its own rate, before resampling. */
  readonly filter: BandFilter | undefined;
  readonly preparation: WindowPreparation;
  readonly output: RunnerOutput;
  readonly stacking: Stacking;
  /** Samples not used at the start and the end of every window. */
  readonly blindingSamples: readonly [number, number];
  readonly thresholds: Readonly<Record<string, number>>;
}

export const NOISE_LABEL = 'N';
export const DETECTION_LABEL = 'Detection';

/** How one run differs from the spec's defaults. Words and defaults are those of SeisBench's `annotate`. */
export interface RunSettings {
  /** Below 1 a fraction of the window (rounded down), from 1 on samples. Only for answers per sample. */
  readonly overlap: number;
  /** Only for one answer per window. */
  readonly strideSamples: number;
  readonly stacking: Stacking;
  readonly blindingSamples: readonly [number, number];
  /** Only where every component is present; otherwise an absent one is fed as zeros. */
  readonly strict: boolean;
  /** Components 1 and N, 2 and E stand for each other. */
  readonly flexibleHorizontals: boolean;
  readonly zeroPhaseResample: boolean;
  readonly batchSize: number;
  /** By label. A pick begins at the threshold and ends below half of it. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** The settings a spec asks for. */
export function defaultSettings(spec: RunnerSpec): RunSettings {
  return {
    overlap: spec.output.kind === 'samples' ? spec.output.overlap : 0,
    strideSamples: spec.output.kind === 'point' ? spec.output.strideSamples : 1,
    stacking: spec.stacking,
    blindingSamples: spec.blindingSamples,
    strict: false,
    flexibleHorizontals: true,
    zeroPhaseResample: true,
    batchSize: BATCH_SIZE,
    thresholds: spec.thresholds,
  };
}

/** Throws `bad-input` for settings no record could be run with. */
export function checkSettings(spec: RunnerSpec, settings: RunSettings): void {
  hopSamples(spec, settings);
  const [before, after] = settings.blindingSamples;
  if (spec.output.kind === 'samples' && before + after >= spec.windowSamples) {
    throw new AppError(
      'bad-input',
      `blinding ${before} and ${after} samples leaves nothing of the ${spec.windowSamples} samples of a window of ${spec.id}; blind less`,
    );
  }
  atLeastOne(spec, 'batch', settings.batchSize, 'windows');
}

/** Samples from one window to the next. Throws `bad-input` where settings leave none. */
export function hopSamples(spec: RunnerSpec, settings: RunSettings): number {
  const { overlap, strideSamples } = settings;
  if (spec.output.kind === 'point') return atLeastOne(spec, 'stride', strideSamples);
  const samples = overlap < 1 ? Math.floor(overlap * spec.windowSamples) : overlap;
  if (!Number.isInteger(samples) || samples < 0) {
    throw new AppError(
      'bad-input',
      `overlap ${overlap} is not usable with ${spec.id}; give a fraction from 0 to below 1, or whole samples up to ${spec.windowSamples - 1}`,
    );
  }
  return atLeastOne(spec, `window less its overlap of ${samples}`, spec.windowSamples - samples);
}

function atLeastOne(spec: RunnerSpec, what: string, count: number, unit = 'samples'): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new AppError(
    'bad-input',
    `${spec.id} cannot run with a ${what} of ${count} ${unit}; a whole number from 1 is needed`,
  );
}
