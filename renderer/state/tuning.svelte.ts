// A run being tuned: its settings as they are turned, the picks they would make, and what that changes.

import type { SetInfo } from '../../src/domain/parameterSet/setInfo.ts';
import {
  type CandidateTable,
  countsPerBin,
  diffPicks,
  limitsOf,
  type PickDiff,
  type PickSelection,
  type ThresholdSettings,
  thresholdsDecide,
  timeBins,
} from '../../src/domain/event/candidates.ts';
import { durationS } from '../../src/domain/waveform/timeWindow.ts';
import type { PeakHistogram } from '../../src/domain/event/repick.ts';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import { AppError } from '../../src/base/appError.ts';
import { settingsOfRun, type TuningSettings } from './tuningSettings.ts';
import { LEAST_THRESHOLD, curveKey, TuningAnswers } from './tuningAnswers.svelte.ts';
import type { TuningHost } from './tuningHost.ts';
import type { Change, ChangeKind } from './tuningChanges.ts';

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

/** Two picks of one onset lie at most so far apart. */
const SAME_NS = 0.5e9;
/** Up to so many candidates all stations and all time are shown in one frame with the detail. */
const PROMPT_CANDIDATES = 400_000;
const BINS_S = [60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];

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
  /** Where there are very many: the settings that all of them show; follow the draft when the detail has been painted. */
  #wholeDraft = $state.raw<{ runId: number; settings: TuningSettings } | undefined>(undefined);
  #endWhole: (() => void) | undefined;
  readonly #app: TuningHost;
  readonly #answers: TuningAnswers;

  constructor(app: TuningHost) {
    this.#app = app;
    this.#answers = new TuningAnswers(app);
  }

  get histograms(): readonly PeakHistogram[] {
    return this.#answers.histograms;
  }
  /** By label: the least threshold that the kept curves answer exactly. */
  get lowest(): Readonly<Record<string, number>> {
    return this.#answers.lowest;
  }
  get warnings(): readonly string[] {
    return this.#answers.warnings;
  }
  get problem(): string {
    return this.#answers.problem;
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

  /** Of the draft what leaves candidates out; stays while the rule or the ensemble is turned, and all that is made of it. */
  readonly #thresholds = $derived(this.draft?.thresholds);
  readonly #sensorThresholds = $derived(this.draft?.sensorThresholds);
  readonly #limiting = $derived.by((): ThresholdSettings | undefined => {
    const [thresholds, sensorThresholds] = [this.#thresholds, this.#sensorThresholds];
    return thresholds && sensorThresholds && { thresholds, sensorThresholds };
  });
  readonly #limited = $derived(this.draft !== undefined && thresholdsDecide(this.draft.pickRule));
  readonly #runId = $derived(this.run?.id);

  /** All candidates of the run; while a rule is turned those of the last one stay. */
  readonly candidates = $derived.by((): CandidateTable | undefined => {
    const held = this.#answers.candidates;
    if (!this.#limited) return undefined;
    return held?.runId === this.#runId ? held?.table : undefined;
  });

  /** The picks of the settings as turned, at once; what is beyond the detail may be of a moment ago. */
  readonly viewPicks = $derived.by((): PickSelection | undefined => {
    const { candidates: table } = this;
    const { viewPicked } = this.#answers;
    if (viewPicked) return viewPicked;
    const limiting = this.#limiting;
    if (!limiting || !table) return this.picks;
    return { table, limits: limitsOf(table, limiting) };
  });

  /** The picks of the settings as turned, of all stations and all time: a moment after those in view if there are very many. */
  readonly picks = $derived.by((): PickSelection | undefined => {
    const { candidates: table } = this;
    const [runId, limiting] = [this.#runId, this.#limiting];
    if (!limiting || runId === undefined) return undefined;
    if (!this.#limited) {
      const { picked } = this.#answers;
      return picked?.runId === runId ? picked.picks : undefined;
    }
    if (!table) return undefined;
    const late = this.#isPrompt || this.#wholeDraft?.runId !== runId ? undefined : this.#wholeDraft;
    return { table, limits: limitsOf(table, late?.settings ?? limiting) };
  });
  /** Stays while thresholds move. */
  readonly table = $derived(this.picks?.table);
  readonly #isPrompt = $derived((this.candidates?.heights.length ?? 0) <= PROMPT_CANDIDATES);

  readonly basePicks = $derived.by((): PickSelection | undefined => {
    const settings = this.baseSettings;
    const held = this.#answers.candidates;
    if (settings && held && this.#sharesTable(settings)) {
      return { table: held.table, limits: limitsOf(held.table, settings) };
    }
    return this.#answers.basePicked?.picks;
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

  readonly #bins = $derived.by(() => {
    const { dataSpan } = this.#app.timeline;
    return Math.max(1, Math.ceil((dataSpan ? durationS(dataSpan) : 3600) / this.binS));
  });
  readonly #binOf = $derived(
    this.table && timeBins(this.table, { binNs: this.binS * 1e9, bins: this.#bins }),
  );

  /** Picks per bin of time, by label. */
  readonly perBin = $derived.by((): ReadonlyMap<string, Uint32Array> => {
    const { picks } = this;
    if (!picks || !this.#binOf) return new Map();
    const counts = countsPerBin(picks, this.#binOf, this.#bins);
    return new Map(picks.table.labels.map((label, i) => [label, counts[i] ?? new Uint32Array(1)]));
  });

  /** Whether the base's picks are among the candidates at hand. */
  #sharesTable(settings: TuningSettings): boolean {
    const held = this.#answers.candidates;
    const ofThisRun = this.base.kind === 'saved' || this.base.runId === held?.runId;
    return (
      held !== undefined &&
      ofThisRun &&
      held.runId === this.run?.id &&
      thresholdsDecide(settings.pickRule) &&
      curveKey(settings) === held.key
    );
  }

  /** For the strips: members taken together another way than the run did; undefined where they are not. */
  readonly remade = $derived.by(() => {
    const { run, saved, draft, base, baseSettings, shown } = this;
    const old = base.kind === 'saved' || base.runId === run?.id ? baseSettings : saved;
    const ensemble = shown === 'old' ? old?.ensemble : draft?.ensemble;
    const same = JSON.stringify(ensemble) === JSON.stringify(saved?.ensemble);
    return run && ensemble && !same ? { runId: run.id, ensemble } : undefined;
  });

  change(change: Partial<TuningSettings>): void {
    const { run, draft } = this;
    if (!run || !draft) return;
    // A run that ends meanwhile, here or in another window, is not put under the hand.
    this.chosenRunId = run.id;
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
    const { thresholds, pickRule, sensorThresholds, ensemble } = own.settings;
    const settings = {
      ...{ ensemble: ensemble ?? saved.ensemble, calibration: own.calibration },
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
      key: JSON.stringify([run.id, run.state, run.pickCount, curveKey(draft), ...own]),
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

  /** For an effect: of very many, all follow once those in view have been painted; the latest settings win. */
  followWhole(): void {
    void this.draft;
    if (this.#isPrompt || this.#endWhole !== undefined) return;
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
    this.#answers.want(() => this.wish);
  }

  followBase(): void {
    if (this.#baseKey === undefined) return;
    void this.#app.act(() => this.#answers.loadBase(() => this.#baseWish));
  }
}
