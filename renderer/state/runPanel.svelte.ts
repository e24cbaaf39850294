import type { ModelInfo } from '../../src/contract/messages/models.ts';
import type { StreamKey } from '../../src/contract/messages/session.ts';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import { parseNslc, sensorKey } from '../../src/domain/waveform/nslc.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';
import {
  estimateEnsemble,
  estimateRun,
  type RunEstimate,
  secondsOfData,
} from '../../src/contract/runEstimate.ts';
import { ENSEMBLE_PICK_RULE } from '../../src/domain/event/ensemble.ts';
import type { App } from './app.svelte.ts';
import { changedSettings } from './changedSettings.ts';
import { type ChosenRun, type RunMode, RunTogether } from './runTogether.svelte.ts';

export type RunStations = 'all' | 'shown' | 'current';
export type RunSpan = 'all' | 'window';

/** Whether a model may be offered at all: it picks and its weights are whole. */
export function canPick(model: ModelInfo): boolean {
  return (
    model.problem === undefined && model.use !== 'not-a-picker' && model.settings !== undefined
  );
}

/** Weights that only a person's explicit word lets run. */
export function needsWord(model: ModelInfo): boolean {
  return model.use !== 'picking';
}

/** What is about to be run: models with their settings, stations and span. */
export class RunPanel {
  chosen = $state.raw<readonly string[]>([]);
  /** The model whose settings are shown; of a run together undefined is what is common. */
  focusId = $state<string | undefined>(undefined);
  stations = $state<RunStations>('all');
  span = $state<RunSpan>('all');
  /** The person's word for weights that are not for picking. */
  allowTestModels = $state(false);
  /** What the curves of earlier runs take; empty until it is known. */
  curveSizes = $state.raw<readonly { readonly runId: number; readonly bytes: number }[]>([]);
  #settings = $state.raw<ReadonlyMap<string, RunSettings>>(new Map());
  readonly #app: App;
  readonly together = new RunTogether(() => this.runs);

  constructor(app: App) {
    this.#app = app;
    const first = app.models.find((model) => canPick(model) && !needsWord(model));
    if (first) this.toggle(first.id, true);
    void app.act(async () => {
      this.curveSizes = await app.client.call('run.curveSizes', {});
    });
  }

  readonly models = $derived.by(() =>
    this.chosen.flatMap((id) => this.#app.models.find((model) => model.id === id) ?? []),
  );
  readonly focus = $derived.by(
    () => this.models.find((model) => model.id === this.focusId) ?? this.models[0],
  );
  readonly needsWord = $derived(this.models.some(needsWord));
  readonly runs = $derived.by(() =>
    this.models.flatMap((model): ChosenRun[] => {
      const settings = this.settings(model);
      return settings === undefined ? [] : [{ model, settings }];
    }),
  );

  readonly streams = $derived.by((): readonly StreamInfo[] => {
    const { streams: all, visible } = this.#app.rows;
    if (this.stations === 'all') return all;
    const current = this.#app.selection.currentStreamKey;
    const keys =
      this.stations === 'shown' ? visible.map((s) => s.streamKey) : current ? [current] : [];
    const wanted = new Set(keys.map((key) => sensorKey(parseNslc(key))));
    return all.filter((s) => wanted.has(sensorKey(parseNslc(s.streamKey))));
  });
  readonly sensors = $derived(
    new Set(this.streams.map((s) => sensorKey(parseNslc(s.streamKey)))).size,
  );
  readonly window = $derived.by((): TimeWindow | undefined =>
    this.span === 'window' ? this.#app.timeline.window : undefined,
  );
  readonly streamKeys = $derived.by((): readonly StreamKey[] | undefined =>
    this.stations === 'all' ? undefined : this.streams.map((s) => s.streamKey),
  );

  toggle(id: string, on: boolean): void {
    this.chosen = on ? [...this.chosen, id] : this.chosen.filter((other) => other !== id);
    if (on) this.#prepare(id);
    if (on && this.together.mode !== 'together') this.focusId = id;
    if (!this.needsWord) this.allowTestModels = false;
  }

  /** The run begins at once when it is started; that it cannot be is told then. */
  #prepare(modelId: string): void {
    this.#app.client.call('model.prepare', { modelId, runOnce: true }).catch(() => undefined);
  }

  setMode(mode: RunMode): void {
    this.together.mode = mode;
    this.focusId = mode === 'together' ? undefined : this.focus?.id;
  }

  /** The settings of a model: its own with what the person has changed. */
  settings(model: ModelInfo): RunSettings | undefined {
    return this.#settings.get(model.id) ?? model.settings;
  }

  change(model: ModelInfo, change: Partial<RunSettings>): void {
    const before = this.settings(model);
    if (before) this.#settings = new Map(this.#settings).set(model.id, { ...before, ...change });
  }

  /** The model's own settings with those of a preset or of an earlier run. */
  adopt(model: ModelInfo, settings: Partial<RunSettings>): void {
    if (!model.settings) return;
    const whole = { ...model.settings, ...settings };
    this.#settings = new Map(this.#settings).set(model.id, whole);
  }

  /** Seconds of data at each sensor, together. */
  readonly dataS = $derived(secondsOfData(this.streams, this.window));

  /** Of each run that would be made. */
  readonly estimates = $derived.by((): readonly RunEstimate[] => {
    const { runs, rows, library } = this.#app;
    const past = {
      ...{ runs, streams: rows.streams, curveSizes: this.curveSizes },
      speeds: library.speeds,
    };
    const { mode, rule, times } = this.together;
    if (mode === 'separate') {
      return this.runs.map(({ model, settings }) => estimateRun(model, settings, this.dataS, past));
    }
    const members = this.runs.map((run) => ({ ...run, times }));
    if (mode === 'together') {
      if (members.length === 0) return [];
      const how = { rule, pickRule: ENSEMBLE_PICK_RULE };
      return [estimateEnsemble(members, how, this.dataS, past)];
    }
    return members.map((member) => {
      const how = { rule: 'first', pickRule: member.settings.pickRule } as const;
      return estimateEnsemble([member], how, this.dataS, past);
    });
  });

  /** Starts what was chosen. */
  async start(): Promise<void> {
    const { client } = this.#app;
    const { streamKeys, window } = this;
    const models = this.runs.map(({ model, settings }) => ({
      modelId: model.id,
      settings: model.settings ? changedSettings(settings, model.settings) : undefined,
    }));
    const allowed = this.needsWord ? { allowTestModel: true } : {};
    if (this.together.mode === 'separate') {
      for (const run of models) {
        await client.call('model.run', { ...run, streamKeys, window, ...allowed });
      }
      return;
    }
    const members = models.map(({ modelId, settings }) => ({
      ...{ modelId },
      ...(settings && { settings }),
    }));
    for (const request of this.together.requests(members)) {
      await client.call('model.runEnsemble', { ...request, streamKeys, window, ...allowed });
    }
  }
}
