import { AppError } from '../../base/appError.ts';
import type { StoredSet } from '../../catalog/repositories/setRepository.ts';
import type { Args } from '../../contract/api.ts';
import { hashContent, type ParameterSet, setJson } from '../../domain/parameterSet/parameterSet.ts';
import type { BackendContext } from '../context.ts';
import { resolveSet, storedSet } from './resolveSet.ts';
import { sha256 } from './runContent.ts';

type SaveContext = Pick<BackendContext, 'catalog' | 'grants' | 'author'>;

/** The set as a file has it. */
export function setText(set: ParameterSet): string {
  return `${JSON.stringify(setJson(set), undefined, 2)}\n`;
}

/** Saves the next version of a name. Throws `bad-input` without a name, and what naming the set throws. */
export async function saveSet(
  context: SaveContext,
  { set: ref, name: given, note, parentId }: Args<'set.save'>,
): Promise<StoredSet> {
  const name = given.trim();
  if (name === '') throw new AppError('bad-input', 'a parameter set needs a name');
  const found = await resolveSet(context, ref, { name, note });
  // From here on at once: another page may save under the same name.
  const newest = newestOf(context, name);
  const before = parentId === undefined ? newest : storedSet(context, parentId);
  const version = (newest?.version ?? 0) + 1;
  return store(context, { ...found, name, note, version, parent: before?.hash });
}

/** Keeps what a file says of itself; only a version that another set has already becomes the next one. */
export async function importSet(
  context: SaveContext,
  ref: { readonly kind: 'file'; readonly file: string },
): Promise<StoredSet> {
  const set = await resolveSet(context, ref);
  const hash = hashContent(set.content, sha256);
  if (hash !== set.hash) {
    throw new AppError(
      'bad-input',
      `its content was changed after it was saved (its hash is ${hash.slice(0, 12)}, it says ${set.hash.slice(0, 12)}); ask for the original, or run it as it is with "onset scan --set"`,
    );
  }
  const same = context.catalog.sets.list().filter(({ name }) => name === set.name);
  const known = same.find((each) => each.version === set.version);
  if (known?.hash === hash) return known;
  const version = known === undefined ? set.version : (same.at(-1)?.version ?? 0) + 1;
  return store(context, { ...set, version });
}

function newestOf({ catalog }: SaveContext, name: string): StoredSet | undefined {
  return catalog.sets.list().findLast((each) => each.name === name);
}

function store({ catalog }: SaveContext, set: ParameterSet): StoredSet {
  const { name, version, parent, author, note, createdNs, hash } = set;
  return catalog.sets.add({
    ...{ name, version, parent, author, note, createdNs, hash },
    json: setText(set),
  });
}
