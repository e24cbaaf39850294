// What a tuned run is worth against a reference: curves over all thresholds, and the score at those in force.

import type { PickSetRef } from '../../src/contract/messages/comparison.ts';
import type { FileRef } from '../../src/contract/messages/session.ts';
import type {
  EvaluationReport,
  EvaluatedOnset,
} from '../../src/domain/evaluation/evaluationReport.ts';
import type { ThresholdCurve, ThresholdPoint } from '../../src/domain/evaluation/thresholdCurve.ts';
import { DEFAULT_TOLERANCE, type ScoredPhase, type Tolerance } from '../../src/domain/evaluation/tolerance.ts'; // prettier-ignore
import { phaseFamily } from '../../src/domain/event/pick.ts';
import { AppError } from '../../src/base/appError.ts';
import type { TuningHost } from './tuningHost.ts';
import type { Tuning } from './tuning.svelte.ts';
import type { TuningSettings } from './tuningSettings.ts';

/** While a hand is on a slider scores wait. */
const QUIET_MS = 220;
/** A click on a cell may bring this many picks into the queue. */
const MOST_IN_QUEUE = 20_000;

/** What is kept with a threshold: the lowest point of the curve at or above it. */
export function pointAt(curve: ThresholdCurve, threshold: number): ThresholdPoint | undefined {
  let [low, high] = [0, curve.points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((curve.points[middle]?.threshold ?? 0) >= threshold) low = middle + 1;
    else high = middle;
  }
  return curve.points[low - 1];
}

/** `reviewed picks`, `run 2`, the name of a file. */
export interface NamedReference {
  readonly ref: PickSetRef;
  readonly words: string;
}

export class TuningScore {
  /** Undefined: nobody has chosen; reviewed picks, where there are any. */
  #chosen = $state.raw<NamedReference | 'none' | undefined>(undefined);
  tolerance = $state.raw<Tolerance>(DEFAULT_TOLERANCE);
  /** Of all candidates: curves, suggestions, which peaks an analyst has. */
  whole = $state.raw<EvaluationReport | undefined>(undefined);
  /** At the settings as turned, and at what they are compared with. */
  now = $state.raw<EvaluationReport | undefined>(undefined);
  before = $state.raw<EvaluationReport | undefined>(undefined);
  /** True from a change of a setting until its score is there. */
  pending = $state(false);
  /** Whether the signal-to-noise ratios of onsets are wanted: they are measured on the waveforms. */
  measureSnr = $state(false);
  problem = $state('');
  warnings = $state.raw<readonly string[]>([]);
  /** What a click on a cell has put into the queue. */
  chosenCell = $state('');
  readonly #app: TuningHost;
  readonly #tuning: Tuning;

  constructor(app: TuningHost, tuning: Tuning) {
    this.#app = app;
    this.#tuning = tuning;
  }

  readonly #reviewed = $derived.by(() => {
    const states = this.#app.picks.counts?.byState;
    return (states?.confirmed ?? 0) + (states?.manual ?? 0);
  });
  readonly reference = $derived.by((): NamedReference | undefined => {
    if (this.#chosen === 'none') return undefined;
    if (this.#chosen !== undefined) return this.#chosen;
    return this.#reviewed > 0 ? { ref: { kind: 'reviewed' }, words: 'reviewed picks' } : undefined;
  });

  choose(reference: NamedReference | undefined): void {
    const before = this.#referenceKey;
    this.#chosen = reference ?? 'none';
    // What is chosen again stands: nothing would ask for its scores.
    if (this.#referenceKey !== before) this.whole = this.now = this.before = undefined;
  }

  chooseFile(file: FileRef, words: string): void {
    this.choose({ ref: { kind: 'file', file }, words });
  }

  setTolerance(phase: ScoredPhase, seconds: number): void {
    this.tolerance = { ...this.tolerance, [phase]: seconds };
  }

  /** Decisions change the truth where it is the project's own. */
  readonly #referenceKey = $derived.by(() => {
    const { reference, tolerance } = this;
    const own = reference?.ref.kind === 'reviewed' ? this.#app.revision : 0;
    return reference && JSON.stringify([reference.ref, tolerance, own]);
  });
  readonly #ruleKey = $derived.by(() => {
    const { run, draft, lowest } = this.#tuning;
    const { pickRule, ensemble, calibration } = draft ?? {};
    return JSON.stringify([run?.id, pickRule, ensemble, calibration, lowest]);
  });

  /** For an effect: the curves over all thresholds. */
  followWhole(): (() => void) | undefined {
    void this.#ruleKey;
    if (this.#referenceKey === undefined || this.#tuning.picks === undefined) return undefined;
    return this.#soon(async (signal) => {
      const { draft, lowest } = this.#tuning;
      if (!draft) return;
      const sensorThresholds = {};
      const thresholds = { ...draft.thresholds, ...lowest };
      this.whole = await this.#ask({ ...draft, thresholds, sensorThresholds }, signal);
    });
  }

  followNow(): (() => void) | undefined {
    const { draft } = this.#tuning;
    if (this.#referenceKey === undefined || !draft || !this.#tuning.picks) return undefined;
    this.pending = true;
    const { measureSnr } = this;
    return this.#soon(async (signal) => {
      this.now = await this.#ask(draft, signal, { measureSnr });
      this.pending = false;
    });
  }

  followBefore(): (() => void) | undefined {
    const { baseSettings, base } = this.#tuning;
    if (this.#referenceKey === undefined || !baseSettings) return undefined;
    const runId = base.kind === 'saved' ? undefined : base.runId;
    return this.#soon(async (signal) => {
      this.before = await this.#ask(baseSettings, signal, { runId });
    });
  }

  /** After a moment's quiet, unless something else was wanted meanwhile. */
  #soon(work: (signal: AbortSignal) => Promise<void>): () => void {
    const stop = new AbortController();
    const end = this.#app.idle.begin();
    const timer = setTimeout(() => {
      work(stop.signal)
        .then(() => (this.problem = ''))
        .catch((error: unknown) => this.#failed(error, stop.signal))
        .finally(end);
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
      end();
    };
  }

  #failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || (error instanceof AppError && error.code === 'cancelled')) return;
    this.problem = error instanceof Error ? error.message : String(error);
    this.pending = false;
  }

  async #ask(
    settings: TuningSettings,
    signal: AbortSignal,
    asked: { readonly runId?: number | undefined; readonly measureSnr?: boolean } = {},
  ): Promise<EvaluationReport | undefined> {
    const { reference, tolerance } = this;
    const { runId = this.#tuning.run?.id, measureSnr = false } = asked;
    if (!reference || runId === undefined) return undefined;
    const { calibration } = settings;
    const args = {
      ...{ runId, settings, reference: reference.ref, tolerance, measureSnr },
      ...(Object.keys(calibration).length > 0 && { calibration }),
    };
    const { report, warnings } = await this.#app.client.call('tuning.score', args, { signal });
    if (signal.aborted) throw new AppError('cancelled', 'something else is wanted');
    this.warnings = warnings;
    return report;
  }

  /** Heights of the candidates of a phase that the reference has, for the histogram. */
  matchedHeights(label: string): readonly number[] {
    const onsets = this.whole?.onsets ?? [];
    return onsets
      .filter(({ kind, phase }) => kind === 'matched' && phase === phaseFamily(label))
      .flatMap(({ probability }) => probability ?? []);
  }

  /** The queue shows the catalog's picks of some onsets alone, until the chip that says so is taken off. */
  async fillQueue(words: string, wanted: (onset: EvaluatedOnset) => boolean): Promise<void> {
    const onsets = (this.now?.onsets ?? []).filter(wanted);
    const ids = onsets.flatMap(({ pickId, referenceId }) => pickId ?? referenceId ?? []);
    const pickIds = [...new Set(ids)].slice(0, MOST_IN_QUEUE);
    this.chosenCell = words;
    await this.#app.queue.setFilter({ states: 'all', phases: [], pickIds, pickWords: words });
    const none = onsets.length > 0 && pickIds.length === 0;
    if (none)
      this.#app.remark = `the ${onsets.length} onsets of ${words} are not in the catalog yet`;
  }
}
