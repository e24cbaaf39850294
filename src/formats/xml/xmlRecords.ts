// A typed reader over saxes: elements near the root are announced as they open, everything from a given
// depth on is handed over as whole small trees, so that a catalog of any size is never in memory at once.
// Document types are refused: no format we read needs one, and entities are how XML files do harm.

import { SaxesParser, type SaxesTagNS } from 'saxes';
import { AppError } from '../../base/appError.ts';
import { decodeText, encodingByMark } from '../decodeText.ts';

export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** Attributes without a namespace under their name, others as `{namespace}name`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, as written. */
  readonly text: string;
  readonly line: number;
}

export interface XmlHandler {
  /** Elements at this depth are handed over whole; the root has depth 1. */
  readonly recordDepth: number;
  /** An element above that depth opened; it has no children and no text yet. */
  open(element: XmlElement, depth: number): void;
  record(element: XmlElement): void;
}

interface Growing {
  namespace: string;
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: Growing[];
  text: string;
  line: number;
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const MAX_DEPTH = 1000;

/**
 * Reads an XML document and calls the handler in document order.
 * UTF-8 and UTF-16 with or without a mark, and any encoding the declaration names.
 * Throws `unreadable-file` with the line where the document stops being XML.
 */
export function readXmlRecords(bytes: Uint8Array, handler: XmlHandler): void {
  if (bytes.length === 0) throw new AppError('unreadable-file', 'it is empty (0 bytes)');
  const parser = new SaxesParser({ xmlns: true });
  const stack: Growing[] = [];
  const recordDepth = handler.recordDepth;
  parser.on('error', (error) => {
    throw new AppError('unreadable-file', `it is not well-formed XML: ${plainReason(error)}`);
  });
  parser.on('doctype', () => {
    throw new AppError(
      'unreadable-file',
      'it declares a document type (DTD); Onset reads none, since entities can hide harm. Remove the DOCTYPE',
    );
  });
  parser.on('opentag', (tag) => {
    const element = openElement(tag, parser.line);
    const depth = stack.length + 1;
    if (depth > MAX_DEPTH) {
      throw new AppError('unreadable-file', `its elements are nested over ${MAX_DEPTH} deep`);
    }
    if (depth < recordDepth) handler.open(element, depth);
    else if (depth > recordDepth) stack.at(-1)?.children.push(element);
    stack.push(element);
  });
  const addText = (text: string) => {
    if (stack.length < recordDepth) return;
    const element = stack.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = stack.pop();
    if (element && stack.length + 1 === recordDepth) handler.record(element);
  });
  for (const text of decodeText(bytes, xmlEncoding(bytes))) parser.write(text);
  parser.close();
}

function openElement(tag: SaxesTagNS, line: number): Growing {
  let attributes: Map<string, string> | undefined;
  for (const key in tag.attributes) {
    const attribute = tag.attributes[key];
    if (!attribute || attribute.prefix === 'xmlns' || key === 'xmlns') continue;
    attributes ??= new Map();
    const name = attribute.uri === '' ? attribute.local : `{${attribute.uri}}${attribute.local}`;
    attributes.set(name, attribute.value);
  }
  return {
    namespace: tag.uri,
    name: tag.local,
    attributes: attributes ?? NO_ATTRIBUTES,
    children: [],
    text: '',
    line,
  };
}

/** `line 19: unclosed tag: pick` out of saxes's `19:5: unclosed tag: pick.` */
function plainReason(error: Error): string {
  const match = /^(\d+):\d+: (.*?)\.?$/s.exec(error.message);
  return match ? `line ${match[1]}: ${match[2]}` : error.message;
}

/** The encoding by mark, by the look of the first bytes, or by the declaration; UTF-8 otherwise. */
function xmlEncoding(bytes: Uint8Array): string {
  const marked = encodingByMark(bytes);
  if (marked) return marked.label;
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be';
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']/.exec(head)?.[1];
  return declared ? declared.toLowerCase() : 'utf-8';
}
