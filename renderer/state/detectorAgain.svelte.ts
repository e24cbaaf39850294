// A run of a detector triggered again from its kept function while levels, durations and coincidence are turned.

import type { DetectorLevels, RetriggeredRun } from '../../src/contract/messages/detector.ts';
import { canonicalJson, toJson } from '../../src/base/canonicalJson.ts';
import { messageOf } from '../../src/base/appError.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { DetectorSettings } from '../../src/domain/event/detectorSettings.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { IdleTracker } from './idle.svelte.ts';
import { type TriggerChange, triggerChanges } from './triggerChanges.ts';

/** What it needs of the page. */
export interface AgainHost {
  readonly client: Client;
  readonly idle: IdleTracker;
  readonly runs: readonly ModelRun[];
}

export class DetectorAgain {
  runId = $state<number | undefined>(undefined);
  /** As the run has them, and with the settings as they are turned. */
  base = $state.raw<RetriggeredRun | undefined>(undefined);
  now = $state.raw<RetriggeredRun | undefined>(undefined);
  problem = $state('');
  /** Place in the list of changes, walked with its keys. */
  place = $state(-1);
  readonly #host: AgainHost;
  #wish: { runId: number; changes: DetectorLevels } | undefined;
  #running = false;

  constructor(host: AgainHost) {
    this.#host = host;
  }

  /** Runs of detectors whose function is kept, the newest first. */
  readonly runs = $derived.by(() =>
    this.#host.runs
      .filter(({ state, parameters }) => state !== 'running' && parameters.detector !== undefined)
      .toReversed(),
  );
  readonly run = $derived.by(() => this.runs.find(({ id }) => id === this.runId));
  readonly changes = $derived.by(() =>
    this.base && this.now ? triggerChanges(this.base, this.now) : undefined,
  );

  /** What of the settings needs a run of its own; undefined where the kept function answers. */
  differs(settings: DetectorSettings): boolean {
    const own = this.run?.parameters.detector;
    return own !== undefined && functionOf(own) !== functionOf(settings);
  }

  /** Ends it without a run. */
  choose(runId: number | undefined): void {
    this.runId = runId;
    this.base = undefined;
    this.now = undefined;
    this.problem = '';
    this.place = -1;
    this.#wish = undefined;
  }

  /** The latest settings are answered last; those nobody waits for any more are not asked for. */
  want(settings: DetectorSettings): void {
    if (this.runId === undefined) return;
    this.#wish = { runId: this.runId, changes: levelsOf(settings) };
    if (!this.#running) void this.#follow();
  }

  /** The next change in time, around the end if need be. */
  step(by: 1 | -1): TriggerChange | undefined {
    const list = this.changes?.list ?? [];
    if (list.length === 0) return undefined;
    const from = this.place < 0 && by < 0 ? 0 : this.place;
    this.place = (from + by + list.length) % list.length;
    return list[this.place];
  }

  async #follow(): Promise<void> {
    this.#running = true;
    const end = this.#host.idle.begin();
    try {
      for (let wish = this.#wish; wish !== undefined;) {
        await this.#ask(wish);
        wish = this.#wish === wish ? undefined : this.#wish;
      }
    } finally {
      this.#running = false;
      end();
    }
  }

  async #ask({ runId, changes }: { runId: number; changes: DetectorLevels }): Promise<void> {
    const { client } = this.#host;
    try {
      const base = this.base ?? (await client.call('detector.retrigger', { runId, changes: {} }));
      const now = await client.call('detector.retrigger', { runId, changes });
      if (this.runId !== runId) return;
      this.base = base;
      this.now = now;
      this.place = -1;
      this.problem = '';
    } catch (error) {
      if (this.runId !== runId) return;
      this.now = undefined;
      this.problem = messageOf(error);
    }
  }
}

function levelsOf(settings: DetectorSettings): DetectorLevels {
  const { onLevel, offLevel, minimumDurationS, longestS, coincidence } = settings;
  return { onLevel, offLevel, minimumDurationS, longestS, coincidence };
}

/** What the function is made with, to be compared. */
function functionOf({
  kind,
  shortS,
  longS,
  band,
  components,
  wholeRecord,
}: DetectorSettings): string {
  return canonicalJson(
    toJson({ kind, shortS, longS, band, components, whole: wholeRecord === true }),
  );
}
