// Every call and event between the page (or the command line) and the backend.
// Nothing crosses the boundary that is not named here. Calls are `area.verbNoun`, events `area.pastOrState`.

import type { EpochNs } from '../base/time.ts';
import type {
  ChecksumState,
  ModelImport,
  ModelUse,
  ModelVerification,
} from '../domain/event/modelPack.ts';
import type { DetectorSettings } from '../domain/event/detectorSettings.ts';
import type { ExpectedGain, PickValue } from '../domain/evaluation/pickValue.ts';
import type { ReviewSummary } from '../domain/evaluation/reviewSummary.ts';
import type { EvaluationReport } from '../domain/evaluation/evaluationReport.ts';
import type { ScoreReport } from '../domain/evaluation/score.ts';
import type { SweepGoal, SweepReport } from '../domain/evaluation/sweepReport.ts';
import type { TestLock, TestLook } from '../domain/evaluation/testLock.ts';
import type { Tolerance } from '../domain/evaluation/tolerance.ts';
import type { ArchiveScanOptions, ScanProgram } from '../domain/event/archiveScan.ts';
import type { ModelRun, SkippedStream } from '../domain/event/modelRun.ts';
import type { Ensemble } from '../domain/event/ensemble.ts';
import type { ProviderReport } from '../domain/event/provider.ts';
import type { ScatterOfPick } from '../domain/event/pickScatter.ts';
import type { Decision, Pick, PickChange, PickContent, PickState } from '../domain/event/pick.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { PickSettings, RepickedRun } from '../domain/event/repick.ts';
import type { SetDifference } from '../domain/parameterSet/diffSets.ts';
import type { SetChanges } from '../domain/parameterSet/setChanges.ts';
import type { SetApplication, SetDetails, SetInfo } from '../domain/parameterSet/setInfo.ts';
import type { Origin, SeismicEvent } from '../domain/event/seismicEvent.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo, TracePart, TraceWindow } from '../domain/waveform/traceWindow.ts';

const call = <A, R>(): { kind: 'call'; args?: A; reply?: R } => ({ kind: 'call' });
const event = <P>(): { kind: 'event'; payload?: P } => ({ kind: 'event' });

type NoArgs = Record<string, never>;

/** `NET.STA.LOC.CHA`. */
export type StreamKey = string;

/**
 * How a page names a file: a grant handed out by a dialog or the command line (`grant:…`),
 * or a place under a data folder as `file.list` gave it (`data:…`). Never a path it made up.
 */
export type FileRef = string;

export interface SessionInfo {
  readonly programVersion: string;
  readonly projectName: string;
  readonly projectPath: string;
  readonly isSample: boolean;
  readonly readOnly: boolean;
  /** Why the project is read-only: who holds it, or which permission is missing. */
  readonly readOnlyReason: string | undefined;
  readonly revision: number;
  readonly author: string;
  /** True when the person dismissed the three-step hint for good. */
  readonly hintDismissed: boolean;
  readonly dataFolders: readonly string[];
}

export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
  /** What happened, what is still good, what to do. */
  readonly text: string;
  readonly file: string | undefined;
}

export interface FileEntry {
  readonly name: string;
  readonly ref: FileRef;
  readonly kind: 'folder' | 'file';
  readonly sizeBytes: number;
}

/** A file that was dropped on the page in a browser; the name may begin with that of its folder. */
export interface ReceivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface SourceFile {
  readonly path: string;
  readonly format: string | undefined;
  readonly warnings: readonly string[];
  readonly error: string | undefined;
  /** The streams in it; none when it cannot be read. */
  readonly streamKeys: readonly string[];
  /** From its first sample to after its last. */
  readonly window: TimeWindow | undefined;
}

export type JobState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

export interface Job {
  readonly id: string;
  readonly label: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | undefined;
  /** What the job is at, or why it ended: `UW.HANS..HH, 3 of 12 stations`. */
  readonly detail: string;
  /** What remains when it is cancelled now: `Cancel, keep 4 stations`. */
  readonly cancelLabel: string;
}

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

export interface AnnotateReport {
  readonly curves: number;
  readonly picks: number;
  readonly skipped: readonly SkippedStream[];
  readonly notes: readonly SkippedStream[];
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

/** What a comparison sets against each other: the picks a run made, or those an analyst stands by. */
export type ComparedPicks =
  { readonly kind: 'run'; readonly runId: number } | { readonly kind: 'reference' };

export interface ComparedPick {
  /** The pick of the catalog; undefined when a later run of the same model took its place. */
  readonly pickId: number | undefined;
  readonly stream: string;
  readonly time: EpochNs;
  readonly probability: number | undefined;
}

/** One onset of a comparison: in both within the tolerance, or in one only. */
export interface ComparedOnset {
  readonly sensorKey: string;
  readonly phase: string;
  readonly a: ComparedPick | undefined;
  readonly b: ComparedPick | undefined;
}

/** Scores of A with B as the truth; undefined where nothing can be divided. */
export interface ComparisonScore {
  readonly phase: string;
  readonly matched: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
  /** B − A over the matched onsets. */
  readonly meanResidualS: number | undefined;
  readonly stdResidualS: number | undefined;
  /** F1 of the picks of A at or above each threshold; empty without probabilities. */
  readonly curve: readonly { readonly threshold: number; readonly f1: number }[];
}

export interface Comparison {
  readonly toleranceS: number;
  /** Only what both have looked at is compared; undefined where that is everything. */
  readonly window: TimeWindow | undefined;
  readonly sensorKeys: readonly string[];
  /** By time of A, else of B. */
  readonly onsets: readonly ComparedOnset[];
  readonly scores: readonly ComparisonScore[];
  /** What could not be compared and why. */
  readonly notes: readonly string[];
  readonly revision: number;
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

export interface PickQuery {
  readonly pickIds?: readonly number[];
  readonly window?: TimeWindow;
  readonly streamKeys?: readonly StreamKey[];
  readonly states?: readonly PickState[];
  /** Phase families or names: `P` takes Pn and Pg too. */
  readonly phases?: readonly string[];
  /** Part of the station code, any case. */
  readonly station?: string;
  readonly probabilityFrom?: number;
  readonly probabilityTo?: number;
  readonly runId?: number;
  /** Made with this parameter set; see `ModelRun.setHash`. */
  readonly setHash?: string;
  readonly eventId?: number;
  /** `threshold`: smallest |probability − threshold of its run| first. */
  readonly orderBy?: 'time' | 'threshold';
  readonly offset?: number;
  /** At most 5 000; default 1 000. */
  readonly limit?: number;
}

export interface PickPage {
  readonly picks: readonly Pick[];
  readonly total: number;
  readonly offset: number;
  readonly revision: number;
}

/** A page of the queue ordered by value. */
export interface ValuedPickPage extends PickPage {
  /** Of those on the page that wait for review, in their order. */
  readonly values: readonly PickValue[];
  /** Over all that wait and fit the query. */
  readonly gain: ExpectedGain;
}

export interface PickCounts {
  readonly total: number;
  readonly byState: Readonly<Record<PickState, number>>;
  readonly revision: number;
}

export interface PickVersion {
  readonly atNs: EpochNs;
  readonly author: string;
  /** `moved +0.04 s`, `polarity up`, `picked by onset-1, run 3`. */
  readonly label: string;
  readonly pick: Pick;
}

/** Counts of picks per bin over a span, for the overview strip. Phase families P and S. */
export interface PickDensity {
  readonly window: TimeWindow;
  readonly binCount: number;
  readonly p: Uint32Array;
  readonly s: Uint32Array;
  readonly pReviewed: Uint32Array;
  readonly sReviewed: Uint32Array;
}

export interface UndoState {
  /** `move P HANS +0.04 s`, or undefined when there is nothing to undo. */
  readonly undoLabel: string | undefined;
  readonly redoLabel: string | undefined;
}

export interface EditReply extends UndoState {
  readonly revision: number;
  /** The picks as they are now; removed ones are absent. */
  readonly picks: readonly Pick[];
}

export type ExportFormat = 'quakeml' | 'csv' | 'markers';

/** Programs of models' authors whose tables of picks can be written: PhaseNet's CSV, GPD's lines. */
export type PickerProgram = 'phasenet' | 'gpd';

export interface ExportRequest {
  readonly format: ExportFormat;
  readonly includeRejected: boolean;
  readonly pickIds?: readonly number[] | undefined;
}

export interface ExportPreview {
  readonly events: number;
  readonly picks: number;
  /** One sentence for each thing that will not survive in this format. */
  readonly losses: readonly string[];
}

export interface ImportReport {
  readonly picks: number;
  readonly events: number;
  readonly warnings: readonly string[];
}

/** A list of picks to score, or to score against. */
export type PickSetRef =
  /** CSV, QuakeML, markers, JSON of `scan`, or a project: of that the named run, else its newest run, as a reference its reviewed picks. */
  | { readonly kind: 'file'; readonly file: FileRef; readonly runId?: number | undefined }
  /** What a run of the open project found. */
  | { readonly kind: 'run'; readonly runId: number }
  /** What an analyst has confirmed or made in the open project. */
  | { readonly kind: 'reviewed' };

/** A parameter set: saved in the project, a file, or what a run was made with and what is changed of it. */
export type SetRef =
  | { readonly kind: 'saved'; readonly setId: number }
  | { readonly kind: 'file'; readonly file: FileRef }
  | { readonly kind: 'run'; readonly runId: number; readonly changes?: SetChanges };

/** How a set does on the locked part. */
export interface TestScore {
  readonly look: TestLook;
  /** False: it was looked at before, and this is what was seen then. */
  readonly first: boolean;
  readonly leakText: string | undefined;
}

/** What a detector makes of one stream in a view. */
export interface DetectorTrace {
  readonly streamKey: string;
  /** Its characteristic function, drawn as traces are. */
  readonly parts: readonly TracePart[];
  readonly triggers: readonly {
    readonly onNs: EpochNs;
    readonly offNs: EpochNs;
    /** Of the function. */
    readonly peak: number;
    /** Lies in a coincidence, where one is asked for. */
    readonly kept: boolean;
    readonly onsets: readonly { readonly phase: string; readonly time: EpochNs }[];
  }[];
  /** `loading`: ask again on `source.changed`. */
  readonly state: 'complete' | 'loading' | 'none';
  /** Why little or nothing is there. */
  readonly reason: string | undefined;
}

export interface DetectorView {
  readonly traces: readonly DetectorTrace[];
  /** Stations (`UW.HANS`) whose triggers lie together, in order of time. */
  readonly coincidences: readonly {
    readonly window: TimeWindow;
    readonly stations: readonly string[];
  }[];
}

/** What of a detector can be changed without making its function again. */
export type DetectorLevels = {
  readonly [
    N in 'onLevel' | 'offLevel' | 'minimumDurationS' | 'longestS' | 'coincidence'
  ]?: DetectorSettings[N];
};

/** Triggers of a run's kept function; trigger i is `…[i]` of each array. By sensor, then time. */
export interface RetriggeredRun {
  readonly sensorKeys: readonly string[];
  /** Places in `sensorKeys`. */
  readonly sensors: Uint32Array;
  readonly onNs: BigInt64Array;
  readonly offNs: BigInt64Array;
  readonly peaks: Float32Array;
  /** From which on and off level it is exact. */
  readonly lowestOnLevel: number;
  readonly lowestOffLevel: number;
  readonly warnings: readonly string[];
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
  readonly allowTestModel?: boolean;
}

/** Plain JSON kept for a person (all projects) or in a project. Keys are owned by the page. */
export type SettingsScope = 'user' | 'project';

export const api = {
  'session.get': call<NoArgs, SessionInfo>(),
  'session.dismissHint': call<NoArgs, void>(),
  'project.open': call<{ file: FileRef }, SessionInfo>(),
  'project.create': call<{ folder: FileRef; name: string }, SessionInfo>(),
  'project.openSample': call<NoArgs, SessionInfo>(),
  'settings.load': call<{ scope: SettingsScope }, Record<string, unknown>>(),
  'settings.save': call<{ scope: SettingsScope; key: string; value: unknown }, void>(),

  'file.list': call<
    { folder: FileRef | undefined },
    { folder: string; parent: FileRef | undefined; entries: FileEntry[] }
  >(),

  /** For a browser, which cannot say where dropped files lie: they are read from a copy until the program ends. */
  'file.receive': call<{ files: readonly ReceivedFile[] }, { files: FileRef[] }>(),

  'source.add': call<{ files: readonly FileRef[] }, { jobId: string }>(),
  'source.rescan': call<NoArgs, { jobId: string }>(),
  'source.list': call<NoArgs, { files: SourceFile[]; streams: StreamInfo[]; revision: number }>(),

  'waveform.window': call<
    {
      streamKeys: readonly StreamKey[];
      window: TimeWindow;
      widthPx: number;
      filter: BandFilter | undefined;
      demean: boolean;
    },
    TraceWindow[]
  >(),

  'probability.window': call<
    {
      sensorKeys: readonly string[];
      window: TimeWindow;
      widthPx: number;
      runId: number | undefined;
      /** The curves of each of these runs, in this order; takes the place of `runId`. */
      runIds?: readonly number[];
    },
    ProbabilityTrace[]
  >(),

  'model.list': call<NoArgs, ModelInfo[]>(),
  'model.run': call<
    {
      modelId: string;
      streamKeys: readonly StreamKey[] | undefined;
      window: TimeWindow | undefined;
      /** What differs from the model's own settings; thresholds by phase in any case. */
      settings: Partial<RunSettings> | undefined;
      /** A pack's folder in the place of an installed model. */
      folder?: FileRef;
      /** Lets models run that are for tests only or never for picking. */
      allowTestModel?: boolean;
    },
    { jobId: string; runId: number }
  >(),
  /** Several models, bands or shifts of the windows as one run; `first`: one model, its picks' scatter over the others. */
  'model.runEnsemble': call<EnsembleRequest, { jobId: string; runId: number }>(),
  /** Writes the curves of all labels and the picks: `.mseed` (float32, NaN in holes) or `.json`. */
  'model.annotate': call<
    {
      modelId: string;
      /** A pack's folder in the place of an installed model. */
      folder?: FileRef;
      streamKeys: readonly StreamKey[] | undefined;
      window: TimeWindow | undefined;
      settings: Partial<RunSettings> | undefined;
      allowTestModel?: boolean;
      target: FileRef;
    },
    { jobId: string }
  >(),
  /** What was written. Throws `not-found` before its end. */
  'model.annotateReport': call<{ jobId: string }, AnnotateReport>(),
  /** Windows the networks have answered since the program started: tuning a run adds none. */
  'model.stats': call<NoArgs, { windows: number }>(),
  /** What is known of a pack that is not installed. */
  'model.describe': call<{ folder: FileRef }, ModelInfo>(),
  /** Files and folders: ready packs and published weights, with what lies beside them. */
  'model.import': call<
    { files: readonly FileRef[]; answers?: ModelImportAnswers },
    { jobId: string }
  >(),
  /** Those of the files and folders that hold models, for what was dropped on the page. */
  'model.recognise': call<{ files: readonly FileRef[] }, { files: FileRef[] }>(),
  /** What an ended import did, one entry for each model found. Throws `not-found` before its end. */
  'model.importReport': call<{ jobId: string }, ModelImport[]>(),
  /** Compares installed models, or packs in folders, with their originals' numbers; all installed ones when neither is named. */
  'model.verify': call<
    { modelIds?: readonly string[]; folders?: readonly FileRef[] },
    { jobId: string }
  >(),
  'model.verifyReport': call<{ jobId: string }, ModelVerification[]>(),
  /** What can run a model here, the processor first: measured, and compared with it before anything is picked so. */
  'model.providers': call<{ modelId: string; folder?: FileRef }, ProviderReport[]>(),
  /** Deletes a model of the person's own folder; picks made with it stay. */
  'model.remove': call<{ modelId: string }, void>(),
  /** An archive scan: predictions go to a text file and not into the catalog. */
  'archive.scan': call<ArchiveScanRequest, { jobId: string }>(),
  /** What an ended archive scan did. Throws `not-found` before its end. */
  'archive.report': call<{ jobId: string }, ArchiveScanReport>(),
  'run.list': call<NoArgs, ModelRun[]>(),
  /** What the kept probability curves of each run take on the disk. */
  'run.curveSizes': call<NoArgs, { readonly runId: number; readonly bytes: number }[]>(),
  /** How far the members of an ensemble, or several offsets, agree on the run's picks, or on one of them. */
  'run.scatter': call<{ runId: number; pickId?: number }, ScatterOfPick[]>(),
  'run.compare': call<{ a: ComparedPicks; b: ComparedPicks; toleranceS: number }, Comparison>(),
  /** Without a run: by the newest that looked at the sensor there. */
  'run.explain': call<
    { runId: number | undefined; sensorKey: string; time: EpochNs; phase: string },
    PickExplanation
  >(),
  /** The window whose middle is nearest to the time; with the run's settings, or the model's own. */
  'model.windowInput': call<
    { modelId: string; runId: number | undefined; sensorKey: string; time: EpochNs },
    WindowInput
  >(),
  'job.list': call<NoArgs, Job[]>(),
  'job.cancel': call<{ jobId: string }, void>(),

  'catalog.listPicks': call<PickQuery, PickPage>(),
  'catalog.countPicks': call<PickQuery, PickCounts>(),
  'catalog.pickDensity': call<{ window: TimeWindow; binCount: number }, PickDensity>(),
  'catalog.pickHistory': call<{ pickId: number }, PickVersion[]>(),
  'catalog.addPick': call<{ pick: PickContent; replacing?: number }, EditReply>(),
  'catalog.decidePicks': call<{ pickIds: readonly number[]; decision: Decision }, EditReply>(),
  'catalog.changePicks': call<{ pickIds: readonly number[]; change: PickChange }, EditReply>(),
  'catalog.removePicks': call<{ pickIds: readonly number[] }, EditReply>(),
  'catalog.undo': call<NoArgs, EditReply>(),
  'catalog.redo': call<NoArgs, EditReply>(),
  'catalog.undoState': call<NoArgs, UndoState & { revision: number }>(),
  'catalog.listEvents': call<{ window: TimeWindow | undefined }, SeismicEvent[]>(),
  'catalog.makeEvent': call<
    { pickIds: readonly number[]; origin: Origin | undefined },
    EditReply & { eventId: number }
  >(),
  'catalog.changeEvent': call<
    { eventId: number; origin: Origin | undefined; pickIds: readonly number[] | undefined },
    EditReply
  >(),
  'catalog.removeEvent': call<{ eventId: number }, EditReply>(),

  /**
   * The picks a run would have with other thresholds or another rule, from its kept curves; nothing is stored and the
   * network is not run. Throws `bad-input` for what the kept curves cannot answer exactly.
   */
  'tuning.repick': call<
    {
      runId: number;
      settings: PickSettings;
      /** All time when absent. */
      window?: TimeWindow;
      /** All sensors the run has curves of when absent. */
      sensorKeys?: readonly string[];
      /** Whether the heights of all peaks are counted too. */
      histograms?: boolean;
    },
    RepickedRun
  >(),
  /** The picks of `tuning.repick` against a reference, with all that is drawn of it. */
  'tuning.score': call<
    { runId: number; settings: PickSettings; reference: PickSetRef; tolerance: Tolerance },
    { report: EvaluationReport; warnings: readonly string[] }
  >(),

  /** A classic detector on what is in view; nothing is stored. Streams of other components than it looks at are left out. */
  'detector.preview': call<
    {
      settings: DetectorSettings;
      streamKeys: readonly StreamKey[];
      window: TimeWindow;
      widthPx: number;
    },
    DetectorView
  >(),
  /** The same over streams (all when undefined) and a span, as a run; its picks are in the catalog. */
  'detector.run': call<
    {
      settings: DetectorSettings;
      streamKeys: readonly StreamKey[] | undefined;
      window: TimeWindow | undefined;
    },
    { jobId: string; runId: number }
  >(),
  /**
   * Triggers a run would have had with other levels, durations or coincidence, from its kept function; nothing is stored or
   * filtered. Throws `bad-input` for levels below what is kept.
   */
  'detector.retrigger': call<{ runId: number; changes: DetectorLevels }, RetriggeredRun>(),

  /** Named sets of the project, by name and version. */
  'set.list': call<NoArgs, SetInfo[]>(),
  'set.get': call<{ set: SetRef }, SetDetails>(),
  /** What differs, field by field in words. */
  'set.diff': call<{ a: SetRef; b: SetRef }, SetDifference[]>(),
  /** Saves a version: the first of its name, else the next, which follows the newest of that name or the one named. */
  'set.save': call<{ set: SetRef; name: string; note: string; parentId?: number }, SetInfo>(),
  'set.remove': call<{ setId: number }, void>(),
  /** The set as the text of a file, for a browser to save. */
  'set.render': call<{ set: SetRef }, { fileName: string; text: string }>(),
  /** Writes the set as a file; a run's set is called as given, else after its model. */
  'set.export': call<
    { set: SetRef; target: FileRef; name?: string; note?: string },
    { path: string; sizeBytes: number }
  >(),
  /** Saves what a file holds, with its name, version, author and hash; one that is here already is answered. */
  'set.import': call<{ file: FileRef }, SetInfo>(),
  /** How each of its models is shown without being run, for the sliders. */
  'set.apply': call<{ set: SetRef }, SetApplication[]>(),
  /**
   * Runs each model of a set over its span and stations. `differences`: why the picks may differ from those the set was
   * made for. Throws `bad-input` with what is missing here, such as a model.
   */
  'set.run': call<
    { set: SetRef; allowTestModel?: boolean },
    { runs: { modelId: string; jobId: string; runId: number }[]; differences: string[] }
  >(),

  /**
   * Tries parameters (sweep.json: `{method, n, seed, parameters}`) and scores each against the reference, from the
   * run's kept curves wherever they can answer; nothing in the locked part is read. Cancelling keeps what was tried.
   */
  'tuning.sweep': call<
    {
      runId: number;
      reference: PickSetRef;
      tolerance: Tolerance;
      sweep: unknown;
      /** Whose F1 is sought to be large; `all` when absent. */
      goal?: SweepGoal;
      /** What lies where the open project has no waveforms is left out, if it has any. */
      withinData: boolean;
      allowTestModel?: boolean;
    },
    { jobId: string; planned: number }
  >(),
  /** What a sweep has found so far; at most 1 000 rows, all from `offset` on when there are no more. */
  'tuning.sweepReport': call<{ jobId: string; offset?: number; limit?: number }, SweepReport>(),
  /** What is kept apart from tuning, and every look at it. */
  'tuning.getLock': call<
    NoArgs,
    { lock: TestLock; looks: readonly TestLook[]; leakText: string | undefined }
  >(),
  'tuning.setLock': call<{ lock: TestLock }, void>(),
  /**
   * The score of a run's curves, picked again with changes, on the locked part. A set is scored there once; asked again
   * what was seen then is answered, with its time.
   */
  'tuning.testScore': call<
    {
      runId: number;
      changes?: SetChanges;
      reference: PickSetRef;
      tolerance: Tolerance;
      withinData: boolean;
      /** What the set is called in the record of looks. */
      name?: string;
    },
    TestScore
  >(),

  /**
   * Picks in the order in which looking at them is worth most: first those of `kept` that fit, in that order, then what
   * waits by value, then the rest by time. Adapts to every decision. `orderBy` is not looked at.
   */
  'review.queue': call<PickQuery & { readonly kept?: readonly number[] }, ValuedPickPage>(),
  /**
   * What the analyst made of the machine's picks, and the thresholds that follow for one run; for the one with the most
   * decisions when none is named. The tolerance says how far apart a pick and a reviewed onset may be.
   */
  'review.summary': call<{ runId?: number; tolerance?: Tolerance }, ReviewSummary>(),

  /** `withinData`: what lies where the open project has no waveforms is left out, if it has any. */
  'evaluation.score': call<
    { reference: PickSetRef; picks: PickSetRef; tolerance: Tolerance; withinData: boolean },
    { report: ScoreReport; warnings: readonly string[] }
  >(),
  /** The same with curves, parts, reliability, suggestions and every onset. */
  'evaluation.report': call<
    { reference: PickSetRef; picks: PickSetRef; tolerance: Tolerance; withinData: boolean },
    { report: EvaluationReport; warnings: readonly string[] }
  >(),

  'export.preview': call<ExportRequest, ExportPreview>(),
  'export.render': call<ExportRequest, { fileName: string; bytes: Uint8Array }>(),
  'export.write': call<ExportRequest & { target: FileRef }, { path: string; sizeBytes: number }>(),
  /** The picks of a run as the program of a model's authors writes them; amplitudes are read from what is open. */
  'export.pickTable': call<{ runId: number; program: PickerProgram }, { bytes: Uint8Array }>(),
  'import.files': call<{ files: readonly FileRef[] }, ImportReport>(),

  'session.changed': event<SessionInfo>(),
  'session.noticed': event<Notice>(),
  'source.changed': event<{ revision: number }>(),
  'job.progressed': event<Job>(),
  /** A model was installed or removed: ask for the list again. */
  'model.changed': event<NoArgs>(),
  'catalog.changed': event<{ revision: number; tables: readonly string[]; undo: UndoState }>(),
} as const;

type Api = typeof api;
type NamesOf<K extends string> = {
  [N in keyof Api]: Api[N] extends { kind: K } ? N : never;
}[keyof Api];

export type CallName = NamesOf<'call'>;
export type EventName = NamesOf<'event'>;
export type Args<N extends CallName> = Api[N] extends { args?: infer A }
  ? Exclude<A, undefined>
  : never;
export type Reply<N extends CallName> = Api[N] extends { reply?: infer R } ? R : never;
export type Payload<N extends EventName> = Api[N] extends { payload?: infer P }
  ? Exclude<P, undefined>
  : never;
export type Handlers = {
  [N in CallName]: (args: Args<N>, signal: AbortSignal) => Promise<Reply<N>>;
};
