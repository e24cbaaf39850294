import { AppError } from '../../base/appError.ts';
import { isJsonObject, isList, type Json, type JsonObject } from '../../base/canonicalJson.ts';

/** Reads fields of a JSON object and says of a wrong one where it is: `models[0].settings.overlap`. */
export class JsonReader {
  readonly #fields: JsonObject;
  readonly #path: string;
  readonly #read = new Set<string>();

  constructor(value: Json | undefined, path: string) {
    if (!isJsonObject(value)) throw wrongAt(path, 'an object', value);
    this.#fields = value;
    this.#path = path;
  }

  get fields(): JsonObject {
    return this.#fields;
  }

  at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  has(name: string): boolean {
    const value = this.#take(name);
    return value !== undefined && value !== null;
  }

  string(name: string): string {
    const value = this.#take(name);
    if (typeof value !== 'string') throw this.#wrong(name, 'a text');
    return value;
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  boolean(name: string): boolean {
    const value = this.#take(name);
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false');
    return value;
  }

  number(name: string, least = -Infinity, most = Infinity): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || value < least || value > most) {
      throw this.#wrong(name, rangeText('a number', least, most));
    }
    return value;
  }

  optionalNumber(name: string): number | undefined {
    return this.has(name) ? this.number(name) : undefined;
  }

  integer(name: string, least = 0): number {
    const value = this.number(name, least);
    if (!Number.isInteger(value)) throw this.#wrong(name, 'a whole number');
    return value;
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const value = this.#take(name);
    const found = known.find((each) => each === value);
    if (found === undefined) throw this.#wrong(name, known.join(' or '));
    return found;
  }

  object(name: string): JsonReader {
    return new JsonReader(this.#take(name), this.at(name));
  }

  list(name: string): readonly Json[] {
    const value = this.#take(name);
    if (value === undefined || !isList(value)) throw this.#wrong(name, 'a list');
    return value;
  }

  objects(name: string): JsonReader[] {
    return this.list(name).map((each, i) => new JsonReader(each, `${this.at(name)}[${i}]`));
  }

  numberList(name: string): number[] {
    return this.list(name).map((each) => {
      if (typeof each !== 'number') throw this.#wrong(name, 'a list of numbers');
      return each;
    });
  }

  strings(name: string): string[] {
    return this.list(name).map((each) => {
      if (typeof each !== 'string') throw this.#wrong(name, 'a list of texts');
      return each;
    });
  }

  /** An object of numbers, such as thresholds by label. */
  numbers(name: string, least = -Infinity, most = Infinity): Record<string, number> {
    const inner = this.object(name);
    const names = Object.keys(inner.fields);
    return Object.fromEntries(names.map((key) => [key, inner.number(key, least, most)]));
  }

  /** Refuses what nobody has read: a setting that is not known here would not be obeyed. */
  end(): void {
    const unknown = Object.keys(this.#fields).find((name) => !this.#read.has(name));
    if (unknown === undefined) return;
    throw new AppError(
      'bad-input',
      `${this.at(unknown)} is not known to this Onset; it is misspelt or of a newer one`,
    );
  }

  #take(name: string): Json | undefined {
    this.#read.add(name);
    return this.#fields[name];
  }

  #wrong(name: string, wanted: string): AppError {
    return wrongAt(this.at(name), wanted, this.#fields[name]);
  }
}

function wrongAt(path: string, wanted: string, value: Json | undefined): AppError {
  const given = value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
  return new AppError('bad-input', `${path || 'it'} must be ${wanted}, not ${given}`);
}

function rangeText(what: string, least: number, most: number): string {
  if (Number.isFinite(least) && Number.isFinite(most)) return `${what} from ${least} to ${most}`;
  return Number.isFinite(least) ? `${what} of at least ${least}` : what;
}
