// Finds model packs (`<folder>/<id>/{model.json, model.onnx}`) and says which may run.
// File access is injected: this room knows packs, not disks.

import { AppError, messageOf } from '../base/appError.ts';
import type { RunParameters } from '../domain/event/modelRun.ts';
import { BATCH_SIZE, type ModelSpec, parseModelSpec } from './spec.ts';

/** What the registry needs of a disk. Paths are joined with `/`. */
export interface ModelFiles {
  /** Names of the folders in a folder; empty when there is no such folder. */
  listFolders(folder: string): Promise<readonly string[]>;
  /** Undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  sha256(bytes: Uint8Array): Promise<string>;
}

/** A model as a person is told of it; the shape of the contract's ModelInfo. */
export interface ModelDescription {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly sha256: string;
  readonly licence: string;
  readonly source: string;
  readonly samplingRateHz: number;
  readonly windowSamples: number;
  readonly labels: readonly string[];
  readonly defaults: RunParameters;
  readonly missingComponents: string;
  readonly limits: readonly string[];
  /** Why it cannot run, or undefined. */
  readonly problem: string | undefined;
}

/** A model whose weights are what its card says. */
export interface RunnableModel {
  readonly spec: ModelSpec;
  /** The verified bytes, so that nothing else is run than what was checked. */
  readonly network: Uint8Array;
}

/** The models at hand: those shipped and those of a person's own folder, in the order of the folders. */
export class ModelRegistry {
  readonly #files: ModelFiles;
  readonly #folders: readonly string[];

  constructor(files: ModelFiles, folders: readonly string[]) {
    this.#files = files;
    this.#folders = folders;
  }

  /** Every pack found, broken ones with their problem in words. */
  async list(): Promise<ModelDescription[]> {
    const models: ModelDescription[] = [];
    for (const pack of await this.#packs()) {
      const model = await this.#describe(pack);
      if (!models.some(({ id }) => id === model.id)) models.push(model);
    }
    return models;
  }

  /** The model with its verified weights. Throws `not-found`, or `unreadable-file` with the problem. */
  async open(id: string): Promise<RunnableModel> {
    const known: string[] = [];
    for (const pack of await this.#packs()) {
      const name = pack.slice(pack.lastIndexOf('/') + 1);
      let spec: ModelSpec;
      try {
        spec = await this.#readCard(pack);
      } catch (error) {
        if (name === id) throw error;
        continue;
      }
      if (spec.id === id) return { spec, network: await this.#readNetwork(pack, spec) };
      known.push(spec.id);
    }
    throw new AppError(
      'not-found',
      `there is no model "${id}"; the models at hand are: ${known.join(', ') || 'none'}`,
    );
  }

  async #packs(): Promise<string[]> {
    const packs: string[] = [];
    for (const folder of this.#folders) {
      const names = [...(await this.#files.listFolders(folder))].sort();
      packs.push(...names.map((name) => `${folder}/${name}`));
    }
    return packs;
  }

  async #describe(pack: string): Promise<ModelDescription> {
    let spec: ModelSpec;
    try {
      spec = await this.#readCard(pack);
    } catch (error) {
      return unreadable(pack, messageOf(error));
    }
    try {
      await this.#readNetwork(pack, spec);
      return describe(spec, undefined);
    } catch (error) {
      return describe(spec, messageOf(error));
    }
  }

  async #readCard(pack: string): Promise<ModelSpec> {
    const bytes = await this.#files.read(`${pack}/model.json`);
    if (bytes === undefined) {
      throw new AppError('unreadable-file', `the model pack ${pack} has no model.json`);
    }
    try {
      return parseModelSpec(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (error) {
      const text = `the model pack ${pack} cannot be used: ${messageOf(error)}`;
      throw new AppError('unreadable-file', text, { cause: error });
    }
  }

  async #readNetwork(pack: string, spec: ModelSpec): Promise<Uint8Array> {
    const path = `${pack}/${spec.file}`;
    const bytes = await this.#files.read(path);
    if (bytes === undefined) {
      throw new AppError(
        'unreadable-file',
        `the weights of ${spec.id} are missing; install the model again (${path})`,
      );
    }
    const sha256 = await this.#files.sha256(bytes);
    if (sha256 !== spec.sha256) {
      throw new AppError(
        'unreadable-file',
        `the weights of ${spec.id} are not those of its card and are not run: sha-256 is ${sha256.slice(0, 12)}…, the card says ${spec.sha256.slice(0, 12)}…; install the model again (${path})`,
      );
    }
    return bytes;
  }
}

function describe(spec: ModelSpec, problem: string | undefined): ModelDescription {
  const { id, version, title, sha256, licence, source, samplingRateHz, windowSamples } = spec;
  const { labels, missingComponents, limits } = spec;
  const defaults: RunParameters = {
    ...spec.defaults,
    stacking: 'avg',
    batchSize: BATCH_SIZE,
    streams: undefined,
    window: undefined,
  };
  return {
    id,
    version,
    title,
    sha256,
    licence,
    source,
    samplingRateHz,
    windowSamples,
    labels,
    defaults,
    missingComponents,
    limits,
    problem,
  };
}

function unreadable(pack: string, problem: string): ModelDescription {
  const id = pack.slice(pack.lastIndexOf('/') + 1);
  return {
    id,
    version: '',
    title: id,
    sha256: '',
    licence: '',
    source: '',
    samplingRateHz: 0,
    windowSamples: 0,
    labels: [],
    defaults: {
      thresholds: {},
      overlapSamples: 0,
      blindingSamples: [0, 0],
      stacking: 'avg',
      minimumPeakDistanceSamples: 0,
      batchSize: 0,
      streams: undefined,
      window: undefined,
    },
    missingComponents: '',
    limits: [],
    problem,
  };
}
