// From files and folders that a person named to the models that can be read from them: which files belong together.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { AppError } from '../../base/appError.ts';
import { fileError } from '../files.ts';

/** Files that together are one model. */
export type Candidate =
  /** `model.json` and the networks it names, in one folder; or the network alone, which lacks its card. */
  | {
      readonly kind: 'pack';
      readonly path: string;
      readonly folder: string;
      readonly named: string;
    }
  | { readonly kind: 'zip'; readonly path: string }
  | { readonly kind: 'torch'; readonly path: string; readonly settings: string | undefined }
  | { readonly kind: 'keras'; readonly path: string; readonly architecture: string | undefined }
  | { readonly kind: 'tensorflow'; readonly path: string; readonly shards: readonly string[] }
  | { readonly kind: 'refused'; readonly path: string; readonly error: string };

const TORCH = /\.(pt|pth)(\.v\d+)?$/i;
const KERAS = /\.(h5|hd5|hdf5)$/i;
const CHECKPOINT_PART = /\.(index|meta|data-\d{5}-of-\d{5})$/;
const SHARD = /^\.data-(\d{5})-of-(\d{5})$/;
const DEEPEST = 3;

/** The models in what was named, in the order of naming; what is none is refused with the reason. */
export async function gather(paths: readonly string[]): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const path of paths) {
    for (const candidate of await gatherPath(path, paths)) {
      const key = keyOf(candidate);
      if (!found.some((other) => keyOf(other) === key)) found.push(candidate);
    }
  }
  return pairedByHand(found, paths);
}

/** One weights file and one .json that were named together belong together, whatever their names are. */
function pairedByHand(found: readonly Candidate[], paths: readonly string[]): Candidate[] {
  const jsons = paths.filter((path) => /\.json(\.v\d+)?$/i.test(path));
  const weights = found.filter(({ kind }) => kind === 'torch' || kind === 'keras');
  const [json] = jsons;
  if (json === undefined || jsons.length > 1 || weights.length !== 1) return [...found];
  return found.flatMap((candidate) => {
    if (candidate.kind === 'torch') return { ...candidate, settings: json };
    if (candidate.kind === 'keras') return { ...candidate, architecture: json };
    return candidate.path === json ? [] : candidate;
  });
}

function keyOf(candidate: Candidate): string {
  return candidate.kind === 'pack' ? `${candidate.folder}\0${candidate.named}` : candidate.path;
}

async function gatherPath(path: string, named: readonly string[]): Promise<Candidate[]> {
  const status = await stat(path).catch((error: unknown) => Promise.reject(fileError(error, path)));
  if (!status.isDirectory()) {
    const one = await candidateOf(path);
    if (one !== undefined) return [one];
    return isCompanion(path, named)
      ? []
      : [
          {
            kind: 'refused',
            path,
            error: `${basename(path)} is no weights file known here; name a .pt, .h5, .onnx, .zip, a checkpoint or the folder of a pack`,
          },
        ];
  }
  const inside = await gatherFolder(path, DEEPEST);
  if (inside.length > 0) return inside;
  return [
    {
      kind: 'refused',
      path,
      error: `there is no model in ${basename(path)}; a pack has model.json and model.onnx`,
    },
  ];
}

/** A pack is one model, whatever else lies in it; other folders give all weights in and below them. */
async function gatherFolder(folder: string, deepest: number): Promise<Candidate[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (files.includes('model.json') && files.some((name) => name.endsWith('.onnx'))) {
    const others = files.filter((name) => name.endsWith('.onnx'));
    const only = others.length === 1 ? others[0] : undefined;
    return [{ kind: 'pack', path: folder, folder, named: only ?? 'model.onnx' }];
  }
  const found: Candidate[] = [];
  for (const name of files.sort()) {
    const candidate = await candidateOf(join(folder, name));
    if (candidate !== undefined) found.push(candidate);
  }
  if (deepest <= 1) return found;
  for (const entry of entries.filter((each) => each.isDirectory() && !each.name.startsWith('.'))) {
    found.push(...(await gatherFolder(join(folder, entry.name), deepest - 1)));
  }
  return found;
}

/** The model a file is the main file of. */
async function candidateOf(path: string): Promise<Candidate | undefined> {
  const name = basename(path);
  if (name.endsWith('.onnx')) {
    return { kind: 'pack', path, folder: dirname(path), named: name };
  }
  if (/\.zip$/i.test(name)) return { kind: 'zip', path };
  if (TORCH.test(name)) return { kind: 'torch', path, settings: await settingsBeside(path) };
  if (KERAS.test(name))
    return { kind: 'keras', path, architecture: await architectureBeside(path) };
  const part = CHECKPOINT_PART.exec(name);
  if (part !== null) return checkpointAt(path.slice(0, -part[0].length));
  return undefined;
}

/** Files that are read with another and are no model themselves. */
function isCompanion(path: string, named: readonly string[]): boolean {
  const name = basename(path);
  const isPart = /\.json(\.v\d+)?$|^checkpoint$/i.test(name);
  return isPart && named.some((other) => other !== path && dirname(other) === dirname(path));
}

/** `NAME.json.vN` beside `NAME.pt.vN`, or `NAME.json` beside `NAME.pt`. */
async function settingsBeside(path: string): Promise<string | undefined> {
  const match = /^(.*)\.(?:pt|pth)(\.v\d+)?$/i.exec(basename(path));
  if (match === null) return undefined;
  const [, stem = '', version = ''] = match;
  return isFile(join(dirname(path), `${stem}.json${version}`));
}

/** `NAME.json` beside `NAME.h5`, or the only Keras architecture of that name's beginning. */
async function architectureBeside(path: string): Promise<string | undefined> {
  const stem = basename(path, extname(path));
  for (const name of [`${stem}.json`, `${stem}.architecture.json`]) {
    const found = await isFile(join(dirname(path), name));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function checkpointAt(prefix: string): Promise<Candidate> {
  const name = basename(prefix);
  const names = (await readdir(dirname(prefix))).filter((each) => each.startsWith(name));
  const shards = names.filter((each) => SHARD.test(each.slice(name.length))).sort();
  const count = Number(SHARD.exec(shards[0]?.slice(name.length) ?? '')?.[2] ?? 0);
  if (count === 0 || shards.length !== count) {
    const found = count === 0 ? 'none of its' : `${shards.length} of its ${count}`;
    const error = `${name}.index has ${found} data files beside it (${name}.data-00000-of-00001 and so on); put all files of the checkpoint into one folder`;
    return { kind: 'refused', path: prefix, error };
  }
  return {
    kind: 'tensorflow',
    path: prefix,
    shards: shards.map((each) => join(dirname(prefix), each)),
  };
}

async function isFile(path: string): Promise<string | undefined> {
  return stat(path).then(
    (status) => (status.isFile() ? path : undefined),
    () => undefined,
  );
}

/** The largest weights file known has 50 MB; nothing near this is read by mistake. */
export const MAX_BYTES = 1_000_000_000;

/** Throws `unreadable-file` for what is too large to be weights. */
export async function refuseHuge(path: string): Promise<void> {
  const { size } = await stat(path).catch((error: unknown) =>
    Promise.reject(fileError(error, path)),
  );
  if (size <= MAX_BYTES) return;
  throw new AppError(
    'unreadable-file',
    `${basename(path)} has ${(size / 1e9).toFixed(1)} GB, more than weights of a picker ever have; name the weights file itself (${path})`,
  );
}
