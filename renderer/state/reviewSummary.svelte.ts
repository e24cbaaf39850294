// What a review says of the machine, and what is done with it.

import type {
  ReviewedThreshold,
  ReviewSummary,
} from '../../src/domain/evaluation/reviewSummary.ts';
import type { App } from './app.svelte.ts';

export class ReviewSummaryView {
  summary = $state.raw<ReviewSummary | undefined>(undefined);
  loading = $state(false);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Opens it as the catalog is now. */
  async open(): Promise<void> {
    this.summary = undefined;
    this.#app.dialogs.show('reviewSummary');
    await this.load();
  }

  /** For the thresholds of a run; of the one with the most decisions when none is named. */
  async load(runId?: number): Promise<void> {
    this.loading = true;
    try {
      this.summary = await this.#app.client.call('review.summary', runId === undefined ? {} : { runId }); // prettier-ignore
    } finally {
      this.loading = false;
    }
  }

  /** Turns the suggested threshold in Tune, where one sees what it does before anything is run. */
  use({ phase, station, suggested }: ReviewedThreshold): void {
    const app = this.#app;
    const run = app.runOf(this.summary?.runId);
    if (!run || suggested === null) return;
    const { tuning } = app;
    const label = labelOf(Object.keys(run.parameters.settings.thresholds), phase);
    tuning.chosenRunId = run.id;
    if (station === undefined) tuning.setThreshold(label, suggested);
    else this.#setAt(station, label, suggested);
    app.dialogs.close();
    app.space = 'tune';
  }

  #setAt(station: string, label: string, value: number): void {
    const { tuning } = this.#app;
    const sensors = tuning.picks?.table.sensorKeys.filter((key) => key.startsWith(`${station}.`));
    const all = { ...tuning.draft?.sensorThresholds };
    for (const key of sensors?.length ? sensors : [station]) {
      all[key] = { ...all[key], [label]: value };
    }
    tuning.change({ sensorThresholds: all });
  }

  /** Fills the queue with picks the summary speaks of. */
  async showPicks(pickIds: readonly number[], words: string): Promise<void> {
    this.#app.dialogs.close();
    this.#app.space = 'review';
    await this.#app.queue.setFilter({ pickIds, pickWords: words, states: 'all' });
  }
}

/** Models name their phases in either case. */
function labelOf(labels: readonly string[], phase: string): string {
  return labels.find((label) => label.toUpperCase() === phase) ?? phase;
}
