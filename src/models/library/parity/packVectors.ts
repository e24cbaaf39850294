// Reference numbers a pack brings itself, in its `parity.json`.

import { AppError } from '../../../base/appError.ts';
import { fieldsOf, listOf, numberOf, numbersOf, textOf } from '../jsonFields.ts';
import type { ParityReference, ReferenceWindow } from './compare.ts';
import { fedWindow, isRecipe, type FedWindow } from './recipes.ts';

/** What has to be known of the network to read its vectors. */
export interface VectorShape {
  readonly components: readonly string[];
  readonly labels: readonly string[];
  readonly windowSamples: number;
}

/**
 * The reference numbers of a parsed `parity.json`: `vectors` by name, each a window (`input`: rows of samples as
 * fed, or a recipe by its name) with `probabilities` of all labels by sample and, if wanted, `peaks` by label.
 * Undefined where it has no vectors (packs that only tell of a comparison made elsewhere). Throws `bad-input`
 * where it has some that cannot be used.
 */
export function packReference(json: unknown, shape: VectorShape): ParityReference | undefined {
  const parity = fieldsOf(json);
  const vectors = Object.entries(fieldsOf(parity?.vectors) ?? {});
  if (vectors.length === 0) return undefined;
  const tolerance = fieldsOf(parity?.tolerance);
  const allowed = numberOf(tolerance?.probability);
  if (allowed === undefined || allowed <= 0) {
    return fail('tolerance.probability', 'a number above 0');
  }
  return {
    text: 'the pack’s own reference numbers (parity.json)',
    tolerance: allowed,
    peakToleranceSamples: numberOf(tolerance?.peakSample) ?? 0,
    batches: vectors.map(([name, vector]) => [windowOf(name, vector, shape)]),
  };
}

function windowOf(name: string, json: unknown, shape: VectorShape): ReferenceWindow {
  const vector = fieldsOf(json);
  if (vector === undefined) return fail(`vectors.${name}`, 'an object');
  const values = Object.entries(fieldsOf(vector.probabilities) ?? {}).map(([sample, row]) => {
    const numbers = numbersOf(row);
    if (!/^\d+$/.test(sample) || numbers?.length !== shape.labels.length) {
      return fail(
        `vectors.${name}.probabilities.${sample}`,
        `${shape.labels.length} numbers under the number of a sample`,
      );
    }
    return [Number(sample), numbers] as const;
  });
  if (values.length === 0) return fail(`vectors.${name}.probabilities`, 'given for some sample');
  const peaks = Object.entries(fieldsOf(vector.peaks) ?? {}).map(([label, peak]) => {
    const sample = numberOf(fieldsOf(peak)?.sample);
    const row = shape.labels.indexOf(label);
    if (row < 0 || sample === undefined) {
      return fail(`vectors.${name}.peaks.${label}`, 'a sample of one of the labels');
    }
    return { label: row, sample };
  });
  return { input: inputOf(name, vector, shape), values: new Map(values), peaks };
}

function inputOf(
  name: string,
  vector: Readonly<Record<string, unknown>>,
  { components, windowSamples }: VectorShape,
): FedWindow {
  if (vector.input === undefined || textOf(vector.input) !== undefined) {
    const recipe = textOf(vector.input) ?? name;
    if (isRecipe(recipe)) return fedWindow(recipe, components, windowSamples);
    return fail(`vectors.${name}.input`, 'rows of samples, or the name of a recipe');
  }
  const rows = listOf(vector.input).map(numbersOf);
  const samples = rows[0]?.length ?? 0;
  const values = new Float32Array(components.length * samples);
  rows.forEach((row, component) => {
    if (row?.length === samples) values.set(row, component * samples);
  });
  const fits = rows.length === components.length && rows.every((row) => row?.length === samples);
  if (fits && samples > 0) return { components: components.length, samples, values };
  return fail(`vectors.${name}.input`, `${components.length} rows of as many samples`);
}

function fail(where: string, wanted: string): never {
  throw new AppError('bad-input', `parity.json: ${where} has to be ${wanted}`);
}
