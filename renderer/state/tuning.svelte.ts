// A run being tuned: its settings as they are turned, the picks they would make, and what that changes.

import type { SetInfo } from '../../src/domain/parameterSet/setInfo.ts';
import {
  type CandidateTable,
  candidateTable,
  countsPerBin,
  diffPicks,
  keptAt,
  limitsOf,
  type PickDiff,
  type PickSelection,
  thresholdsDecide,
} from '../../src/domain/event/candidates.ts';
import { durationS, type TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { PeakHistogram, PickSettings, RepickedRun } from '../../src/domain/event/repick.ts';
import type { PickRule, RunSettings } from '../../src/domain/event/runSettings.ts';
import { AppError } from '../../src/base/appError.ts';
import { epochNs } from '../../src/base/time.ts';
import type { TuningHost } from './tuningHost.ts';
import type { Change, ChangeKind } from './tuningChanges.ts';

/** What can be turned without a new run. */
export interface TuningSettings {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly pickRule: PickRule;
  readonly sensorThresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What the changes are counted against. */
export type TuningBase =
  | { readonly kind: 'saved' }
  | { readonly kind: 'run'; readonly runId: number }
  | {
      readonly kind: 'set';
      readonly set: SetInfo;
      /** The run whose curves answer it. */
      readonly runId: number;
      readonly settings: TuningSettings;
    };

/** Lower candidates are kept nowhere. */
const LEAST_THRESHOLD = 0.02;
/** Two picks of one onset lie at most so far apart. */
const SAME_NS = 0.5e9;
const BINS_S = [60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];

export function settingsOfRun({ parameters }: ModelRun): TuningSettings {
  const { thresholds, pickRule } = parameters.settings;
  return { thresholds, pickRule, sensorThresholds: parameters.stationThresholds ?? {} };
}

const everything = (table: CandidateTable): PickSelection => {
  return { table, kept: new Uint8Array(table.heights.length).fill(1) };
};
const sameRule = (a: PickRule, b: PickRule): boolean => JSON.stringify(a) === JSON.stringify(b);

export class Tuning {
  /** The run that is tuned; the newest that kept curves when undefined. */
  chosenRunId = $state<number | undefined>(undefined);
  /** Settings as turned, by run: a person comes back to what was left. */
  #drafts = $state.raw<ReadonlyMap<number, TuningSettings>>(new Map());
  base = $state.raw<TuningBase>({ kind: 'saved' });
  /** What is turned and needs a new run. */
  rerun = $state.raw<Partial<RunSettings>>({});
  /** An onset whose time changed by more has moved. */
  movedBeyondS = $state(0.1);
  /** `k`: picks of the old or the new settings in the detail. */
  shown = $state<'new' | 'old'>('new');
  /** What the left panel lists. */
  left = $state<'changes' | 'queue'>('changes');
  currentChange = $state.raw<Change | undefined>(undefined);
  /** All a rule could pick, whatever the threshold; with the rule it was asked for. */
  #candidates = $state.raw<{ table: CandidateTable; runId: number; rule: PickRule } | undefined>();
  /** Picks as answered, for rules whose thresholds do more than leave out. */
  #picked = $state.raw<{ runId: number; picks: PickSelection } | undefined>(undefined);
  /** Those in view, until all have been answered. */
  viewPicked = $state.raw<PickSelection | undefined>(undefined);
  #basePicked = $state.raw<{ key: string; picks: PickSelection } | undefined>(undefined);
  histograms = $state.raw<readonly PeakHistogram[]>([]);
  lowest = $state.raw<Readonly<Record<string, number>>>({});
  warnings = $state.raw<readonly string[]>([]);
  problem = $state('');
  /** The settings that all stations and all time show; follows the draft when the detail has been painted. */
  #wholeDraft = $state.raw<{ runId: number; settings: TuningSettings } | undefined>(undefined);
  #endWhole: (() => void) | undefined;
  #lowestOf = new Map<string, Readonly<Record<string, number>>>();
  #running = false;
  #next: (() => Promise<void>) | undefined;
  readonly #app: TuningHost;

  constructor(app: TuningHost) {
    this.#app = app;
  }

  readonly runs = $derived.by(() =>
    this.#app.runs
      .filter(({ state, parameters }) => state !== 'failed' && !parameters.detector)
      .toReversed(),
  );
  readonly run = $derived.by(
    () => this.runs.find(({ id }) => id === this.chosenRunId) ?? this.runs[0],
  );
  readonly saved = $derived(this.run && settingsOfRun(this.run));
  readonly draft = $derived.by((): TuningSettings | undefined =>
    this.run ? (this.#drafts.get(this.run.id) ?? this.saved) : undefined,
  );
  readonly baseSettings = $derived.by((): TuningSettings | undefined => {
    const { base } = this;
    if (base.kind === 'saved') return this.saved;
    if (base.kind === 'set') return base.settings;
    const run = this.runs.find(({ id }) => id === base.runId);
    return run && settingsOfRun(run);
  });
  readonly isChanged = $derived.by(() => JSON.stringify(this.draft) !== JSON.stringify(this.saved));
  /** Labels that are picked, in the order of the run's thresholds; `Detection` gates and is none. */
  readonly labels = $derived(Object.keys(this.draft?.thresholds ?? {}).filter((l) => l !== 'N'));

  /** All candidates of the run; while a rule is turned those of the last one stay. */
  readonly candidates = $derived.by((): CandidateTable | undefined => {
    const { run, draft } = this;
    const held = this.#candidates;
    if (!draft || !thresholdsDecide(draft.pickRule)) return undefined;
    return held?.runId === run?.id ? held?.table : undefined;
  });

  /** The picks of the settings as turned, of all stations and all time: a moment after those in view. */
  readonly picks = $derived.by((): PickSelection | undefined => {
    const { draft, run, candidates: table } = this;
    if (!draft || !run) return undefined;
    if (!thresholdsDecide(draft.pickRule)) {
      return this.#picked?.runId === run.id ? this.#picked.picks : undefined;
    }
    if (!table) return undefined;
    const settings = this.#wholeDraft?.runId === run.id ? this.#wholeDraft.settings : draft;
    return { table, kept: keptAt(table, limitsOf(table, settings)) };
  });

  readonly basePicks = $derived.by((): PickSelection | undefined => {
    const settings = this.baseSettings;
    const held = this.#candidates;
    if (settings && held && this.#sharesTable(settings)) {
      return { table: held.table, kept: keptAt(held.table, limitsOf(held.table, settings)) };
    }
    return this.#basePicked?.picks;
  });

  readonly diff = $derived.by((): PickDiff | undefined => {
    const { basePicks, picks } = this;
    if (!basePicks || !picks) return undefined;
    const limits = { sameNs: SAME_NS, movedNs: this.movedBeyondS * 1e9 };
    return diffPicks(basePicks, picks, limits);
  });

  readonly changeCounts = $derived.by((): Readonly<Record<ChangeKind, number>> => {
    const { gained, lost, moved } = this.diff ?? {};
    return {
      gained: gained?.length ?? 0,
      lost: lost?.length ?? 0,
      moved: (moved?.length ?? 0) / 2,
    };
  });

  /** Seconds of a bin of `perBin`: an hour for a day, shorter for shorter spans, that there is something to see. */
  readonly binS = $derived.by(() => {
    const { dataSpan } = this.#app.timeline;
    const spanS = dataSpan ? durationS(dataSpan) : 3600;
    return BINS_S.find((each) => spanS / each <= 48) ?? Math.ceil(spanS / 48);
  });

  /** Picks per bin of time, by label. */
  readonly perBin = $derived.by((): ReadonlyMap<string, Uint32Array> => {
    const { picks, binS } = this;
    const { dataSpan } = this.#app.timeline;
    if (!picks) return new Map();
    const bins = Math.max(1, Math.ceil((dataSpan ? durationS(dataSpan) : 3600) / binS));
    const counts = countsPerBin(picks, { binNs: binS * 1e9, bins });
    return new Map(picks.table.labels.map((label, i) => [label, counts[i] ?? new Uint32Array(1)]));
  });

  /** Whether the base's picks are among the candidates at hand. */
  #sharesTable(settings: TuningSettings): boolean {
    const held = this.#candidates;
    const ofThisRun = this.base.kind === 'saved' || this.base.runId === held?.runId;
    return (
      held !== undefined &&
      ofThisRun &&
      held.runId === this.run?.id &&
      thresholdsDecide(settings.pickRule) &&
      sameRule(settings.pickRule, held.rule)
    );
  }

  change(change: Partial<TuningSettings>): void {
    const { run, draft } = this;
    if (!run || !draft) return;
    this.#drafts = new Map(this.#drafts).set(run.id, { ...draft, ...change });
  }

  setThreshold(label: string, value: number): void {
    const least = this.lowest[label] ?? LEAST_THRESHOLD;
    const within = Math.min(1, Math.max(least, LEAST_THRESHOLD, value));
    this.change({ thresholds: { ...this.draft?.thresholds, [label]: within } });
  }

  /** Counts changes against a saved set, as the curves at hand answer it. Throws where they cannot. */
  async compareWithSet(set: SetInfo): Promise<void> {
    const { run, saved } = this;
    if (!run || !saved) return;
    const args = { set: { kind: 'saved', setId: set.id } } as const;
    const found = await this.#app.client.call('set.apply', args);
    const own = found.find(({ modelId }) => modelId === run.modelId) ?? found[0];
    if (own?.runId === undefined) {
      throw new AppError('bad-input', `${set.name}: ${own?.reason ?? 'it names no model'}`);
    }
    const { thresholds, pickRule, sensorThresholds } = own.settings;
    const settings = {
      thresholds: { ...saved.thresholds, ...thresholds },
      pickRule: pickRule ?? saved.pickRule,
      sensorThresholds: sensorThresholds ?? {},
    };
    this.base = { kind: 'set', set, runId: own.runId, settings };
  }

  blink(): void {
    this.shown = this.shown === 'new' ? 'old' : 'new';
  }

  revert(): void {
    const { run } = this;
    if (!run) return;
    const drafts = new Map(this.#drafts);
    drafts.delete(run.id);
    this.#drafts = drafts;
  }

  /** What has to be asked for; equal keys need no new answer. */
  readonly wish = $derived.by(() => {
    const { run, draft } = this;
    if (!run || !draft) return undefined;
    const { pickRule, thresholds, sensorThresholds } = draft;
    const own = thresholdsDecide(pickRule) ? [] : [thresholds, sensorThresholds];
    return {
      key: JSON.stringify([run.id, run.state, run.pickCount, pickRule, ...own]),
      run,
      draft,
    };
  });
  #wishKey = $derived(this.wish?.key);

  readonly #baseWish = $derived.by(() => {
    const { baseSettings, base, run } = this;
    if (!baseSettings || !run || this.#sharesTable(baseSettings)) return undefined;
    const runId = base.kind === 'saved' ? run.id : base.runId;
    return { key: JSON.stringify([runId, baseSettings]), runId, settings: baseSettings };
  });
  #baseKey = $derived(this.#baseWish?.key);

  /** For an effect: the whole span follows once the picks in view have been painted; the latest settings win. */
  followWhole(): void {
    void this.draft;
    if (this.#endWhole !== undefined) return;
    this.#endWhole = this.#app.idle.begin();
    requestAnimationFrame(() => setTimeout(() => this.#showWhole()));
  }

  #showWhole(): void {
    const { run, draft } = this;
    this.#wholeDraft = run && draft && { runId: run.id, settings: draft };
    this.#endWhole?.();
    this.#endWhole = undefined;
  }

  /** Asks for what is not there. For an effect: runs again when the rule or, where it matters, a threshold changes. */
  follow(): void {
    if (this.#wishKey === undefined) return;
    this.#latest(() => this.#load());
  }

  followBase(): void {
    if (this.#baseKey === undefined) return;
    void this.#app.act(() => this.#loadBase());
  }

  /** One question at a time; of those that wait only the last is asked. */
  #latest(work: () => Promise<void>): void {
    this.#next = work;
    if (this.#running) return;
    this.#running = true;
    const end = this.#app.idle.begin();
    const all = async (): Promise<void> => {
      for (let next = this.#next; next; next = this.#next) {
        this.#next = undefined;
        await next();
      }
    };
    void all().finally(() => {
      this.#running = false;
      end();
    });
  }

  async #load(): Promise<void> {
    const { wish } = this;
    if (!wish) return;
    const { run, draft } = wish;
    try {
      if (thresholdsDecide(draft.pickRule)) await this.#loadCandidates(run, draft.pickRule);
      else await this.#loadPicks(run, draft);
      this.problem = '';
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.viewPicked = undefined;
    }
  }

  async #loadCandidates(run: ModelRun, rule: PickRule): Promise<void> {
    const kept = `${run.id} ${run.state} ${rule.kind}`;
    const thresholds = Object.keys(run.parameters.settings.thresholds);
    let lowest = this.#lowestOf.get(kept);
    if (lowest === undefined) {
      const settings = { pickRule: rule, thresholds: run.parameters.settings.thresholds };
      const first = await this.#repick(run.id, { settings, window: this.#app.timeline.zoom });
      lowest = first.lowestThresholds;
      this.#lowestOf.set(kept, lowest);
    }
    const least = Object.fromEntries(
      thresholds.map((label) => [label, Math.max(LEAST_THRESHOLD, lowest[label] ?? 0)]),
    );
    const sensorThresholds = Object.fromEntries(
      Object.keys(run.parameters.stationThresholds ?? {}).map((key) => [key, least]),
    );
    const settings = { pickRule: rule, thresholds: least, sensorThresholds };
    const answer = await this.#repick(run.id, { settings, histograms: true });
    this.#take(answer, least);
    this.#candidates = { table: this.#table(answer), runId: run.id, rule };
  }

  /** The part in view first, then the whole span. */
  async #loadPicks(run: ModelRun, settings: TuningSettings): Promise<void> {
    const window = this.#app.timeline.zoom;
    const view = await this.#repick(run.id, { settings, window });
    this.viewPicked = everything(this.#table(view));
    // Turned on meanwhile: what is in view goes first again.
    if (this.#next !== undefined) return;
    const day = await this.#repick(run.id, { settings, histograms: true });
    this.#take(day, day.lowestThresholds);
    this.#picked = { runId: run.id, picks: everything(this.#table(day)) };
    this.viewPicked = undefined;
  }

  #take(answer: RepickedRun, lowest: Readonly<Record<string, number>>): void {
    this.histograms = answer.histograms ?? [];
    this.lowest = lowest;
    this.warnings = answer.warnings;
  }

  #table(answer: RepickedRun): CandidateTable {
    return candidateTable(answer, this.#app.timeline.dataSpan?.startNs ?? epochNs(0n));
  }

  async #loadBase(): Promise<void> {
    const wish = this.#baseWish;
    if (!wish || this.#basePicked?.key === wish.key) return;
    const answer = await this.#repick(wish.runId, { settings: wish.settings });
    if (this.#baseWish?.key !== wish.key) return;
    this.#basePicked = { key: wish.key, picks: everything(this.#table(answer)) };
  }

  #repick(
    runId: number,
    args: { settings: PickSettings; window?: TimeWindow; histograms?: boolean },
  ): Promise<RepickedRun> {
    return this.#app.client.call('tuning.repick', { runId, ...args });
  }
}
