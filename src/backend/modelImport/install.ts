// A prepared pack into the person's model folder: written aside, tried, compared, then moved into place whole.

import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, messageOf } from '../../base/appError.ts';
import type { ModelImport } from '../../domain/event/modelPack.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import type { PreparedPack } from './preparedPack.ts';
import { comparePack, tryNetwork, type VerifyTools } from './verify.ts';

export interface InstallTools extends VerifyTools {
  /** Where the person's own packs are. */
  readonly ownFolder: string;
}

/** Installs a pack. Throws `bad-input` or `service` with the reason; nothing of it stays then. */
export async function installPack(
  tools: InstallTools,
  pack: PreparedPack,
  replace: boolean,
): Promise<Pick<ModelImport, 'parity' | 'warnings'>> {
  const { ownFolder } = tools;
  await refuseTaken(tools.models, ownFolder, pack.id, replace);
  // No pack can have such a name, so that nobody lists it before it is whole.
  const aside = join(ownFolder, `.import-${randomBytes(6).toString('hex')}`);
  try {
    await writeFiles(aside, pack);
    const { facts, problem } = await tools.models.readPack(aside);
    if (facts.use === 'not-a-picker' && problem !== undefined) {
      throw new AppError('bad-input', `${pack.id} is not a picker: ${facts.useNote}`);
    }
    if (problem !== undefined)
      throw new AppError('bad-input', withoutFolder(problem, aside, pack.id));
    for (const file of facts.files) {
      await tryNetwork(tools.inference, await tools.models.openFolder(aside, file));
    }
    const parity = await comparePack(tools, aside, facts);
    if (parity.verdict === 'fail') {
      throw new AppError('bad-input', `${pack.id} does not answer as its original: ${parity.text}`);
    }
    await moveIntoPlace(aside, join(ownFolder, pack.id));
    const described = (await tools.models.list()).find(({ id }) => id === pack.id);
    return { parity, warnings: [...pack.warnings, ...(described?.warnings ?? [])] };
  } catch (error) {
    throw explained(error, ownFolder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Deletes a pack of the person's own. Throws `not-found`, `service`, and `bad-input` for one that came with the program. */
export async function removePack(models: ModelRegistry, id: string): Promise<void> {
  const { folder, place } = await models.find(id);
  if (place === 'shipped') {
    throw new AppError(
      'bad-input',
      `${id} came with Onset and stays; only models you installed can be removed`,
    );
  }
  const aside = join(folder, '..', `.import-${randomBytes(6).toString('hex')}`);
  try {
    await rename(folder, aside);
    await rm(aside, { recursive: true, force: true });
  } catch (error) {
    throw explained(error, dirname(folder), `${id} was not removed`);
  }
}

/** The parsed `parity.json` of a pack. Throws `bad-input` where it is no JSON. */
export async function readVectors(folder: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(folder, 'parity.json'), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError('bad-input', `parity.json is no JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function refuseTaken(
  models: ModelRegistry,
  ownFolder: string,
  id: string,
  replace: boolean,
): Promise<void> {
  const taken = (await models.list()).find((model) => model.id === id);
  if (taken?.place === 'shipped') {
    throw new AppError(
      'bad-input',
      `there is a model ${id} that came with Onset; give this one another name (--id)`,
    );
  }
  const there = taken ?? (await stat(join(ownFolder, id)).catch(() => undefined));
  if (there === undefined || replace) return;
  throw new AppError(
    'bad-input',
    `there is a model ${id} already; replace it (--replace) or give this one another name (--id)`,
  );
}

async function writeFiles(folder: string, pack: PreparedPack): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, bytes } of pack.files) {
    const handle = await open(join(folder, name), 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

const ASIDE = /^\.import-[0-9a-f]{12}$/;
const REPLACED = /^\.replaced-(.+)$/;
/** An import that is this old is not under way any more. */
const ABANDONED_MS = 3_600_000;

/** Clears away what an import that was killed left behind; a pack it was replacing comes back. */
export async function tidyImports(ownFolder: string): Promise<void> {
  const names = await readdir(ownFolder).catch((): string[] => []);
  for (const name of names) {
    const path = join(ownFolder, name);
    const replaced = REPLACED.exec(name)?.[1];
    if (replaced !== undefined && !names.includes(replaced)) {
      await rename(path, join(ownFolder, replaced)).catch(() => undefined);
    } else if (replaced !== undefined || (ASIDE.test(name) && (await isAbandoned(path)))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > ABANDONED_MS;
}

async function moveIntoPlace(aside: string, place: string): Promise<void> {
  const before = join(dirname(place), `.replaced-${basename(place)}`);
  const replaced = await rename(place, before).then(
    () => true,
    () => false,
  );
  try {
    await rename(aside, place);
  } catch (error) {
    if (replaced) await rename(before, place);
    throw error;
  }
  if (replaced) await rm(before, { recursive: true, force: true });
}

function withoutFolder(problem: string, aside: string, id: string): string {
  return problem.replaceAll(`the model pack ${aside}`, id).replaceAll(`${aside}/`, `${id}/`);
}

function explained(
  error: unknown,
  ownFolder: string,
  what = 'the model was not installed',
): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full; make room and try again'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'the folder of your models may not be written'
        : `the system says ${code}`;
  return new AppError('service', `${what}: ${why} (${ownFolder})`, {
    cause: error,
  });
}
