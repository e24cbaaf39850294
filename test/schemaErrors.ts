// Checks a value against a JSON schema of ours: the words of draft 7 that resources/schemas uses, and no others.

type Schema = Readonly<Record<string, unknown>>;

const IGNORED = ['$schema', '$id', 'title', 'description', 'definitions'];

/** Where and how a value breaks a schema; nothing when it keeps it. Throws for a word it does not know. */
export function schemaErrors(value: unknown, schema: Schema, root = schema, at = '$'): string[] {
  return Object.entries(schema).flatMap(([word, rule]) => {
    if (IGNORED.includes(word)) return [];
    const check = WORDS[word];
    if (!check) throw new Error(`${at}: no check for the word ${word}`);
    return check(value, rule as never, { schema, root, at });
  });
}

interface Place {
  readonly schema: Schema;
  readonly root: Schema;
  readonly at: string;
}
type Check = (value: unknown, rule: never, place: Place) => string[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isOfType(value: unknown, type: string): boolean {
  return typeOf(value) === type || (type === 'integer' && Number.isInteger(value));
}

const numbers =
  (wrong: (value: number, bound: number) => boolean): Check =>
  (value, bound: number, { at }) =>
    typeof value === 'number' && wrong(value, bound) ? [`${at} is ${value}, bound ${bound}`] : [];

const lengths =
  (wrong: (length: number, bound: number) => boolean): Check =>
  (value, bound: number, { at }) =>
    Array.isArray(value) && wrong(value.length, bound) ? [`${at} has ${value.length}`] : [];

const WORDS: Readonly<Record<string, Check>> = {
  type: (value, type: string | string[], { at }) =>
    [type].flat().some((each) => isOfType(value, each)) ? [] : [`${at} is ${typeOf(value)}`],
  enum: (value, known: unknown[], { at }) =>
    known.includes(value) ? [] : [`${at} is ${JSON.stringify(value)}`],
  const: (value, known: unknown, { at }) =>
    value === known ? [] : [`${at} is ${JSON.stringify(value)}`],
  pattern: (value, pattern: string, { at }) =>
    typeof value !== 'string' || new RegExp(pattern).test(value) ? [] : [`${at} is "${value}"`],
  minimum: numbers((value, bound) => value < bound),
  maximum: numbers((value, bound) => value > bound),
  exclusiveMinimum: numbers((value, bound) => value <= bound),
  minItems: lengths((length, bound) => length < bound),
  maxItems: lengths((length, bound) => length > bound),
  minProperties: (value, least: number, { at }) =>
    isObject(value) && Object.keys(value).length < least ? [`${at} has too few`] : [],
  required: (value, names: string[], { at }) =>
    isObject(value) ? names.flatMap((name) => (name in value ? [] : [`${at} lacks ${name}`])) : [],
  properties: (value, inner: Record<string, Schema>, { root, at }) =>
    isObject(value)
      ? Object.entries(inner).flatMap(([name, schema]) =>
          name in value ? schemaErrors(value[name], schema, root, `${at}.${name}`) : [],
        )
      : [],
  additionalProperties: (value, rule: boolean | Schema, { schema, root, at }) => {
    if (!isObject(value) || rule === true) return [];
    const known = Object.keys((schema.properties as Schema | undefined) ?? {});
    const others = Object.keys(value).filter((name) => !known.includes(name));
    if (rule === false) return others.map((name) => `${at} has ${name}`);
    return others.flatMap((name) => schemaErrors(value[name], rule, root, `${at}.${name}`));
  },
  items: (value, rule: Schema, { root, at }) =>
    Array.isArray(value)
      ? value.flatMap((each: unknown, i) => schemaErrors(each, rule, root, `${at}[${i}]`))
      : [],
  anyOf: (value, rules: Schema[], { root, at }) => {
    const errors = rules.map((rule) => schemaErrors(value, rule, root, at));
    return errors.some((each) => each.length === 0) ? [] : errors.flat();
  },
  $ref: (value, ref: string, { root, at }) => {
    const name = ref.replace('#/definitions/', '');
    const definition = (root.definitions as Readonly<Record<string, Schema>>)[name];
    if (!definition) throw new Error(`${at}: no definition ${ref}`);
    return schemaErrors(value, definition, root, at);
  },
  if: (value, rule: Schema, { schema, root, at }) =>
    schemaErrors(value, rule, root, at).length === 0
      ? schemaErrors(value, (schema.then as Schema | undefined) ?? {}, root, at)
      : [],
  then: () => [],
};
