// What a model eats and means, read from the `model.json` of its pack.
// A card that asks for something this program does not do is refused, never approximated.

import { AppError } from '../base/appError.ts';

/** A picker that answers one probability per sample and label. */
export interface ModelSpec {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly licence: string;
  readonly source: string;
  /** Of `file`, lower-case hexadecimal. */
  readonly sha256: string;
  readonly file: string;
  readonly inputName: string;
  readonly outputName: string;
  readonly samplingRateHz: number;
  readonly windowSamples: number;
  /** Component letters in the order of the input rows, `Z`, `N`, `E`. */
  readonly components: readonly string[];
  /** What happens when a component is absent, in the card's words; such a row is fed as zeros. */
  readonly missingComponents: string;
  /** Labels in the order of the output rows; `N` is noise and never picked. */
  readonly labels: readonly string[];
  readonly normalisation: Normalisation;
  readonly defaults: ModelDefaults;
  readonly limits: readonly string[];
}

/**
 * `(x − mean) / (std + epsilon)` of each window and component by itself, std with divisor n.
 * A row is flat, and fed as zeros, when std ≤ `flatRatio` · the largest absolute value before the mean is removed.
 */
export interface Normalisation {
  readonly epsilon: number;
  readonly flatRatio: number;
}

export interface ModelDefaults {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly overlapSamples: number;
  /** Samples not used at the start and the end of each window, except at the ends of a record. */
  readonly blindingSamples: readonly [number, number];
  readonly minimumPeakDistanceSamples: number;
}

/** Windows that go through the network at once; the fastest on every machine measured. */
export const BATCH_SIZE = 8;

const NOISE_LABEL = 'N';

/** The labels that are picked: all but noise, with their row in the output. */
export function phaseLabels(spec: ModelSpec): { phase: string; row: number }[] {
  return spec.labels
    .map((phase, row) => ({ phase, row }))
    .filter(({ phase }) => phase !== NOISE_LABEL);
}

/**
 * Overlap of successive windows in samples from what a person gave: below 1 a fraction of the window
 * (`floor(f × window)`), from 1 on samples; nothing given means the card's. Throws `bad-input`.
 */
export function overlapSamples(spec: ModelSpec, overlap: number | undefined): number {
  if (overlap === undefined) return spec.defaults.overlapSamples;
  const samples = overlap < 1 ? Math.floor(overlap * spec.windowSamples) : overlap;
  if (!Number.isInteger(samples) || samples < 0 || samples >= spec.windowSamples) {
    throw new AppError(
      'bad-input',
      `overlap ${overlap} is not usable with ${spec.id}; give a fraction from 0 to below 1, or whole samples from 1 to ${spec.windowSamples - 1}`,
    );
  }
  return samples;
}

/**
 * Thresholds in force: the card's, replaced by those a person gave under the phase in any case.
 * Throws `bad-input` for a phase the model does not know or a value outside 0–1.
 */
export function pickThresholds(
  spec: ModelSpec,
  given: Readonly<Record<string, number>> | undefined,
): Record<string, number> {
  const phases = phaseLabels(spec).map(({ phase }) => phase);
  const thresholds: Record<string, number> = { ...spec.defaults.thresholds };
  for (const [name, value] of Object.entries(given ?? {})) {
    const phase = phases.find((each) => each.toLowerCase() === name.trim().toLowerCase());
    if (phase === undefined) {
      throw new AppError(
        'bad-input',
        `${spec.id} has no phase "${name}"; it picks ${phases.join(' and ')}`,
      );
    }
    if (!(value > 0 && value < 1)) {
      throw new AppError(
        'bad-input',
        `threshold ${value} for ${phase} is not a probability; give a number between 0 and 1`,
      );
    }
    thresholds[phase] = value;
  }
  return thresholds;
}

/** Reads a card. Throws `bad-input` naming the field that is absent, wrong or beyond this program. */
export function parseModelSpec(json: unknown): ModelSpec {
  const card = new Card(json, '');
  const preprocessing = card.at('preprocessing');
  const defaults = card.at('defaults');
  refuseUnknown(card);
  const labels = card.texts('labels');
  const components = [...card.text('components')];
  const window = card.at('window').positive('samples');
  const spec: ModelSpec = {
    id: card.text('id'),
    version: card.text('version'),
    title: card.text('title'),
    licence: licenceOf(card),
    source: card.at('source').text('training'),
    sha256: card.at('source').text('sha256').toLowerCase(),
    file: 'model.onnx',
    inputName: card.text('input'),
    outputName: card.text('output'),
    samplingRateHz: card.positive('samplingRateHz'),
    windowSamples: window,
    components,
    missingComponents: card.text('missingComponents'),
    labels,
    normalisation: {
      epsilon: preprocessing.at('normalise').number('epsilon'),
      flatRatio: 1e-9,
    },
    defaults: {
      thresholds: thresholdsOf(defaults, labels),
      overlapSamples: defaults.number('overlapSamples'),
      blindingSamples: blindingOf(defaults, window),
      minimumPeakDistanceSamples: defaults.positive('minimumPeakDistanceSamples'),
    },
    limits: card.texts('limits'),
  };
  overlapSamples(spec, Math.max(spec.defaults.overlapSamples, 1));
  return spec;
}

function refuseUnknown(card: Card): void {
  const preprocessing = card.at('preprocessing');
  const normalise = preprocessing.at('normalise');
  card.expect('use', 'picking');
  card.expect('windowing', 'sample-wise');
  card.at('layout').expect('input', ['batch', 'component', 'sample']);
  card.at('layout').expect('output', ['batch', 'label', 'sample']);
  preprocessing.expect('filter', null);
  preprocessing.expect('demean', 'component');
  preprocessing.expect('taperSamples', 0);
  normalise.expect('name', 'std');
  normalise.expect('scope', 'component');
  normalise.expect('divisor', 'n');
  card.at('defaults').expect('stacking', 'avg');
}

function licenceOf(card: Card): string {
  const licence = card.at('licence');
  return `${licence.text('spdx')}, ${licence.text('holder')}`;
}

function thresholdsOf(defaults: Card, labels: readonly string[]): Record<string, number> {
  const card = defaults.at('thresholds');
  const phases = labels.filter((label) => label !== NOISE_LABEL);
  return Object.fromEntries(phases.map((phase) => [phase, card.positive(phase)]));
}

function blindingOf(defaults: Card, windowSamples: number): readonly [number, number] {
  const [before, after] = defaults.numbers('blindingSamples');
  if (before === undefined || after === undefined || before + after >= windowSamples) {
    return defaults.fail('blindingSamples', 'two numbers that leave some of the window');
  }
  return [before, after];
}

/** One object of a card, read field by field; knows its own path for the message. */
export class Card {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new AppError('bad-input', `the model card has no object ${path || 'at its top'}`);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  /** All fields as they were read. */
  all(): Readonly<Record<string, unknown>> {
    return this.#fields;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return (this.#fields[name] ?? null) !== null;
  }

  at(name: string): Card {
    return new Card(this.#fields[name], this.#path + name + '.');
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' && value !== '' ? value : this.fail(name, 'a text');
  }

  number(name: string): number {
    const value = this.#fields[name];
    return typeof value === 'number' && value >= 0 ? value : this.fail(name, 'a number');
  }

  positive(name: string): number {
    const value = this.number(name);
    return value > 0 ? value : this.fail(name, 'a number above 0');
  }

  truth(name: string): boolean {
    const value = this.#fields[name];
    return typeof value === 'boolean' ? value : this.fail(name, 'true or false');
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name];
    const good = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return good ? (value as readonly string[]) : this.fail(name, 'a list of texts');
  }

  /** A list of texts, or one text of single letters. */
  letters(name: string): readonly string[] {
    const value = this.#fields[name];
    return typeof value === 'string' ? [...this.text(name)] : this.texts(name);
  }

  numbers(name: string): readonly number[] {
    const value = this.#fields[name];
    const good = Array.isArray(value) && value.every((each) => Number.isInteger(each) && each >= 0);
    return good ? (value as readonly number[]) : this.fail(name, 'a list of whole numbers');
  }

  expect(name: string, wanted: unknown): void {
    if (JSON.stringify(this.#fields[name]) !== JSON.stringify(wanted)) {
      this.fail(name, `${JSON.stringify(wanted)}, the only kind this version runs`);
    }
  }

  fail(name: string, wanted: string): never {
    throw new AppError('bad-input', `the model card's ${this.#path}${name} has to be ${wanted}`);
  }
}
