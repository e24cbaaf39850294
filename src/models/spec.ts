// What a network of any picker needs to be run over records, and what is to be said of it. All of it comes from
// the pack's `model.json` (card.ts) or the settings beside published weights; nothing about a model is coded elsewhere.

import type { ModelUse } from '../domain/event/modelPack.ts';
import type {
  PickRule,
  RunSettings,
  Stacking,
  WindowPreparation,
} from '../domain/event/runSettings.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';

export interface ModelSpec extends RunnerSpec {
  /** Empty where the card has none. */
  readonly version: string;
  readonly title: string;
  /** The architecture in words. */
  readonly network: string;
  readonly use: ModelUse;
  /** The use in the card's own words. */
  readonly useNote: string;
  readonly licence: ModelLicence;
  /** Where the weights come from, in words. */
  readonly source: string;
  /** Empty where the card has none. */
  readonly citation: string;
  /** Of `file`, lower-case hexadecimal; empty where the card states none. */
  readonly sha256: string;
  /** Of the weights as published, where the network was converted from them; empty otherwise. */
  readonly weightsSha256: string;
  readonly file: string;
  readonly inputName: string;
  readonly outputName: string;
  /** One line for each set of data; empty where it is not known. */
  readonly trainingData: readonly string[];
  readonly limits: readonly string[];
}

export interface ModelLicence {
  /** SPDX identifier, or words. */
  readonly name: string;
  /** Empty where the card has none. */
  readonly holder: string;
  readonly note: string;
}

/**
 * `samples`: a value per label and sample. `point`: one per label and window, which belongs to one sample of it.
 * `waveform`: the input's components again, denoised for instance; never picked.
 */
export type RunnerOutput =
  | {
      readonly kind: 'samples';
      readonly overlap: number;
      /** Of networks that answer in fewer steps: so many a window, each held for its share of the samples. */
      readonly steps?: number;
    }
  | { readonly kind: 'point'; readonly labelSample: number; readonly strideSamples: number }
  | { readonly kind: 'waveform'; readonly overlap: number };

/** The numbers of a picker: how it is run unless a person says otherwise. */
export interface RunnerSpec {
  readonly id: string;
  readonly samplingRateHz: number;
  /** The length it was trained on. */
  readonly windowSamples: number;
  /** Whether the network takes windows of other lengths. */
  readonly anyLength: boolean;
  /** Component letters in the order of the input rows. */
  readonly components: readonly string[];
  /** What happens when a component is absent, in words; such a row is fed as zeros. */
  readonly missingComponents: string;
  /** Labels in the order of the output rows; `N` is noise, `Detection` a span and not a pick. */
  readonly labels: readonly string[];
  /** Applied to every contiguous record. */
  readonly filter: BandFilter | undefined;
  /** Removes the least-squares line of every contiguous record, before the filter. */
  readonly detrendRecords: boolean;
  /** Whether records are filtered at their own rate, or at the model's. */
  readonly filterBeforeResampling: boolean;
  readonly preparation: WindowPreparation;
  readonly output: RunnerOutput;
  readonly stacking: Stacking;
  /** Samples not used at the start and the end of every window. */
  readonly blindingSamples: readonly [number, number];
  readonly pickRule: PickRule;
  /** By label; labels without one are not picked. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Windows that go through the network at once. */
  readonly batchSize: number;
  /** Named changes of the settings, `original` for instance: as the authors' own program runs it. */
  readonly presets: Readonly<Record<string, RunPreset>>;
}

export interface RunPreset {
  /** What it does, in a sentence. */
  readonly text: string;
  readonly settings: Partial<RunSettings>;
}

/** Windows that go through a network with one answer a sample at once; the fastest on every machine measured. */
export const BATCH_SIZE = 8;

/** Networks with one answer a window are small: more of them at once. */
export const POINT_BATCH_SIZE = 128;

export const MISSING_AS_ZEROS = 'any may be missing: an absent component is fed as zeros';

export const NOISE_LABEL = 'N';
export const DETECTION_LABEL = 'Detection';

export interface LabelRow {
  readonly phase: string;
  /** In the network's output. */
  readonly row: number;
}

/** All labels but noise, with their row in the output: those whose curves are kept. */
export function phaseLabels(spec: Pick<RunnerSpec, 'labels'>): LabelRow[] {
  return spec.labels
    .map((phase, row) => ({ phase, row }))
    .filter(({ phase }) => phase !== NOISE_LABEL);
}

/** The labels that become picks: all but noise and detections. */
export function pickedLabels(spec: Pick<RunnerSpec, 'labels'>): string[] {
  return spec.labels.filter((label) => label !== NOISE_LABEL && label !== DETECTION_LABEL);
}

/** `MIT, the Onset authors, 2026`. */
export function licenceText({ licence }: Pick<ModelSpec, 'licence'>): string {
  return [licence.name, licence.holder].filter((part) => part !== '').join(', ');
}
