// What the backend answers while settings are turned: the part in view first, one question at a time, the latest wins.

import { epochNs } from '../../src/base/time.ts';
import {
  type CandidateTable,
  candidateTable,
  everything,
  type PickSelection,
  thresholdsDecide,
} from '../../src/domain/event/candidates.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { PeakHistogram, PickSettings, RepickedRun } from '../../src/domain/event/repick.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { TuningSettings } from './tuningSettings.ts';
import type { TuningHost } from './tuningHost.ts';

/** Lower candidates are kept nowhere. */
export const LEAST_THRESHOLD = 0.02;

/** Equal where the candidates are: thresholds only leave out some of them. */
export const curveKey = ({
  pickRule,
  ensemble,
}: Pick<TuningSettings, 'pickRule' | 'ensemble'>): string => JSON.stringify([pickRule, ensemble]);

interface Wish {
  readonly run: ModelRun;
  readonly draft: TuningSettings;
}
interface BaseWish {
  readonly key: string;
  readonly runId: number;
  readonly settings: TuningSettings;
}

/** Thresholds raised to what the kept curves can answer. */
function atLeast(
  settings: TuningSettings,
  lowest: Readonly<Record<string, number>>,
): TuningSettings {
  const raised = (of: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(of).map(([label, value]) => [label, Math.max(value, lowest[label] ?? 0)]),
    );
  const { thresholds, sensorThresholds } = settings;
  const own = Object.entries(sensorThresholds).map(([key, of]) => [key, raised(of)] as const);
  return { ...settings, thresholds: raised(thresholds), sensorThresholds: Object.fromEntries(own) };
}

export class TuningAnswers {
  /** All a rule could pick, whatever the threshold; with the rule it was asked for. */
  candidates = $state.raw<{ table: CandidateTable; runId: number; key: string } | undefined>(
    undefined,
  );
  /** Picks as answered, for rules whose thresholds do more than leave out. */
  picked = $state.raw<{ runId: number; picks: PickSelection } | undefined>(undefined);
  /** Those in view, until all have been answered. */
  viewPicked = $state.raw<PickSelection | undefined>(undefined);
  basePicked = $state.raw<{ key: string; picks: PickSelection } | undefined>(undefined);
  histograms = $state.raw<readonly PeakHistogram[]>([]);
  /** By label: the least threshold that the kept curves answer exactly. */
  lowest = $state.raw<Readonly<Record<string, number>>>({});
  warnings = $state.raw<readonly string[]>([]);
  problem = $state('');
  #lowestOf = new Map<string, Readonly<Record<string, number>>>();
  #running = false;
  #next: (() => Wish | undefined) | undefined;
  readonly #app: TuningHost;

  constructor(app: TuningHost) {
    this.#app = app;
  }

  /** One question at a time; of those that wait only the last is asked, with the settings of then. */
  want(wish: () => Wish | undefined): void {
    this.#next = wish;
    if (this.#running) return;
    this.#running = true;
    const end = this.#app.idle.begin();
    const all = async (): Promise<void> => {
      for (let next = this.#next; next; next = this.#next) {
        this.#next = undefined;
        await this.#load(next());
      }
    };
    void all().finally(() => {
      this.#running = false;
      end();
    });
  }

  async loadBase(wished: () => BaseWish | undefined): Promise<void> {
    const wish = wished();
    if (!wish || this.basePicked?.key === wish.key) return;
    const answer = await this.#repick(wish.runId, { settings: wish.settings });
    if (wished()?.key !== wish.key) return;
    this.basePicked = { key: wish.key, picks: everything(this.#table(answer)) };
  }

  async #load(wish: Wish | undefined): Promise<void> {
    if (!wish) return;
    const { run, draft } = wish;
    try {
      if (thresholdsDecide(draft.pickRule)) await this.#loadCandidates(run, draft);
      else await this.#loadPicks(run, draft);
      this.problem = '';
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.viewPicked = undefined;
    }
  }

  async #loadCandidates(run: ModelRun, draft: TuningSettings): Promise<void> {
    const { pickRule, ensemble } = draft;
    const kept = `${run.id} ${run.state} ${pickRule.kind} ${JSON.stringify(ensemble)}`;
    const own = run.parameters.settings.thresholds;
    let lowest = this.#lowestOf.get(kept);
    if (lowest === undefined) {
      lowest = (await this.#askView(run, { pickRule, ensemble, thresholds: own })).lowestThresholds;
      this.#lowestOf.set(kept, lowest);
    } else {
      await this.#loadView(run, atLeast(draft, lowest));
      // Turned on meanwhile: what is in view goes first again.
      if (this.#next !== undefined) return;
    }
    const least = Object.fromEntries(
      Object.keys(own).map((label) => [label, Math.max(LEAST_THRESHOLD, lowest[label] ?? 0)]),
    );
    const sensorThresholds = Object.fromEntries(
      Object.keys(run.parameters.stationThresholds ?? {}).map((key) => [key, least]),
    );
    const settings = { pickRule, ensemble, thresholds: least, sensorThresholds };
    const answer = await this.#repick(run.id, { settings, histograms: true });
    this.#take(answer, least);
    this.candidates = { table: this.#table(answer), runId: run.id, key: curveKey(draft) };
    this.viewPicked = undefined;
  }

  /** The part in view first, then the whole span. */
  async #loadPicks(run: ModelRun, settings: TuningSettings): Promise<void> {
    await this.#loadView(run, settings);
    if (this.#next !== undefined) return;
    const day = await this.#repick(run.id, { settings, histograms: true });
    this.#take(day, day.lowestThresholds);
    this.picked = { runId: run.id, picks: everything(this.#table(day)) };
    this.viewPicked = undefined;
  }

  async #loadView(run: ModelRun, settings: TuningSettings): Promise<void> {
    this.viewPicked = everything(this.#table(await this.#askView(run, settings)));
  }

  #askView(run: ModelRun, settings: PickSettings): Promise<RepickedRun> {
    return this.#repick(run.id, { settings, window: this.#app.timeline.zoom });
  }

  #take(answer: RepickedRun, lowest: Readonly<Record<string, number>>): void {
    this.histograms = answer.histograms ?? [];
    this.lowest = lowest;
    this.warnings = answer.warnings;
  }

  #table(answer: RepickedRun): CandidateTable {
    return candidateTable(answer, this.#app.timeline.dataSpan?.startNs ?? epochNs(0n));
  }

  #repick(
    runId: number,
    args: { settings: PickSettings; window?: TimeWindow; histograms?: boolean },
  ): Promise<RepickedRun> {
    return this.#app.client.call('tuning.repick', { runId, ...args });
  }
}
