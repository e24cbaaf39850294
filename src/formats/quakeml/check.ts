// Tells what is wrong with an element by the table of types, before anything is taken from it.

import type { WarningList } from '../warningList.ts';
import type { XmlElement } from '../xml/xmlRecords.ts';
import { isResourceId } from './identifiers.ts';
import { type FieldSpec, quakemlEnumerations, quakemlTypes, type TypeSpec } from './schema.ts';
import { isNumberText, parseQuakemlTime } from './values.ts';

const REFERENCES = new Set([
  'pickID',
  'originID',
  'amplitudeID',
  'stationMagnitudeID',
  'preferredOriginID',
  'preferredMagnitudeID',
  'preferredFocalMechanismID',
  'triggeringOriginID',
  'derivedOriginID',
  'momentMagnitudeID',
]);

const UNCERTAINTIES = new Set(['uncertainty', 'lowerUncertainty', 'upperUncertainty']);

/** Checks elements against the table, one file's worth; call `checkReferences` at the end of the file. */
export class QuakemlCheck {
  readonly #warnings: WarningList;
  readonly #declared = new Set<string>();
  readonly #pending: { id: string; element: string; line: number }[] = [];
  /** How many elements and attributes of other namespaces there were. */
  foreignCount = 0;

  constructor(warnings: WarningList) {
    this.#warnings = warnings;
  }

  /** `namespace` is that of the file's own elements. */
  check(element: XmlElement, typeName: string, namespace: string): void {
    const type = quakemlTypes.get(typeName);
    if (!type) return;
    this.#checkAttributes(element, type);
    const seen = new Map<string, number>();
    for (const child of element.children) {
      if (child.namespace !== namespace) {
        this.foreignCount++;
        continue;
      }
      const field = type.elements.get(child.name);
      if (!field) {
        this.#warn('unknown elements', child, `has no place in ${element.name}; it is left out`);
        continue;
      }
      seen.set(child.name, (seen.get(child.name) ?? 0) + 1);
      if (quakemlTypes.has(field.type)) this.check(child, field.type, namespace);
      else this.#checkText(child, field);
    }
    this.#checkCounts(element, type, seen);
  }

  /** Call once every element of the file was checked: references to what the file does not hold. */
  checkReferences(): void {
    for (const { id, element, line } of this.#pending) {
      if (this.#declared.has(id)) continue;
      this.#warnings.add(
        'references to nothing',
        `line ${line}: ${element} names "${id}", which is not in the file`,
      );
    }
    this.#pending.length = 0;
  }

  /** Whether an identifier is new to the file. */
  declare(id: string, element: XmlElement): void {
    if (!isResourceId(id)) {
      this.#warn('invalid identifiers', element, `has "${id}", which is no resource identifier`);
    }
    if (this.#declared.has(id)) {
      this.#warn('identifiers used twice', element, `has the publicID "${id}" of another object`);
    }
    this.#declared.add(id);
  }

  #checkAttributes(element: XmlElement, type: TypeSpec): void {
    for (const key of element.attributes.keys()) if (key.startsWith('{')) this.foreignCount++;
    for (const field of type.attributes) {
      const value = element.attributes.get(field.name);
      if (value === undefined) {
        if (field.required) this.#warn('missing fields', element, `lacks its ${field.name}`);
        continue;
      }
      if (field.name === 'publicID') this.declare(value, element);
      else this.#checkValue(value, field, element);
    }
  }

  #checkCounts(element: XmlElement, type: TypeSpec, seen: ReadonlyMap<string, number>): void {
    for (const name of type.requiredElements) {
      if (!seen.has(name)) this.#warn('missing fields', element, `lacks its ${name}`);
    }
    for (const [name, count] of seen) {
      if (count > 1 && !type.elements.get(name)?.repeated) {
        this.#warn('repeated fields', element, `has ${count} ${name}; the first is taken`);
      }
    }
  }

  #checkText(element: XmlElement, field: FieldSpec): void {
    const text = element.text.trim();
    this.#checkValue(text, field, element);
    if (REFERENCES.has(element.name) && text !== '' && !this.#declared.has(text)) {
      this.#pending.push({ id: text, element: element.name, line: element.line });
    }
    if (UNCERTAINTIES.has(element.name) && Number(text) < 0) {
      this.#warn('negative uncertainties', element, `is ${text}; it is left out`);
    }
  }

  #checkValue(value: string, field: FieldSpec, element: XmlElement): void {
    const problem = valueProblem(value, field);
    if (problem) this.#warn(problem.kind, element, `${problem.text}; it is left out`);
    else if (field.maxLength !== undefined && value.length > field.maxLength) {
      const text = `has a ${field.name} of ${value.length} letters; QuakeML allows ${field.maxLength}`;
      this.#warn('texts too long', element, text);
    }
  }

  #warn(kind: string, element: XmlElement, what: string): void {
    this.#warnings.add(kind, `line ${element.line}: ${element.name} ${what}`);
  }
}

function valueProblem(value: string, field: FieldSpec): { kind: string; text: string } | undefined {
  switch (field.type) {
    case 'string':
      return undefined;
    case 'double':
      if (/^[+-]?(nan|inf)$/i.test(value)) {
        return { kind: 'values that are no number', text: `is ${value}, which is no number` };
      }
      return isNumberText(value)
        ? undefined
        : { kind: 'values that are no number', text: `is "${value}", which is no number` };
    case 'integer':
      return /^[+-]?\d+$/.test(value)
        ? undefined
        : { kind: 'values that are no number', text: `is "${value}", which is no whole number` };
    case 'boolean':
      return /^(true|false|0|1)$/.test(value)
        ? undefined
        : { kind: 'unknown words', text: `is "${value}", neither true nor false` };
    case 'time':
      return parseQuakemlTime(value) === undefined
        ? { kind: 'unreadable times', text: `is "${value}", which is no time` }
        : undefined;
    case 'id':
      return isResourceId(value)
        ? undefined
        : { kind: 'invalid identifiers', text: `is "${value}", which is no resource identifier` };
    default:
      return quakemlEnumerations.get(field.type)?.has(value) === false
        ? { kind: 'unknown words', text: `is "${value}", a word QuakeML does not have there` }
        : undefined;
  }
}
