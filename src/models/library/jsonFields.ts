// Parsed JSON, read without trust: undefined wherever it is not what was hoped for.

export type Fields = Readonly<Record<string, unknown>>;

/** An object's fields. */
export function fieldsOf(value: unknown): Fields | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

/** A list, empty where there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A finite number. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list of finite numbers. */
export function numbersOf(value: unknown): readonly number[] | undefined {
  const list = listOf(value).map(numberOf);
  const numbers = list.filter((each) => each !== undefined);
  return Array.isArray(value) && numbers.length === list.length ? numbers : undefined;
}
