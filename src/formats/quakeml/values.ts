import { type EpochNs, parseTime } from '../../base/time.ts';
import type { XmlElement } from '../xml/xmlRecords.ts';

/** The first child of that name in the element's own namespace. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((c) => c.name === name && c.namespace === element.namespace);
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((c) => c.name === name && c.namespace === element.namespace);
}

/** The trimmed text of a child, undefined when it is absent or empty. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  const text = child(element, name)?.text.trim();
  return text === '' ? undefined : text;
}

export function isNumberText(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text);
}

/** A finite number, undefined for everything else (NaN, INF, words). */
export function numberOf(element: XmlElement | undefined, name: string): number | undefined {
  const text = textOf(element, name);
  if (text === undefined || !isNumberText(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The value of a RealQuantity child. */
export function quantityOf(element: XmlElement, name: string): number | undefined {
  return numberOf(child(element, name), 'value');
}

/** An xs:dateTime; without a zone it is UTC, as QuakeML says. Undefined for what is no time. */
export function parseQuakemlTime(text: string): EpochNs | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return undefined;
  try {
    return parseTime(text);
  } catch {
    return undefined;
  }
}

/** The time a child element holds as text. */
export function timeOf(element: XmlElement | undefined, name: string): EpochNs | undefined {
  const text = textOf(element, name);
  return text === undefined ? undefined : parseQuakemlTime(text);
}

/** Both sides of a quantity's uncertainty; one number stands for both. Negative ones count as not given. */
export function uncertaintiesOf(quantity: XmlElement | undefined): {
  lower: number | undefined;
  upper: number | undefined;
} {
  const valid = (value: number | undefined) =>
    value !== undefined && value >= 0 ? value : undefined;
  const both = valid(numberOf(quantity, 'uncertainty'));
  return {
    lower: valid(numberOf(quantity, 'lowerUncertainty')) ?? both,
    upper: valid(numberOf(quantity, 'upperUncertainty')) ?? both,
  };
}
