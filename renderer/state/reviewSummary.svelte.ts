// What a review says of the machine, and what is done with it.

import type {
  ReviewedThreshold,
  ReviewSummary,
} from '../../src/domain/evaluation/reviewSummary.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { Dialogs } from './dialogs.svelte.ts';
import type { ReviewQueue } from './reviewQueue.svelte.ts';

type SensorThresholds = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the summary needs of the page: where it is shown and where its thresholds go. */
interface Desk {
  readonly client: Client;
  readonly dialogs: Dialogs;
  readonly queue: ReviewQueue;
  space: 'review' | 'tune';
  runOf(runId: number | undefined): ModelRun | undefined;
  readonly tuning: {
    chosenRunId: number | undefined;
    readonly picks: { readonly table: { readonly sensorKeys: readonly string[] } } | undefined;
    readonly draft: { readonly sensorThresholds: SensorThresholds } | undefined;
    setThreshold(label: string, value: number): void;
    change(change: { sensorThresholds: SensorThresholds }): void;
  };
}

export class ReviewSummaryView {
  summary = $state.raw<ReviewSummary | undefined>(undefined);
  loading = $state(false);
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Opens it as the catalog is now. */
  async open(): Promise<void> {
    this.summary = undefined;
    this.#desk.dialogs.show('reviewSummary');
    await this.load();
  }

  /** For the thresholds of a run; of the one with the most decisions when none is named. */
  async load(runId?: number): Promise<void> {
    this.loading = true;
    try {
      this.summary = await this.#desk.client.call('review.summary', runId === undefined ? {} : { runId }); // prettier-ignore
    } finally {
      this.loading = false;
    }
  }

  /** Turns the suggested threshold in Tune, where one sees what it does before anything is run. */
  use({ phase, station, suggested }: ReviewedThreshold): void {
    const desk = this.#desk;
    const run = desk.runOf(this.summary?.runId);
    if (!run || suggested === null) return;
    const { tuning } = desk;
    const label = labelOf(Object.keys(run.parameters.settings.thresholds), phase);
    tuning.chosenRunId = run.id;
    if (station === undefined) tuning.setThreshold(label, suggested);
    else this.#setAt(station, label, suggested);
    desk.dialogs.close();
    desk.space = 'tune';
  }

  #setAt(station: string, label: string, value: number): void {
    const { tuning } = this.#desk;
    const sensors = tuning.picks?.table.sensorKeys.filter((key) => key.startsWith(`${station}.`));
    const all = { ...tuning.draft?.sensorThresholds };
    for (const key of sensors?.length ? sensors : [station]) {
      all[key] = { ...all[key], [label]: value };
    }
    tuning.change({ sensorThresholds: all });
  }

  /** Fills the queue with picks the summary speaks of. */
  async showPicks(pickIds: readonly number[], words: string): Promise<void> {
    this.#desk.dialogs.close();
    this.#desk.space = 'review';
    await this.#desk.queue.setFilter({ pickIds, pickWords: words, states: 'all' });
  }
}

/** Models name their phases in either case. */
function labelOf(labels: readonly string[], phase: string): string {
  return labels.find((label) => label.toUpperCase() === phase) ?? phase;
}
