import { AppError } from '../base/appError.ts';

/** One object of a model card, read field by field; knows its own path for the message. */
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
    return new Card(this.#fields[name], `${this.#path}${name}.`);
  }

  /** The object of that name; an empty one when it is absent. */
  maybe(name: string): Card {
    return this.has(name) ? this.at(name) : new Card({}, `${this.#path}${name}.`);
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' && value !== '' ? value : this.fail(name, 'a text');
  }

  /** Empty when absent. */
  maybeText(name: string): string {
    return this.has(name) ? this.text(name) : '';
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

  /** A list of texts: at least one, and none twice. */
  names(name: string): readonly string[] {
    return this.#different(name, this.texts(name));
  }

  /** The same, or one text of single letters. */
  letters(name: string): readonly string[] {
    const value = this.#fields[name];
    return typeof value === 'string' ? this.#different(name, [...value]) : this.names(name);
  }

  #different(name: string, values: readonly string[]): readonly string[] {
    const good = values.length > 0 && new Set(values).size === values.length;
    return good ? values : this.fail(name, 'a list of at least one name, and none twice');
  }

  numbers(name: string): readonly number[] {
    const value = this.#fields[name];
    const good = Array.isArray(value) && value.every((each) => Number.isInteger(each) && each >= 0);
    return good ? (value as readonly number[]) : this.fail(name, 'a list of whole numbers');
  }

  /** The objects of a list. */
  cards(name: string): readonly Card[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) return this.fail(name, 'a list');
    return value.map((each: unknown, i) => new Card(each, `${this.#path}${name}[${i}].`));
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const text = this.text(name);
    const found = words.find((word) => word === text);
    return found ?? this.fail(name, words.map((word) => `"${word}"`).join(' or '));
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
