import { AppError } from '../../src/base/appError.ts';
import {
  checkDetector,
  curveUnit,
  DEFAULT_DETECTOR,
  type DetectorKind,
  type DetectorSettings,
  KIND_DEFAULTS,
} from '../../src/domain/event/detectorSettings.ts';
import { readDetector } from '../../src/domain/event/readDetector.ts';
import type { Json } from '../../src/base/canonicalJson.ts';
import { parseNslc, stationKey } from '../../src/domain/waveform/nslc.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import { DetectorAgain } from './detectorAgain.svelte.ts';
import type { IdleTracker } from './idle.svelte.ts';
import type { Layout } from './layout.svelte.ts';
import type { Settings } from './settings.svelte.ts';
import { DetectorPreview } from './detectorPreview.svelte.ts';

/** What of the page a detector has to do with. */
interface Surroundings {
  readonly client: Client;
  readonly idle: IdleTracker;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly space: 'review' | 'tune';
  readonly runs: readonly ModelRun[];
}

/** A classic detector under the hand: its settings, and what it makes of the traces in view. */
export class DetectorBench {
  open = $state(false);
  /** As they were set last; `problem` says when they cannot work. */
  settings = $state.raw<DetectorSettings>(DEFAULT_DETECTOR);
  /** Of the trace list and of the zoom. */
  readonly list: DetectorPreview;
  readonly zoom: DetectorPreview;
  /** A run of it, triggered again with the settings as they are turned. */
  readonly again: DetectorAgain;
  readonly #app: Surroundings;
  #inspectorWasOpen = true;
  #restored = false;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(app: Surroundings) {
    this.#app = app;
    this.list = new DetectorPreview(app.client, () => app.idle.begin());
    this.zoom = new DetectorPreview(app.client, () => app.idle.begin());
    this.again = new DetectorAgain(app);
  }

  /** Why the settings cannot work; empty when they can. */
  readonly problem = $derived.by(() => {
    try {
      checkDetector(this.settings);
      return '';
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  });

  readonly unit = $derived(curveUnit(this.settings.kind));

  /** What was found in view: in the trace list, or in the zoom where there is no list. */
  readonly found = $derived.by(() => {
    const view = this.#app.space === 'tune' ? this.zoom.view : this.list.view;
    if (!view) return undefined;
    const triggers = view.traces.flatMap((trace) =>
      trace.triggers.map((trigger) => ({ ...trigger, streamKey: trace.streamKey })),
    );
    const kept = triggers.filter((trigger) => trigger.kept);
    const station = (streamKey: string) => stationKey(parseNslc(streamKey));
    return {
      traces: view.traces.length,
      triggers: triggers.length,
      picks: kept.reduce((sum, { onsets }) => sum + onsets.length, 0),
      stations: new Set(kept.map(({ streamKey }) => station(streamKey))).size,
      coincidences: view.coincidences.length,
      loading: view.traces.some(({ state }) => state === 'loading'),
      reasons: [...new Set(view.traces.flatMap(({ reason }) => reason ?? []))],
    };
  });

  /** Opens in the place of the panel on the right, which comes back. */
  toggle(): void {
    const { layout } = this.#app;
    this.open = !this.open;
    if (this.open) {
      this.#restore();
      this.#inspectorWasOpen = layout.rightOpen;
      layout.rightOpen = false;
    } else {
      layout.rightOpen = this.#inspectorWasOpen;
      this.list.want(undefined);
      this.zoom.want(undefined);
    }
  }

  change(change: Partial<DetectorSettings>): void {
    this.settings = { ...this.settings, ...change };
    this.#saveSoon();
  }

  /** Another kind begins with its own windows and levels. */
  setKind(kind: DetectorKind): void {
    const refinement = { ...this.settings.refinement };
    const wide = kind === 'ar' || kind === 'baer-kradolfer';
    const around = wide
      ? { beforeS: Math.max(5, refinement.beforeS), afterS: Math.max(kind === 'ar' ? 20 : 5, refinement.afterS) } // prettier-ignore
      : {};
    const components = kind === 'ar' ? ({ components: 'vertical' } as const) : {};
    this.change({
      ...KIND_DEFAULTS[kind],
      ...components,
      ...{ kind, refinement: { ...refinement, ...around } },
    });
  }

  reset(): void {
    this.change(DEFAULT_DETECTOR);
  }

  /** Takes over the settings of a run, to turn its levels; undefined: of none. */
  againWith(runId: number | undefined): void {
    this.again.choose(runId);
    const own = this.again.run?.parameters.detector;
    // What is not set is not stored either.
    const unset = { band: undefined, longestS: undefined, coincidence: undefined };
    if (own) this.change({ ...unset, wholeRecord: false, ...own });
  }

  async run(): Promise<void> {
    const { settings } = this;
    const args = { settings, streamKeys: undefined, window: undefined };
    await this.#app.client.call('detector.run', args);
  }

  #restore(): void {
    if (this.#restored) return;
    this.#restored = true;
    const saved = this.#app.settings.rest['detector'];
    if (saved === undefined) return;
    try {
      this.settings = readDetector(saved as Json);
    } catch {
      // Of another version: begins anew.
    }
  }

  /** A drag ends in one save. */
  #saveSoon(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      if (this.problem !== '') return;
      const { band, ...rest } = this.settings;
      this.#app.settings.save('detector', { ...rest, band: band ?? null });
    }, 400);
  }
}
