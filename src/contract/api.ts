// Every call and event between the page (or the command line) and the backend.
// Nothing crosses the boundary that is not named here. Calls are `area.verbNoun`, events `area.pastOrState`.

import type { EpochNs } from '../base/time.ts';
import type { ReviewSummary } from '../domain/evaluation/reviewSummary.ts';
import type { ScoreReport } from '../domain/evaluation/score.ts';
import type { SweepGoal, SweepReport } from '../domain/evaluation/sweepReport.ts';
import type { TestLock } from '../domain/evaluation/testLock.ts';
import type { Tolerance } from '../domain/evaluation/tolerance.ts';
import type { DetectorSettings } from '../domain/event/detectorSettings.ts';
import type { Combination } from '../domain/event/ensemble.ts';
import type { ModelImport, ModelVerification } from '../domain/event/modelPack.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { Decision, PickChange, PickContent } from '../domain/event/pick.ts';
import type { ScatterOfPick } from '../domain/event/pickScatter.ts';
import type { ProviderReport } from '../domain/event/provider.ts';
import type { RepickedRun } from '../domain/event/repick.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { PickQuery } from '../domain/event/pickQuery.ts';
import type { Origin, SeismicEvent } from '../domain/event/seismicEvent.ts';
import type { SetDifference } from '../domain/parameterSet/diffSets.ts';
import type { SetApplication, SetDetails, SetInfo } from '../domain/parameterSet/setInfo.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import type { StreamInfo, TraceWindow } from '../domain/waveform/traceWindow.ts';
import type {
  EditReply,
  ExportPreview,
  ExportRequest,
  ImportReport,
  PickCounts,
  PickDensity,
  PickPage,
  PickVersion,
  PickerProgram,
  UndoState,
  ValuedPickPage,
} from './messages/catalog.ts';
import type {
  ComparedPicks,
  Comparison,
  EvaluationReply,
  LockView,
  PickSetRef,
  SetRef,
  TestScore,
  TestScoreArgs,
  RepickArgs,
  TuningScoreArgs,
} from './messages/comparison.ts';
import type {
  DetectorLevels,
  DetectorView,
  ProposeArgs,
  ProposeReply,
  RetriggeredRun,
} from './messages/detector.ts';
import type {
  AnnotateReport,
  AnnotateRequest,
  DenoiseReport,
  DenoiseRequest,
  FollowEnd,
  FollowPart,
  FollowRequest,
  ArchiveScanReport,
  ArchiveScanRequest,
  EnsembleRequest,
  ModelImportRequest,
  ModelInfo,
  PickExplanation,
  ProbabilityTrace,
  WindowInput,
} from './messages/models.ts';
import type {
  FileListing,
  FileRef,
  Job,
  Notice,
  ReceivedFile,
  SessionInfo,
  SettingsScope,
  SourceFile,
  StreamKey,
} from './messages/session.ts';

const call = <A, R>(): { kind: 'call'; args?: A; reply?: R } => ({ kind: 'call' });
const event = <P>(): { kind: 'event'; payload?: P } => ({ kind: 'event' });

type NoArgs = Record<string, never>;

export const api = {
  'session.get': call<NoArgs, SessionInfo>(),
  'session.dismissHint': call<NoArgs, void>(),
  'project.open': call<{ file: FileRef }, SessionInfo>(),
  'project.create': call<{ folder: FileRef; name: string }, SessionInfo>(),
  'project.openSample': call<NoArgs, SessionInfo>(),
  'settings.load': call<{ scope: SettingsScope }, Record<string, unknown>>(),
  'settings.save': call<{ scope: SettingsScope; key: string; value: unknown }, void>(),

  'file.list': call<{ folder: FileRef | undefined }, FileListing>(),
  /** A reference to write a new file in a folder; `bad-input` where one of that name is there already. */
  'file.create': call<{ folder: FileRef; name: string }, { file: FileRef }>(),
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
      /** Of an ensemble's run: its members taken together another way. */
      remade?: { readonly runId: number; readonly ensemble: Combination };
    },
    ProbabilityTrace[]
  >(),

  'model.list': call<NoArgs, ModelInfo[]>(),
  /**
   * Starts the model's process and loads the model, so that a run begins at once; with `runOnce` it is run too, for which
   * there should be time. What fails is told by the run.
   */
  'model.prepare': call<{ modelId: string; folder?: FileRef; runOnce?: boolean }, void>(),
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
  'model.annotate': call<AnnotateRequest, { jobId: string }>(),
  /** Writes what a network from waveform to waveform makes of the records, as miniSEED under another location code. */
  'model.denoise': call<DenoiseRequest, { jobId: string }>(),
  'model.denoiseReport': call<{ jobId: string }, DenoiseReport>(),
  /** What was written. Throws `not-found` before its end. */
  'model.annotateReport': call<{ jobId: string }, AnnotateReport>(),
  /** Windows the networks have answered since the program started: tuning a run adds none. */
  'model.stats': call<NoArgs, { windows: number }>(),
  /** What is known of a pack that is not installed. */
  'model.describe': call<{ folder: FileRef }, ModelInfo>(),
  /** Files and folders: ready packs and published weights, with what lies beside them. */
  'model.import': call<ModelImportRequest, { jobId: string }>(),
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
  /** A run over records that come from outside; its picks are told by `follow.store`. */
  'follow.begin': call<FollowRequest, { runId: number }>(),
  /** Picks that are final; of a sensor in order of time. */
  'follow.store': call<FollowPart, { added: number }>(),
  'follow.finish': call<FollowEnd, void>(),
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
  /** The window whose middle is nearest to the time; with the run's settings, or the model's own. Of several, a member's. */
  'model.windowInput': call<
    {
      modelId: string;
      runId: number | undefined;
      /** From 0; the first when absent. */
      member?: number;
      sensorKey: string;
      time: EpochNs;
    },
    WindowInput
  >(),
  'job.list': call<NoArgs, Job[]>(),
  'job.cancel': call<{ jobId: string }, void>(),

  'catalog.listPicks': call<PickQuery, PickPage>(),
  'catalog.countPicks': call<PickQuery, PickCounts>(),
  'catalog.pickDensity': call<{ window: TimeWindow; binCount: number }, PickDensity>(),
  'catalog.pickHistory': call<{ pickId: number }, PickVersion[]>(),
  /** `rejected`: a machine's candidate that is turned down, in one act. `method`: what made the time, if not the hand alone. */
  'catalog.addPick': call<
    { pick: PickContent; replacing?: number; rejected?: boolean; method?: string },
    EditReply
  >(),
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
  'tuning.repick': call<RepickArgs, RepickedRun>(),
  /** The picks of `tuning.repick` against a reference, with all that is drawn of it. */
  'tuning.score': call<TuningScoreArgs, EvaluationReply>(),

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
  /** An onset near a place an analyst points at; nothing is stored. */
  'detector.propose': call<ProposeArgs, ProposeReply>(),
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
  'tuning.getLock': call<NoArgs, LockView>(),
  /** `before`: what the person saw; refused where another page has changed it since. */
  'tuning.setLock': call<{ lock: TestLock; before?: TestLock }, void>(),
  /**
   * The score of a run's curves, picked again with changes, on the locked part. A set is scored there once; asked again
   * what was seen then is answered, with its time.
   */
  'tuning.testScore': call<TestScoreArgs, TestScore>(),

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
    {
      reference: PickSetRef;
      picks: PickSetRef;
      tolerance: Tolerance;
      withinData: boolean;
      /** By station, hour, distance and SNR too. */
      parts?: boolean;
    },
    { report: ScoreReport; warnings: readonly string[] }
  >(),
  /** The same with curves, parts, reliability, suggestions and every onset. */
  'evaluation.report': call<
    { reference: PickSetRef; picks: PickSetRef; tolerance: Tolerance; withinData: boolean },
    EvaluationReply
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
