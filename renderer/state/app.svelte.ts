import { getContext, setContext } from 'svelte';
import type { ModelInfo } from '../../src/contract/messages/models.ts';
import type { SessionInfo, SourceFile } from '../../src/contract/messages/session.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { BandFilter } from '../../src/domain/waveform/bandFilter.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { HostBridge } from '../client/hostBridge.ts';
import type { Dialogs } from './dialogs.svelte.ts';
import { DetectorBench } from './detector.svelte.ts';
import { EventList } from './eventList.svelte.ts';
import { ComparisonView } from './comparison.svelte.ts';
import { ContextMenu } from './contextMenu.svelte.ts';
import { Explanation } from './explanation.svelte.ts';
import { FilterState } from './filterState.svelte.ts';
import { IdleTracker } from './idle.svelte.ts';
import { JobList } from './jobList.svelte.ts';
import { Layout } from './layout.svelte.ts';
import { ModelLibrary } from './modelLibrary.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { PickView } from './pickView.svelte.ts';
import { Repick } from './repick.svelte.ts';
import { ReviewSummaryView } from './reviewSummary.svelte.ts';
import { ReviewQueue } from './reviewQueue.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Settings } from './settings.svelte.ts';
import { Timeline } from './timeline.svelte.ts';
import { SweepBench } from './sweep.svelte.ts';
import { TraceRows } from './traceRows.svelte.ts';
import { Tuning } from './tuning.svelte.ts';
import { TuningScore } from './tuningScore.svelte.ts';
import { TuningSheet } from './tuningSheet.svelte.ts';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost' | 'refused'; readonly reason: string };

/** What the page is laid out for. */
export type Space = 'review' | 'tune';

/** Signal-to-noise ratio of a pick as its trace was shown; no ratio where none can be had. */
export interface PickSnr {
  readonly pickId: number;
  readonly ratio: number | undefined;
  readonly filter: BandFilter | undefined;
}

/** Shared state of the page, made once at the root for each project. */
export class App {
  session = $state.raw<SessionInfo | undefined>(undefined);
  connection = $state.raw<Connection>({ kind: 'connecting' });
  theme = $state<'dark' | 'light'>('dark');
  space = $state<Space>('review');
  /** Probability strips under the zoom (`o`). */
  strips = $state(true);
  /** The runs whose curves they show, at most four; none for the newest. */
  stripRuns = $state.raw<readonly number[]>([]);
  /** The files of the project with their warnings. */
  files = $state.raw<readonly SourceFile[]>([]);
  runs = $state.raw<readonly ModelRun[]>([]);
  /** Saved sets, `strict 2`, by the hash of their content. */
  setNames = $state.raw<ReadonlyMap<string, string>>(new Map());
  snr = $state.raw<PickSnr | undefined>(undefined);
  /** The newest revision of the catalog the page has heard of. */
  revision = $state(0);
  /** Something has been exported since the page was opened. */
  exported = $state(false);
  /** What the status bar says once: all saved, nothing to undo. */
  remark = $state('');
  readonly client: Client;
  readonly host: HostBridge;
  readonly idle: IdleTracker;
  readonly timeline = new Timeline();
  readonly selection = new Selection();
  readonly filter: FilterState;
  readonly rows = new TraceRows();
  readonly notices: Notices;
  readonly menu = new ContextMenu();
  readonly explanation: Explanation;
  readonly dialogs: Dialogs;
  readonly settings: Settings;
  readonly layout: Layout;
  readonly jobs: JobList;
  readonly events: EventList;
  readonly picks: PickView;
  readonly queue: ReviewQueue;
  readonly comparison: ComparisonView;
  readonly library: ModelLibrary;
  readonly reviewSummary: ReviewSummaryView;
  readonly detector: DetectorBench;
  readonly repick: Repick;
  readonly tuning: Tuning;
  readonly tuningScore: TuningScore;
  readonly tuningSheet: TuningSheet;
  readonly sweep: SweepBench;

  /** From the page of the `former` project it has what is the person's, the program's or of no project; of its data nothing. */
  constructor(client: Client, host: HostBridge, dialogs: Dialogs, former?: App) {
    this.client = client;
    this.host = host;
    this.dialogs = dialogs;
    this.idle = former?.idle ?? new IdleTracker();
    this.notices = former?.notices ?? new Notices();
    this.filter = former?.filter ?? new FilterState();
    this.settings = former?.settings ?? new Settings(client, this.notices);
    this.layout = former?.layout ?? new Layout(this.settings);
    this.jobs = former?.jobs ?? new JobList(client);
    this.connection = former?.connection ?? this.connection;
    this.events = new EventList(client);
    this.picks = new PickView(client, () => this.filter.inForce);
    this.library = former?.library ?? new ModelLibrary(client, this.jobs, dialogs);
    this.explanation = new Explanation(client);
    this.comparison = new ComparisonView(client);
    this.queue = new ReviewQueue(client, this.picks, this.selection, this.timeline);
    this.reviewSummary = new ReviewSummaryView(this);
    this.detector = new DetectorBench(this);
    this.repick = new Repick(this);
    this.tuning = new Tuning(this);
    this.tuningScore = new TuningScore(this, this.tuning);
    this.tuningSheet = new TuningSheet(this, this.tuning);
    this.sweep = new SweepBench(this);
  }

  get models(): readonly ModelInfo[] {
    return this.library.models;
  }

  readonly readOnly = $derived(this.session?.readOnly ?? false);
  readonly hasData = $derived(this.rows.streams.length > 0);

  /** The run whose thresholds a pick is compared with. */
  runOf(runId: number | undefined): ModelRun | undefined {
    return runId === undefined ? undefined : this.runs.find((run) => run.id === runId);
  }

  /** The model's run that made the pick in hand, if one did: its curves and thresholds are the pick's. */
  readonly runInHand = $derived.by((): ModelRun | undefined => {
    const run = this.runOf(this.queue.current?.runId);
    return run?.state === 'failed' || run?.parameters.detector ? undefined : run;
  });

  /** What the set a run was made with is called, where it is saved under a name. */
  setNameOf({ setHash }: Pick<ModelRun, 'setHash'>): string | undefined {
    return setHash === undefined ? undefined : this.setNames.get(setHash);
  }

  /** Runs an act of a person: its failure becomes a notice, never silence. While it asks a person the page is idle. */
  async act(work: () => Promise<unknown>, { asks = false } = {}): Promise<void> {
    try {
      await (asks ? work() : this.idle.during(work()));
    } catch (error) {
      this.notices.report(error);
    }
  }
}

const KEY = Symbol('app');

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
