// Finds model packs (`<folder>/<id>/{model.json, model.onnx}`) and says which may run.
// File access is injected: this room knows packs, not disks.

import { AppError, messageOf } from '../base/appError.ts';
import type { ChecksumState } from '../domain/event/modelPack.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import {
  isPackId,
  NETWORK_FILE,
  type PackFacts,
  readPackFacts,
  warningsOf,
} from './library/packFacts.ts';
import { parseModelSpec } from './card.ts';
import { defaultSettings } from './settings.ts';
import type { ModelSpec, RunnerOutput, RunPreset } from './spec.ts';

/** What the registry needs of a disk. Paths are joined with `/`. */
export interface ModelFiles {
  /** Names of the folders in a folder; empty when there is no such folder. */
  listFolders(folder: string): Promise<readonly string[]>;
  /** Undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  sha256(bytes: Uint8Array): Promise<string>;
}

/** A folder of packs. The person's own may be added to and removed from. */
export interface ModelFolder {
  readonly path: string;
  readonly place: 'shipped' | 'own';
}

/** How it is run unless told otherwise. */
interface RunFacts {
  /** Undefined for what cannot be run. */
  readonly outputKind: RunnerOutput['kind'] | undefined;
  /** Whether windows of other lengths than `windowSamples` may be asked for. */
  readonly anyLength: boolean;
  readonly presets: Readonly<Record<string, RunPreset>>;
  /** Undefined for what cannot be run. */
  readonly settings: RunSettings | undefined;
  /** Of the network's file. */
  readonly sizeBytes: number;
}

/** A model as a person is told of it; the shape of the contract's ModelInfo. */
export interface ModelDescription extends PackFacts, RunFacts {
  /** Of the network's bytes as they lie there. */
  readonly sha256: string;
  readonly checksum: ChecksumState;
  readonly warnings: readonly string[];
  readonly place: 'shipped' | 'own';
  /** Why it cannot run, or undefined. */
  readonly problem: string | undefined;
}

/** A pack with what was found in it, whether or not it can be run. */
export interface ModelPack {
  readonly folder: string;
  readonly facts: PackFacts;
  readonly checksum: ChecksumState;
  readonly sha256: string;
  /** Undefined when it cannot be run, with the reason in `problem`. */
  readonly spec: ModelSpec | undefined;
  readonly network: Uint8Array | undefined;
  readonly problem: string | undefined;
}

/** A model that can be run; where its card states a checksum, its weights have it. */
export interface RunnableModel {
  /** `sha256` is that of `network`, also where the card states none. */
  readonly spec: ModelSpec;
  /** The bytes that were checked, so that nothing else is run. */
  readonly network: Uint8Array;
}

/** A runnable model with what its card says of its use. */
export interface OpenModel extends RunnableModel {
  readonly facts: PackFacts;
}

/** The models at hand: those shipped and those of a person's own folder, in the order of the folders. */
export class ModelRegistry {
  readonly #files: ModelFiles;
  readonly #folders: readonly ModelFolder[];

  constructor(files: ModelFiles, folders: readonly ModelFolder[]) {
    this.#files = files;
    this.#folders = folders;
  }

  /** Where a person's own models are kept; undefined without such a folder. */
  get ownFolder(): string | undefined {
    return this.#folders.find(({ place }) => place === 'own')?.path;
  }

  /** Every pack found, broken ones with their problem in words. */
  async list(): Promise<ModelDescription[]> {
    const models: ModelDescription[] = [];
    for (const { folder, place } of await this.#packs()) {
      const model = await this.#describe(folder, place);
      if (!models.some(({ id }) => id === model.id)) models.push(model);
    }
    return models;
  }

  /** What is in a pack that lies anywhere, broken or not. */
  describeFolder(folder: string): Promise<ModelDescription> {
    return this.#describe(folder, 'own');
  }

  /** The model with its weights checked. Throws `not-found`, or `unreadable-file` with the problem. */
  async open(id: string, file?: string): Promise<OpenModel> {
    return this.openFolder((await this.find(id)).folder, file);
  }

  /**
   * The model of a pack anywhere. `file` names another network of the pack than `model.onnx`.
   * Throws `unreadable-file` with the problem.
   */
  async openFolder(folder: string, file = NETWORK_FILE): Promise<OpenModel> {
    const { facts, spec, network, problem } = await this.readPack(folder, file);
    if (spec === undefined || network === undefined) {
      throw new AppError('unreadable-file', problem ?? `the model pack ${folder} cannot be used`);
    }
    return { facts, spec, network };
  }

  /** Where the pack of this id lies. Throws `not-found`. */
  async find(id: string): Promise<{ folder: string; place: ModelFolder['place'] }> {
    const known: string[] = [];
    for (const pack of await this.#packs()) {
      const name = nameOf(pack.folder);
      const own = await this.#idOf(pack.folder);
      if ((own ?? name) === id) return pack;
      if (own !== undefined) known.push(own);
    }
    throw new AppError(
      'not-found',
      `there is no model "${id}"; the models at hand are: ${known.join(', ') || 'none'}`,
    );
  }

  /** What is in a pack. Throws `unreadable-file` only where there is no card that can be read. */
  async readPack(folder: string, file = NETWORK_FILE): Promise<ModelPack> {
    const json = await this.#readCard(folder);
    const facts = usable(folder, () => readPackFacts(json));
    const { network, sha256, checksum, problem } = await this.#readNetwork(folder, facts, file);
    const base = { folder, facts, checksum, sha256, network };
    if (problem !== undefined) return { ...base, spec: undefined, problem };
    try {
      const spec = { ...usable(folder, () => parseModelSpec(json)), file, sha256 };
      return { ...base, spec, problem: undefined };
    } catch (error) {
      return { ...base, spec: undefined, problem: messageOf(error) };
    }
  }

  async #packs(): Promise<{ folder: string; place: ModelFolder['place'] }[]> {
    const packs: { folder: string; place: ModelFolder['place'] }[] = [];
    for (const { path, place } of this.#folders) {
      // Names no pack can have are those of an import under way.
      const names = (await this.#files.listFolders(path)).filter(isPackId).sort();
      packs.push(...names.map((name) => ({ folder: `${path}/${name}`, place })));
    }
    return packs;
  }

  async #idOf(folder: string): Promise<string | undefined> {
    try {
      return readPackFacts(await this.#readCard(folder)).id;
    } catch {
      return undefined;
    }
  }

  async #describe(folder: string, place: ModelFolder['place']): Promise<ModelDescription> {
    try {
      return describe(await this.readPack(folder), place);
    } catch (error) {
      return unreadable(folder, place, messageOf(error));
    }
  }

  async #readCard(folder: string): Promise<unknown> {
    const bytes = await this.#files.read(`${folder}/model.json`);
    if (bytes === undefined) {
      throw new AppError('unreadable-file', `the model pack ${folder} has no model.json`);
    }
    return usable(folder, () => JSON.parse(new TextDecoder().decode(bytes)) as unknown);
  }

  async #readNetwork(
    folder: string,
    facts: PackFacts,
    file: string,
  ): Promise<Pick<ModelPack, 'network' | 'sha256' | 'checksum' | 'problem'>> {
    const path = `${folder}/${file}`;
    const none = { network: undefined, sha256: '' };
    if (!facts.files.includes(file)) {
      const problem = `the card of ${facts.id} names no network ${file}; it has ${facts.files.join(', ')}`;
      return { ...none, checksum: 'missing', problem };
    }
    const network = await this.#files.read(path);
    if (network === undefined) {
      const problem = `the weights of ${facts.id} are missing; install the model again (${path})`;
      return { ...none, checksum: 'missing', problem };
    }
    const sha256 = await this.#files.sha256(network);
    const stated = facts.checksums[file];
    if (stated === undefined) return { network, sha256, checksum: 'unchecked', problem: undefined };
    if (stated === sha256) return { network, sha256, checksum: 'matches', problem: undefined };
    return {
      network: undefined,
      sha256,
      checksum: 'differs',
      problem: `the weights of ${facts.id} are not those of its card and are not run: sha-256 is ${sha256.slice(0, 12)}…, the card says ${stated.slice(0, 12)}…; install the model again (${path})`,
    };
  }
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}

function usable<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const text = `the model pack ${folder} cannot be used: ${messageOf(error)}`;
    throw new AppError('unreadable-file', text, { cause: error });
  }
}

function runFactsOf(spec: ModelSpec | undefined, sizeBytes: number): RunFacts {
  if (spec === undefined) {
    const none = { outputKind: undefined, anyLength: false, presets: {}, settings: undefined };
    return { ...none, sizeBytes };
  }
  const { output, anyLength, presets } = spec;
  return {
    outputKind: output.kind,
    anyLength,
    presets,
    settings: defaultSettings(spec),
    sizeBytes,
  };
}

function describe(pack: ModelPack, place: ModelFolder['place']): ModelDescription {
  const { facts, spec, sha256, checksum, problem } = pack;
  const warnings = warningsOf(facts);
  if (checksum === 'unchecked') {
    warnings.push(
      `the card of ${facts.id} states no checksum of ${NETWORK_FILE}: whether these are the weights it speaks of is not checked`,
    );
  }
  const run = runFactsOf(spec, pack.network?.length ?? 0);
  return { ...facts, ...run, sha256, checksum, warnings, place, problem };
}

function unreadable(
  folder: string,
  place: ModelFolder['place'],
  problem: string,
): ModelDescription {
  const id = nameOf(folder);
  const facts = readPackFacts({ id: isPackId(id) ? id : 'unreadable' });
  const unknown = { sha256: '', checksum: 'missing', warnings: [] } as const;
  return { ...facts, ...runFactsOf(undefined, 0), ...unknown, place, problem };
}
