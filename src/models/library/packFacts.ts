// What a pack's card says of itself, whether or not this program can run it: the library shows every pack.

import { AppError } from '../../base/appError.ts';
import type { ModelUse } from '../../domain/event/modelPack.ts';
import { knownWeights } from './knownWeights.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './jsonFields.ts';

/** The card without what decides the numbers, which is `parseModelSpec`'s. */
export interface PackFacts {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly network: string;
  readonly use: ModelUse;
  readonly useNote: string;
  readonly licence: string;
  readonly source: string;
  readonly citation: string | undefined;
  readonly trainingData: readonly string[];
  readonly components: readonly string[];
  readonly labels: readonly string[];
  readonly samplingRateHz: number;
  readonly windowSamples: number;
  readonly missingComponents: string;
  readonly limits: readonly string[];
  /** The networks in the pack, `model.onnx` first. */
  readonly files: readonly string[];
  /** sha-256 by name of the networks; empty where the card states none. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Of the file the weights were published in. */
  readonly sourceSha256: string | undefined;
  /** Where the same weights make two networks: GPD's `fixed` or `original`. */
  readonly layerOrder: string | undefined;
}

export const NETWORK_FILE = 'model.onnx';

const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const NETWORK_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.onnx$/;
const SHA256 = /^[0-9a-f]{64}$/i;

/** Whether a text can be the name of a pack, which is also the name of its folder. */
export function isPackId(text: string): boolean {
  return SAFE_ID.test(text) && !text.endsWith('.');
}

/** Reads a card's facts, leniently but for its id. Throws `bad-input`. */
export function readPackFacts(json: unknown): PackFacts {
  const card = fieldsOf(json);
  if (card === undefined) throw new AppError('bad-input', 'the model card is no JSON object');
  const id = textOf(card.id) ?? textOf(card.name);
  if (id === undefined || !isPackId(id)) {
    throw new AppError(
      'bad-input',
      `the model card's id has to be a name of letters, digits, ".", "_" and "-", not ${JSON.stringify(card.id ?? null)}`,
    );
  }
  const source = fieldsOf(card.source) ?? {};
  const sourceSha256 = isOfWeights(source) ? undefined : sha256Of(source.sha256);
  return {
    id,
    version: textOf(card.version) ?? '',
    title: textOf(card.title) ?? id,
    network: textOf(card.network) ?? textOf(card.kind) ?? '',
    ...useOf(card),
    licence: licenceOf(card),
    source: sourceText(source),
    citation: textOf(card.citation),
    trainingData: trainingOf(card, sourceSha256),
    components: [...(textOf(card.components) ?? '')],
    labels: listOf(card.labels).flatMap((label) => textOf(label) ?? []),
    samplingRateHz: numberOf(card.samplingRateHz) ?? 0,
    windowSamples: numberOf(fieldsOf(card.window)?.samples) ?? 0,
    missingComponents: textOf(card.missingComponents) ?? '',
    limits: listOf(card.limits).flatMap((limit) => textOf(limit) ?? []),
    files: networkFiles(card),
    checksums: checksumsOf(card, source),
    sourceSha256,
    layerOrder: textOf(source.layerOrder),
  };
}

/** Sentences to be read before a model is run. */
export function warningsOf(facts: PackFacts): string[] {
  const warnings: string[] = [];
  if (facts.use === 'tests-only') {
    const note = facts.useNote === 'tests only' ? '' : `${facts.useNote}; `;
    warnings.push(
      `${facts.id} is for tests only (${note}licence: ${facts.licence}); its picks are not for a catalog`,
    );
  }
  if (facts.use === 'never-picking') {
    warnings.push(`${facts.id} is never for picking: ${facts.useNote}`);
  }
  if (facts.use === 'not-a-picker') {
    warnings.push(`${facts.id} is not a picker: ${facts.useNote}`);
  }
  return warnings;
}

function useOf(card: Fields): { use: ModelUse; useNote: string } {
  const kind = textOf(card.kind);
  const words = textOf(card.use);
  if (words === undefined) {
    const what = kind === undefined ? 'its card states no use' : `its card calls it ${kind}`;
    return { use: 'not-a-picker', useNote: what };
  }
  return { use: useOfWords(words), useNote: words };
}

function useOfWords(words: string): ModelUse {
  if (/\bnever\b|\brandom\b/i.test(words)) return 'never-picking';
  if (/\btests?[ -]only\b/i.test(words)) return 'tests-only';
  return /^picking\b/i.test(words) ? 'picking' : 'not-a-picker';
}

function licenceOf(card: Fields): string {
  const licence = fieldsOf(card.licence);
  if (licence === undefined) return textOf(card.licence) ?? 'not stated';
  const words = [textOf(licence.spdx), textOf(licence.holder), textOf(licence.note)];
  return words.filter((word) => word !== undefined).join(', ') || 'not stated';
}

function sourceText(source: Fields): string {
  const repository = textOf(source.repository);
  if (repository !== undefined) {
    const commit = textOf(source.commit);
    const path = textOf(source.path);
    return `${repository}${commit ? `@${commit}` : ''}${path ? `: ${path}` : ''}`;
  }
  return textOf(source.note) ?? textOf(source.path) ?? textOf(source.training) ?? 'not stated';
}

function trainingOf(card: Fields, sourceSha256: string | undefined): readonly string[] {
  const stated = listOf(fieldsOf(card.training)?.data);
  const known = sourceSha256 === undefined ? undefined : knownWeights(sourceSha256);
  if (stated.length === 0) return known?.trainingData ?? [];
  return stated.flatMap((entry) => {
    const fields = fieldsOf(entry);
    if (fields === undefined) return textOf(entry) ?? [];
    return textOf(fields.path) ?? textOf(fields.what) ?? [];
  });
}

function networkFiles(card: Fields): string[] {
  const names = Object.keys(fieldsOf(card.files) ?? {});
  const others = names.filter((name) => NETWORK_NAME.test(name) && name !== NETWORK_FILE);
  return [NETWORK_FILE, ...others];
}

/** `source.sha256` is the weights' own where they have no other file they came from. */
function isOfWeights(source: Fields): boolean {
  return source.path === undefined && source.repository === undefined;
}

function checksumsOf(card: Fields, source: Fields): Record<string, string> {
  const stated: [string, string][] = [];
  const own = isOfWeights(source) ? sha256Of(source.sha256) : undefined;
  const whole = own ?? sha256Of(card.sha256);
  if (whole !== undefined) stated.push([NETWORK_FILE, whole]);
  for (const [name, value] of Object.entries(fieldsOf(card.checksums) ?? {})) {
    stated.push([name, sha256Of(value) ?? 'unreadable']);
  }
  return Object.fromEntries(stated);
}

function sha256Of(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && SHA256.test(text) ? text.toLowerCase() : undefined;
}
