// Checks a QuakeML text against golden/quakeml-schema/fields.json: required fields, how many there may be, enumerations,
// lengths, identifiers, references. Written from the field list alone, apart from the reader's own table.
import { readFileSync } from 'node:fs';
import { readXmlRecords, type XmlElement } from '../../src/formats/xml/xmlRecords.ts';

interface Field {
  element: string;
  type: string;
  cardinality: string;
  enumeration?: string;
  maxLength?: number;
}
interface Attribute {
  attribute: string;
  type: string;
  required: boolean;
  maxLength?: number;
}
interface Fields {
  types: Record<string, { attributes: Attribute[]; elements: Field[]; text?: string }>;
  enumerations: Record<string, string[]>;
}

const BED = 'http://quakeml.org/xmlns/bed/1.2';
const ID = /^(smi|quakeml):[A-Za-z0-9][\w\-.*()~']{2,}\/[\w\-.*()~'][\w\-.*()+?~'=,;#/&]*$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

export function fieldProblems(text: string, fieldsFile: string): string[] {
  const fields = JSON.parse(readFileSync(fieldsFile, 'utf8')) as Fields;
  const problems: string[] = [];
  const declared = new Set<string>();
  const references: { id: string; line: number }[] = [];
  const say = (element: XmlElement, what: string) =>
    problems.push(`line ${element.line}: ${element.name} ${what}`);

  const value = (element: XmlElement, text: string, type: string, enumeration?: string) => {
    if (enumeration && !fields.enumerations[enumeration]!.includes(text))
      say(element, `is ${text}`);
    if (type === 'xs:double' && !DECIMAL.test(text)) say(element, `is not a number: ${text}`);
    if (type === 'ResourceReference' && !ID.test(text)) say(element, `is not an id: ${text}`);
    if (type === 'xs:dateTime' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) {
      say(element, `is not a UTC time: ${text}`);
    }
    if (/ID$/.test(element.name) && !/^(method|filter|earthModel)ID$/.test(element.name)) {
      if (type === 'ResourceReference') references.push({ id: text, line: element.line });
    }
  };
  const walk = (element: XmlElement, typeName: string) => {
    const type = fields.types[typeName]!;
    for (const { attribute, required, maxLength } of type.attributes) {
      const given = element.attributes.get(attribute);
      if (given === undefined && required) say(element, `lacks ${attribute}`);
      if (maxLength && (given?.length ?? 0) > maxLength) say(element, `${attribute} is too long`);
      if (attribute === 'publicID' && given !== undefined) {
        if (!ID.test(given)) say(element, `publicID is not an id: ${given}`);
        if (declared.has(given)) say(element, `publicID twice: ${given}`);
        declared.add(given);
      }
    }
    const known = new Set(type.attributes.map((a) => a.attribute));
    for (const name of element.attributes.keys()) if (!known.has(name)) say(element, `has ${name}`);
    const counts = new Map<string, number>();
    for (const child of element.children) {
      const field = type.elements.find((f) => f.element === child.name);
      if (!field || child.namespace !== BED) {
        say(child, `does not belong in ${typeName}`);
        continue;
      }
      counts.set(child.name, (counts.get(child.name) ?? 0) + 1);
      if (fields.types[field.type]) walk(child, field.type);
      else value(child, child.text.trim(), field.type, field.enumeration);
      if (field.maxLength && child.text.length > field.maxLength) say(child, 'is too long');
    }
    for (const { element: name, cardinality } of type.elements) {
      const count = counts.get(name) ?? 0;
      const [least, most] = cardinality.split('..') as [string, string];
      if (count < Number(least)) say(element, `lacks ${name}`);
      if (most !== 'n' && count > Number(most)) say(element, `has ${count} ${name}`);
    }
  };
  readXmlRecords(new TextEncoder().encode(text), {
    recordDepth: 1,
    open: () => undefined,
    record: (root) => {
      if (root.children.length !== 1) say(root, `has ${root.children.length} children`);
      for (const child of root.children) walk(child, 'EventParameters');
    },
  });
  for (const { id, line } of references) {
    if (!declared.has(id)) problems.push(`line ${line}: names ${id}, which nothing is`);
  }
  return problems;
}
