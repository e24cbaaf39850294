import type { ModelImportAnswers, ModelInfo } from '../../src/contract/messages/models.ts';
import type { FileRef } from '../../src/contract/messages/session.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { ModelImport, ModelVerification } from '../../src/domain/event/modelPack.ts';
import { speedKey } from '../../src/contract/runEstimate.ts';
import type { ProviderReport } from '../../src/domain/event/provider.ts';
import type { Dialogs } from './dialogs.svelte.ts';
import type { JobList } from './jobList.svelte.ts';

/** What is known of a model's weights and answers. */
export type Verified = Pick<ModelVerification, 'checksum' | 'problem' | 'parity'>;

/** The models at hand, and what imports and checks of this session have found. */
export class ModelLibrary {
  models = $state.raw<readonly ModelInfo[]>([]);
  /** Of the last import, until it is put away. */
  imports = $state.raw<readonly ModelImport[]>([]);
  /** By model: what an import or a check of this session has found. */
  verifications = $state.raw<ReadonlyMap<string, Verified>>(new Map());
  /** By model: what can run it on this machine, as far as it was measured. */
  providers = $state.raw<ReadonlyMap<string, readonly ProviderReport[]>>(new Map());
  /** What runs now, for the dialog. */
  busy = $state<'' | 'importing' | 'verifying' | 'measuring'>('');
  chosenId = $state<string | undefined>(undefined);
  readonly #client: Client;
  readonly #jobs: JobList;
  readonly #dialogs: Dialogs;
  /** What the last import was asked for, to ask again with answers. */
  #asked: readonly FileRef[] = [];

  /** Windows a second of the networks that were measured, by `speedKey`. */
  readonly speeds = $derived.by(
    (): ReadonlyMap<string, number> =>
      new Map(
        [...this.providers].flatMap(([modelId, reports]) =>
          reports.flatMap(({ name, windowsPerSecond }): [string, number][] =>
            windowsPerSecond === undefined ? [] : [[speedKey(modelId, name), windowsPerSecond]],
          ),
        ),
      ),
  );

  constructor(client: Client, jobs: JobList, dialogs: Dialogs) {
    this.#client = client;
    this.#jobs = jobs;
    this.#dialogs = dialogs;
  }

  async load(): Promise<void> {
    this.models = await this.#client.call('model.list', {});
  }

  /** Imports and shows what came of it. */
  async import(files: readonly FileRef[], answers: ModelImportAnswers = {}): Promise<void> {
    this.#asked = files;
    this.#dialogs.show('models');
    this.busy = 'importing';
    try {
      const { jobId } = await this.#client.call('model.import', { files, answers });
      const job = await this.#jobs.ended(jobId);
      if (job.state !== 'done') return;
      this.imports = await this.#client.call('model.importReport', { jobId });
      await this.load();
      this.#keepParity();
      this.chosenId = this.imports.find(({ error }) => error === undefined)?.modelId ?? this.chosenId; // prettier-ignore
    } finally {
      this.busy = '';
    }
  }

  /** The same files with what a person knows of them. */
  importAgain(answers: ModelImportAnswers): Promise<void> {
    return this.import(this.#asked, answers);
  }

  /** All, or some: their answers beside those of their originals. */
  async verify(modelIds?: readonly string[]): Promise<void> {
    this.busy = 'verifying';
    try {
      const { jobId } = await this.#client.call('model.verify', modelIds ? { modelIds } : {});
      const job = await this.#jobs.ended(jobId);
      if (job.state !== 'done') return;
      const found = await this.#client.call('model.verifyReport', { jobId });
      const known = new Map(this.verifications);
      for (const verification of found) known.set(verification.modelId, verification);
      this.verifications = known;
    } finally {
      this.busy = '';
    }
  }

  /** An import has compared what it installed: that need not be done again to be known. */
  #keepParity(): void {
    const known = new Map(this.verifications);
    for (const { error, modelId, parity } of this.imports) {
      const model = this.models.find(({ id }) => id === modelId);
      if (!model || error !== undefined) continue;
      const { checksum, problem } = model;
      known.set(model.id, { checksum, problem, parity });
    }
    this.verifications = known;
  }

  async remove(modelId: string): Promise<void> {
    await this.#client.call('model.remove', { modelId });
    this.verifications = new Map([...this.verifications].filter(([id]) => id !== modelId));
    this.imports = this.imports.filter((each) => each.modelId !== modelId);
    await this.load();
  }

  /** Looks for all that can run the model here, compares it with the processor and measures both. */
  async measure(modelId: string): Promise<void> {
    this.busy = 'measuring';
    try {
      const reports = await this.#client.call('model.providers', { modelId });
      this.providers = new Map(this.providers).set(modelId, reports);
    } finally {
      this.busy = '';
    }
  }
}
