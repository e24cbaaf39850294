// What the calls of models, runs and their curves carry.

import type { EpochNs } from '../../base/time.ts';
import type { ArchiveScanOptions, ScanProgram } from '../../domain/event/archiveScan.ts';
import type { Ensemble } from '../../domain/event/ensemble.ts';
import type { FollowedPick } from '../../domain/event/followedPick.ts';
import type { ChecksumState, ModelUse } from '../../domain/event/modelPack.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { TracePart } from '../../domain/waveform/traceWindow.ts';
import type { FileRef, StreamKey } from './session.ts';

export interface ProbabilityTrace {
  /** NET.STA.LOC plus band and instrument code: `UW.HANS..HH`. */
  readonly sensorKey: string;
  readonly runId: number;
  readonly phase: string;
  readonly threshold: number;
  /** Lower probabilities are not kept: there samples are drawn as 0, and bins from 0 to it. */
  readonly floor?: number;
  /** `samples` parts, or `bins` parts whose maxima are kept. Offset is 0. */
  readonly parts: readonly TracePart[];
}

/** Which model follows records, and how. */
export interface FollowRequest {
  readonly modelId: string;
  /** A pack's folder in the place of an installed model. */
  readonly folder?: FileRef | undefined;
  readonly settings: Partial<RunSettings> | undefined;
  readonly allowTestModel?: boolean;
}

export interface FollowPart {
  readonly runId: number;
  readonly picks: readonly FollowedPick[];
}

export interface FollowEnd {
  readonly runId: number;
  readonly state: 'done' | 'failed';
  readonly skipped: readonly SkippedStream[];
  readonly notes: readonly SkippedStream[];
}

export interface ModelInfo {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly sha256: string;
  readonly licence: string;
  readonly source: string;
  readonly samplingRateHz: number;
  readonly windowSamples: number;
  readonly labels: readonly string[];
  readonly missingComponents: string;
  readonly limits: readonly string[];
  /** Why it cannot run (wrong checksum, missing file), or undefined. */
  readonly problem: string | undefined;
  /** The architecture in words. */
  readonly network: string;
  readonly use: ModelUse;
  /** The use in the card's own words. */
  readonly useNote: string;
  readonly citation: string | undefined;
  /** What it was trained on, one line each; none when the card does not say. */
  readonly trainingData: readonly string[];
  /** In the order of the input rows. */
  readonly components: readonly string[];
  /** A value per sample, one per window, or a waveform; undefined for what cannot be run. */
  readonly outputKind: 'samples' | 'point' | 'waveform' | undefined;
  /** Whether windows of other lengths may be asked for. */
  readonly anyLength: boolean;
  /** Named changes of the settings. */
  readonly presets: Readonly<
    Record<string, { readonly text: string; readonly settings: Partial<RunSettings> }>
  >;
  /** The networks in the pack, the one that is run first. */
  readonly files: readonly string[];
  /** Of the file the weights were published in. */
  readonly sourceSha256: string | undefined;
  readonly checksum: ChecksumState;
  /** Sentences a person reads before running it. */
  readonly warnings: readonly string[];
  /** Whether it came with the program or was installed by the person, who may remove it. */
  readonly place: 'shipped' | 'own';
  /** Everything a run does unless told otherwise; undefined for what cannot be run. */
  readonly settings: RunSettings | undefined;
  /** Bytes of the network's file. */
  readonly sizeBytes: number;
}

export interface AnnotateRequest {
  readonly modelId: string;
  /** A pack's folder in the place of an installed model. */
  readonly folder?: FileRef;
  readonly streamKeys: readonly StreamKey[] | undefined;
  readonly window: TimeWindow | undefined;
  readonly settings: Partial<RunSettings> | undefined;
  readonly allowTestModel?: boolean;
  readonly target: FileRef;
}

export interface DenoiseRequest extends AnnotateRequest {
  /** Of the channels that are written. */
  readonly location: string;
}

export interface DenoiseReport {
  /** Gap-free stretches of channels. */
  readonly traces: number;
  readonly skipped: readonly SkippedStream[];
  readonly notes: readonly SkippedStream[];
}

export interface AnnotateReport {
  readonly curves: number;
  readonly picks: number;
  readonly skipped: readonly SkippedStream[];
  readonly notes: readonly SkippedStream[];
}

export interface ModelImportRequest {
  readonly files: readonly FileRef[];
  readonly answers?: ModelImportAnswers;
}

/** What a person knows of weights that do not say it themselves. */
export interface ModelImportAnswers {
  /** The pack's name in the library; taken from the file when undefined. */
  readonly id?: string;
  readonly licence?: string;
  readonly source?: string;
  /** The order of GPD's layers where no architecture file is beside the weights. */
  readonly gpdOrder?: 'fixed' | 'original';
  /** Replace a model of the same id. */
  readonly replace?: boolean;
}

/** Groups of files, one file for each component in the network's order, scanned one after another into a text. */
export interface ArchiveScanRequest {
  readonly modelId: string;
  /** A pack's folder, or weights as published, in the place of an installed model. */
  readonly weights: FileRef | undefined;
  readonly program: ScanProgram;
  readonly groups: readonly {
    /** In the list file, from 1. */
    readonly line: number;
    /** Names as the list has them. */
    readonly files: readonly { readonly name: string; readonly file: FileRef }[];
  }[];
  /** What differs from the program's own. */
  readonly options: Partial<ArchiveScanOptions>;
  readonly printPrecision: number | undefined;
  /** Lines are appended to it. */
  readonly out: FileRef;
  /** Folders that are there: pictures of picks, scores and waveforms of chunks. */
  readonly plots: FileRef | undefined;
  readonly scores: FileRef | undefined;
  readonly allowTestModel: boolean;
}

export interface ArchiveScanReport {
  readonly groups: number;
  readonly picks: number;
  readonly windows: number;
  /** Groups, or parts of them, that gave nothing, by their line in the list. */
  readonly failures: readonly { readonly line: number; readonly text: string }[];
  readonly skipped: readonly { readonly line: number; readonly text: string }[];
  /** Inside the network, summed over threads; and from start to end. */
  readonly networkS: number;
  readonly elapsedS: number;
}

/** What a network was fed in one window and what it answered. */
export interface WindowInput {
  readonly modelId: string;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly rows: readonly { readonly component: string; readonly samples: Float32Array }[];
  readonly outputs: readonly { readonly label: string; readonly values: Float32Array }[];
  /** Step of the outputs in samples, and the sample of the first: 1 and 0 for answers per sample. */
  readonly outputStepSamples: number;
  readonly outputFirstSample: number;
  /** Samples at each end whose answers are not used. */
  readonly blindingSamples: readonly [number, number];
  /** What was done to the records, in order: `resampled from 40 to 100 Hz`, `HHN absent: zeros`. */
  readonly steps: readonly string[];
}

/** Why a run has or has not picked at a time; the decisive reason first. */
export interface PickExplanation {
  readonly picked: boolean;
  readonly reasons: readonly {
    /** `below-threshold`, `blinded`, `gap`, … */
    readonly kind: string;
    /** With its numbers: `The highest probability of P within 0.5 s is 0.27, below the threshold 0.30.` */
    readonly text: string;
  }[];
}

/** Members are every model in every band with its windows moved by every shift. */
export interface EnsembleRequest {
  readonly rule: Ensemble['rule'];
  readonly models: readonly {
    readonly modelId: string;
    /** A pack's folder in the place of an installed model. */
    readonly folder?: FileRef;
    /** What is different for this one. */
    readonly settings?: Partial<RunSettings>;
  }[];
  /** In the place of each model's own filter. */
  readonly bands?: readonly BandFilter[];
  /** Windows begin at so many offsets, evenly over the distance of two of them. */
  readonly shifts?: number;
  readonly streamKeys: readonly StreamKey[] | undefined;
  readonly window: TimeWindow | undefined;
  /** For all members; thresholds and pick rule are of the common curve, unless `rule` is `first`. */
  readonly settings: Partial<RunSettings> | undefined;
  /** Seconds within which a member's own peak counts as the pick; 0.5 when absent. */
  readonly reachS?: number;
  /** Leaves out picks that fewer members see; at most as many as there are members. */
  readonly leastAgreeing?: number;
  /** One for each member, 0 leaves it out; all alike when absent. `mean` weighs with them. */
  readonly weights?: readonly number[];
  readonly allowTestModel?: boolean;
}
