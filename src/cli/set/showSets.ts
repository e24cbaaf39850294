// Sets of files, read without a project.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '../../base/appError.ts';
import { canonicalJson, isJsonObject, type Json, toJson } from '../../base/canonicalJson.ts';
import { formatIso } from '../../base/time.ts';
import { diffSets } from '../../domain/parameterSet/diffSets.ts';
import {
  hashContent,
  type ParameterSet,
  parseSet,
  readContent,
  type SetModel,
  setJson,
} from '../../domain/parameterSet/parameterSet.ts';
import { print, printJson, say } from '../output.ts';
import { EXIT, readArguments, UsageError } from '../usage.ts';

const JSON_OPTION = { json: { type: 'boolean', default: false } } as const;

export async function showSet(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, JSON_OPTION, ONE_FILE);
  const set = await readSetFile(theOnly(positionals));
  await (values.json ? printJson(setJson(set)) : print(setText(set)));
  return EXIT.done;
}

export async function compareSets(args: readonly string[]): Promise<number> {
  const two = { atLeast: 2, what: 'two files of parameter sets' };
  const { values, positionals } = readArguments(args, JSON_OPTION, two);
  const [first = '', second = '', another] = positionals;
  if (another !== undefined) throw new UsageError('name two files; sets are compared by twos');
  const differences = diffSets(await readSetFile(first), await readSetFile(second));
  if (values.json) await printJson(differences);
  else if (differences.length > 0) await print(differences.map(({ text }) => `${text}\n`).join(''));
  else say('Both make the same picks.');
  return EXIT.done;
}

export const ONE_FILE = { atLeast: 1, what: 'the file of a parameter set' };

export function theOnly(positionals: readonly string[]): string {
  const [file = '', another] = positionals;
  if (another !== undefined) throw new UsageError('name one file of a parameter set');
  return file;
}

/** Throws UsageError for what is no set: nothing can be done with it. */
export async function readSetFile(path: string): Promise<ParameterSet> {
  try {
    return parseSet(await readFile(path, 'utf8'));
  } catch (error) {
    const cause = error instanceof AppError ? messageOf(error) : 'it cannot be read';
    throw new UsageError(`${path}: ${cause}`);
  }
}

function setText(set: ParameterSet): string {
  const content = readContent(set.content);
  const { stations, window, programVersion, provider, models, detectors, ensemble } = content;
  const hash = hashContent(set.content, (text) => createHash('sha256').update(text).digest('hex'));
  const changed = hash === set.hash ? '' : ` (changed: its content has ${hash})`;
  const rows: (readonly [string, string])[] = [
    ['name', `${set.name}, version ${set.version}`],
    ['author', set.author],
    ['created', formatIso(set.createdNs, 0)],
    ...(set.note === '' ? [] : [['note', set.note] as const]),
    ...(set.parent === undefined ? [] : [['follows', set.parent] as const]),
    ['hash', `${set.hash}${changed}`],
    ['made with', `Onset ${programVersion} on ${provider}`],
    ['stations', stations?.join(', ') ?? 'all there are'],
    [
      'span',
      window ? `${formatIso(window.startNs)} to ${formatIso(window.endNs)}` : 'all there is',
    ],
    ...models.flatMap(modelRows),
    ...detectors.map((detector) => ['detector', canonicalJson(detector)] as const),
    ...(ensemble === undefined ? [] : [['ensemble', canonicalJson(ensemble)] as const]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function modelRows(model: SetModel): (readonly [string, string])[] {
  const { id, version, sha256, settings, stationThresholds, calibration } = model;
  return [
    ['model', `${id} ${version}, checksum ${sha256}`],
    ...leaves(toJson(settings), '').map(([name, value]) => [`  ${name}`, value] as const),
    ...Object.entries(stationThresholds).map(
      ([station, own]) => [`  threshold at ${station}`, canonicalJson(toJson(own))] as const,
    ),
    ...Object.entries(calibration).map(
      ([label, own]) => [`  calibration of ${label}`, canonicalJson(toJson(own))] as const,
    ),
  ];
}

/** `pickRule.kind` and the like with their values. */
function leaves(value: Json, name: string): [string, string][] {
  if (!isJsonObject(value)) {
    return [[name, typeof value === 'string' ? value : canonicalJson(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, name === '' ? key : `${name}.${key}`),
  );
}
