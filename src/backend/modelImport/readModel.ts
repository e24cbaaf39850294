// One model from its files to the files of a pack. Runs in a worker: weights are unpacked and networks built here.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { AppError, messageOf } from '../../base/appError.ts';
import type { ModelImportAnswers } from '../../contract/messages/models.ts';
import { readKerasWeights } from '../../formats/hdf5/kerasWeights.ts';
import { readStateDict } from '../../formats/pickle/stateDict.ts';
import { readCheckpoint } from '../../formats/tensorflow/checkpoint.ts';
import type { NamedTensors } from '../../models/import/weights.ts';
import { fileError } from '../files.ts';
import { packOf, type PublishedWeights } from './buildPack.ts';
import { type Candidate, MAX_BYTES, refuseHuge } from './gather.ts';
import { type PreparedPack, sha256 } from './preparedPack.ts';
import { readReadyPack, readZippedPack } from './readyPack.ts';

export interface ReadModelArgs {
  readonly candidate: Candidate;
  readonly answers: ModelImportAnswers;
  /** `Onset 0.4.0`. */
  readonly program: string;
}

/** Throws `unreadable-file` or `bad-input` with the reason; nothing was written then. */
export async function readModel({
  candidate,
  answers,
  program,
}: ReadModelArgs): Promise<PreparedPack> {
  switch (candidate.kind) {
    case 'refused':
      throw new AppError('bad-input', candidate.error);
    case 'pack':
      return readReadyPack(
        await folderFiles(candidate.folder),
        candidate.named,
        [basename(candidate.path)],
        answers,
        program,
      );
    case 'zip':
      return readZippedPack(
        await bytesOf(candidate.path),
        basename(candidate.path),
        inflate,
        answers,
        program,
      );
    case 'torch':
      return packOf(await torchWeights(candidate), answers, program);
    case 'keras':
      return packOf(await kerasWeights(candidate), answers, program);
    case 'tensorflow':
      return packOf(await checkpointWeights(candidate), answers, program);
  }
}

/** Never more than was promised, and never more than weights have. */
function inflate(packed: Uint8Array, sizeBytes: number): Uint8Array {
  if (sizeBytes > MAX_BYTES) throw new RangeError(`it unpacks to ${sizeBytes} bytes`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
}

async function bytesOf(path: string): Promise<Uint8Array> {
  await refuseHuge(path);
  const bytes = await readFile(path).catch((error: unknown) =>
    Promise.reject(fileError(error, path)),
  );
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The files a pack may have, by name. */
async function folderFiles(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(folder)) {
    if (!/^(model\.json|parity\.json|[^/]*\.onnx)$/.test(name)) continue;
    files.set(name, await bytesOf(join(folder, name)));
  }
  return files;
}

async function torchWeights(
  candidate: Extract<Candidate, { kind: 'torch' }>,
): Promise<PublishedWeights> {
  const { path, settings } = candidate;
  const name = basename(path);
  const bytes = await bytesOf(path);
  return {
    dialect: 'seisbench',
    name,
    from: [name, ...(settings === undefined ? [] : [basename(settings)])],
    folder: basename(dirname(path)),
    sha256: sha256(bytes),
    tensors: readStateDict(bytes, name),
    settings: settings === undefined ? undefined : await jsonAt(settings),
    kerasArchitecture: undefined,
    card: await cardBeside(path),
  };
}

async function kerasWeights(
  candidate: Extract<Candidate, { kind: 'keras' }>,
): Promise<PublishedWeights> {
  const { path, architecture } = candidate;
  const name = basename(path);
  const bytes = await bytesOf(path);
  const weights = readKerasWeights(bytes, name, inflate);
  const beside = architecture === undefined ? undefined : await jsonAt(architecture);
  return {
    dialect: 'native',
    name,
    from: [name, ...(architecture === undefined ? [] : [basename(architecture)])],
    folder: basename(dirname(path)),
    sha256: sha256(bytes),
    tensors: weights.tensors,
    settings: undefined,
    kerasArchitecture: beside ?? weights.architecture,
    card: await cardBeside(path),
  };
}

async function checkpointWeights(
  candidate: Extract<Candidate, { kind: 'tensorflow' }>,
): Promise<PublishedWeights> {
  const { path, shards } = candidate;
  const name = basename(path);
  const index = await bytesOf(`${path}.index`);
  const data = await Promise.all(shards.map(bytesOf));
  const tensors: NamedTensors = readCheckpoint({ name, index, shards: data });
  const hash = createHash('sha256');
  for (const shard of data) hash.update(shard);
  return {
    dialect: 'native',
    name,
    from: [`${name}.index`, ...shards.map((shard) => basename(shard))],
    folder: basename(dirname(path)),
    sha256: hash.digest('hex'),
    tensors,
    settings: undefined,
    kerasArchitecture: undefined,
    card: await cardBeside(path),
  };
}

/** A `model.json` is of the network that lies beside it, otherwise of the weights. */
async function cardBeside(path: string): Promise<unknown> {
  const inside = dirname(path);
  // TensorFlow keeps the checkpoint of a saved model in a folder of its own.
  const folder = basename(inside) === 'variables' ? dirname(inside) : inside;
  const names = await readdir(folder);
  const isPack = names.some((name) => name.endsWith('.onnx'));
  return isPack || !names.includes('model.json') ? undefined : jsonAt(join(folder, 'model.json'));
}

async function jsonAt(path: string): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await bytesOf(path))) as unknown;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'unreadable-file',
      `${basename(path)} is no JSON (${messageOf(error)}); fetch it again (${path})`,
      { cause: error },
    );
  }
}
