// What needs the models at hand, or a project.

import type { SetInfo } from '../../domain/parameterSet/setInfo.ts';
import { formatIso } from '../../base/time.ts';
import { print, printJson, say } from '../output.ts';
import { withSession } from '../session.ts';
import { textTable } from '../table.ts';
import { EXIT, readArguments, readInteger, required, UsageError } from '../usage.ts';
import { ONE_FILE, readSetFile, theOnly } from './showSets.ts';

export async function verifySetFile(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean', default: false } } as const;
  const { values, positionals } = readArguments(args, options, ONE_FILE);
  const path = theOnly(positionals);
  await readSetFile(path);
  return withSession({ project: { kind: 'temporary' } }, async (session) => {
    const set = { kind: 'file', file: session.grant(path) } as const;
    const { check } = await session.client.call('set.get', { set });
    const words = [...check.obstacles, ...check.differences];
    if (values.json) await printJson(check);
    else if (words.length > 0) await print(words.map((text) => `${text}\n`).join(''));
    else say('It is whole and leads to the same picks here.');
    return words.length > 0 ? EXIT.failedInPart : EXIT.done;
  });
}

export async function saveSet(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    args,
    {
      project: { type: 'string' },
      run: { type: 'string' },
      out: { type: 'string' },
      name: { type: 'string' },
      note: { type: 'string', default: '' },
    },
    undefined,
  );
  const path = required(values.project, 'project');
  const out = required(values.out, 'out');
  const asked = values.run === undefined ? undefined : readInteger(values.run, 'run', 1, 2 ** 31);
  return withSession({ project: { kind: 'file', path }, exclusive: true }, async (session) => {
    const { client } = session;
    const runs = await client.call('run.list', {});
    const run = asked === undefined ? runs.at(-1) : runs.find(({ id }) => id === asked);
    if (run === undefined) {
      const known = runs.map(({ id, modelId }) => `${id} (${modelId})`).join(', ');
      throw new UsageError(`${path} has no run ${asked ?? ''}; it has ${known || 'none'}`);
    }
    const { name = run.modelId, note } = values;
    const saved = await client.call('set.save', {
      ...{ set: { kind: 'run', runId: run.id }, name, note },
    });
    const target = session.grant(out);
    await client.call('set.export', { set: { kind: 'saved', setId: saved.id }, target });
    say(`${saved.name}, version ${saved.version}, is saved: ${saved.hash}`);
    return EXIT.done;
  });
}

/** A set that was saved, in the page for instance, as a file. */
export async function exportSet(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    args,
    {
      project: { type: 'string' },
      name: { type: 'string' },
      version: { type: 'string' },
      out: { type: 'string' },
    },
    undefined,
  );
  const path = required(values.project, 'project');
  const name = required(values.name, 'name');
  const out = required(values.out, 'out');
  const version =
    values.version === undefined ? undefined : readInteger(values.version, 'version', 1, 2 ** 31);
  return withSession({ project: { kind: 'file', path } }, async (session) => {
    const sets = await session.client.call('set.list', {});
    const named = sets.filter((set) => set.name === name);
    const set = named.findLast((each) => version === undefined || each.version === version);
    if (set === undefined) {
      const known = sets.map((each) => `${each.name} ${each.version}`).join(', ');
      throw new UsageError(
        `${path} has no set "${name}" ${version ?? ''}; it has ${known || 'none'}`,
      );
    }
    const target = session.grant(out);
    await session.client.call('set.export', { set: { kind: 'saved', setId: set.id }, target });
    say(`${set.name}, version ${set.version}, is written: ${set.hash}`);
    return EXIT.done;
  });
}

export async function listSets(args: readonly string[]): Promise<number> {
  const options = {
    project: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const;
  const { values } = readArguments(args, options, undefined);
  const path = required(values.project, 'project');
  return withSession({ project: { kind: 'file', path } }, async ({ client }) => {
    const sets = await client.call('set.list', {});
    await (values.json ? printJson(sets) : print(setTable(sets)));
    return EXIT.done;
  });
}

function setTable(sets: readonly SetInfo[]): string {
  const header = ['name', 'version', 'hash', 'models', 'runs', 'author', 'created', 'note'];
  const rows = sets.map((set) => [
    ...[set.name, String(set.version), set.hash.slice(0, 12), set.modelIds.join(', ')],
    ...[set.runIds.join(', '), set.author, formatIso(set.createdNs, 0), set.note],
  ]);
  return textTable(header, rows, new Set(['version']));
}
