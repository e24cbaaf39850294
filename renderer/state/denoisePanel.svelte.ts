import { SvelteSet } from 'svelte/reactivity';
import type { DenoiseReport, ModelInfo } from '../../src/contract/messages/models.ts';
import type { FileRef } from '../../src/contract/messages/session.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';
import type { App } from './app.svelte.ts';
import type { RunSpan } from './runPanel.svelte.ts';

type DenoiseStations = 'all' | 'shown' | 'chosen';

/** So many stations that gave nothing are named, with the reason. */
const MOST_NAMED = 3;

/** Whether a model makes waveforms and its weights are whole. */
export function canDenoise(model: ModelInfo): boolean {
  return model.problem === undefined && model.outputKind === 'waveform';
}

function stationOf({ streamKey }: StreamInfo): string {
  const { network, station } = parseNslc(streamKey);
  return `${network}.${station}`;
}

/** What is about to be denoised: model, stations, span, and what is written. */
export class DenoisePanel {
  stations = $state<DenoiseStations>('all');
  readonly chosen = new SvelteSet<string>();
  span = $state<RunSpan>('all');
  location = $state('DN');
  /** The person's word for weights that are for tests only. */
  allowTestModel = $state(false);
  #modelId = $state<string | undefined>(undefined);
  #fileName = $state<string | undefined>(undefined);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.#modelId = app.library.chosenId;
  }

  readonly models = $derived.by(() => this.#app.models.filter(canDenoise));
  readonly model = $derived.by(
    () => this.models.find(({ id }) => id === this.#modelId) ?? this.models[0],
  );
  readonly needsWord = $derived(
    this.model?.use === 'tests-only' || this.model?.use === 'never-picking',
  );
  readonly #code = $derived(this.location.trim().toUpperCase());

  /** Traces under the location code that is written are of an earlier turn. */
  readonly #raw = $derived.by(() =>
    this.#app.rows.streams.filter(
      ({ streamKey }) => parseNslc(streamKey).location.toUpperCase() !== this.#code,
    ),
  );
  readonly leftOut = $derived.by(() => this.#app.rows.streams.length - this.#raw.length);
  readonly offered = $derived.by(() => [...new Set(this.#raw.map(stationOf))].sort());
  readonly streams = $derived.by((): readonly StreamInfo[] => {
    if (this.stations === 'all') return this.#raw;
    const { visible } = this.#app.rows;
    const wanted = this.stations === 'shown' ? new Set(visible.map(stationOf)) : this.chosen;
    return this.#raw.filter((stream) => wanted.has(stationOf(stream)));
  });
  readonly stationCount = $derived(new Set(this.streams.map(stationOf)).size);
  readonly window = $derived.by(() =>
    this.span === 'window' ? this.#app.timeline.window : undefined,
  );

  get modelId(): string | undefined {
    return this.model?.id;
  }
  set modelId(id: string | undefined) {
    this.#modelId = id;
    this.allowTestModel = false;
  }

  /** Named after project and location code until the person says otherwise. */
  get fileName(): string {
    return this.#fileName ?? `${this.#app.session?.projectName ?? 'waveforms'}.${this.#code}.mseed`;
  }
  set fileName(name: string) {
    this.#fileName = name;
  }

  toggle(station: string, on: boolean): void {
    if (on) this.chosen.add(station);
    else this.chosen.delete(station);
  }

  /** Asks where to write, denoises and adds what was written to the project. */
  async start(): Promise<void> {
    const { client, host, idle } = this.#app;
    const { model, window } = this;
    if (model === undefined) return;
    const request = {
      ...{ modelId: model.id, window, settings: undefined, location: this.#code },
      streamKeys: this.streams.map(({ streamKey }) => streamKey),
      allowTestModel: this.needsWord && this.allowTestModel,
    };
    const target = await host.chooseTarget(this.fileName.trim());
    if (target === undefined) return;
    const work = async (): Promise<void> => {
      const { jobId } = await client.call('model.denoise', { ...request, target });
      await this.#finish(jobId, target);
    };
    await idle.during(work());
  }

  async #finish(jobId: string, target: FileRef): Promise<void> {
    const { client, jobs } = this.#app;
    const job = await jobs.ended(jobId);
    if (job.state !== 'done') return;
    this.#tell(await client.call('model.denoiseReport', { jobId }));
    const { jobId: reading } = await client.call('source.add', { files: [target] });
    await jobs.ended(reading);
  }

  #tell({ skipped, notes }: DenoiseReport): void {
    const { notices } = this.#app;
    if (skipped.length > 0) {
      const named = skipped
        .slice(0, MOST_NAMED)
        .map(({ stream, reason }) => `${stream}: ${reason}`);
      const more = skipped.length - named.length;
      const text = `Not denoised: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
      notices.add({ level: 'warning', text, file: undefined });
    }
    for (const { stream, reason } of notes.slice(0, MOST_NAMED)) {
      notices.add({ level: 'info', text: `${stream}: ${reason}`, file: undefined });
    }
  }
}
