import { describe, expect, test } from 'vitest';
import { AppError } from '../../base/appError.ts';
import { escapeAttribute, escapeText } from './escapeXml.ts';
import { readXmlRecords, type XmlElement } from './xmlRecords.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, big: boolean, mark: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + (mark ? 2 : 0));
  const view = new DataView(bytes.buffer);
  const letters = mark ? `\ufeff${text}` : text;
  for (let i = 0; i < letters.length; i++) view.setUint16(2 * i, letters.charCodeAt(i), !big);
  return bytes;
}

function read(bytes: Uint8Array, recordDepth = 2) {
  const records: XmlElement[] = [];
  const opened: string[] = [];
  readXmlRecords(bytes, {
    recordDepth,
    open: (element, depth) => opened.push(`${depth} ${element.name}`),
    record: (element) => records.push(element),
  });
  return { records, opened };
}

describe('reading XML in records', () => {
  test('announces what is near the root and hands over the rest whole, with lines and namespaces', () => {
    const text =
      '<?xml version="1.0"?>\n<r xmlns="urn:a" xmlns:b="urn:b">\n<x k="1" b:k="2">a&amp;<![CDATA[<b>]]><y/></x>\n<b:z/></r>';
    const { records, opened } = read(utf8(text));
    expect(opened).toEqual(['1 r']);
    const [x, z] = records;
    expect(x).toMatchObject({ namespace: 'urn:a', name: 'x', text: 'a&<b>', line: 3 });
    expect([...x!.attributes]).toEqual([
      ['k', '1'],
      ['{urn:b}k', '2'],
    ]);
    expect(x!.children.map((child) => child.name)).toEqual(['y']);
    expect(z).toMatchObject({ namespace: 'urn:b', name: 'z', line: 4 });
  });

  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('reads UTF-16, big-endian %s, with a mark %s', (big, mark) => {
    const { records } = read(utf16('<r><x>Þór 🌋</x></r>', big, mark));
    expect(records[0]?.text).toBe('Þór 🌋');
  });

  test('letters of several bytes survive the seams between pieces', () => {
    const letters = '🌋é'.repeat(400_000);
    const { records } = read(utf8(`<r><x>.${letters}</x></r>`));
    expect(records[0]?.text).toBe(`.${letters}`);
  });

  test.each([
    ['<r><x></r>', /line 1: /],
    ['<r>&nobody;</r>', /well-formed/],
    ['<r a="1" a="2"/>', /well-formed/],
    ['<p:r/>', /well-formed/],
    ['<r/><r/>', /well-formed/],
    ['<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', /document type/],
    ['<a>'.repeat(2000), /nested over 1000 deep/],
  ])('refuses %.40s', (text, words) => {
    expect(() => read(utf8(text))).toThrow(AppError);
    expect(() => read(utf8(text))).toThrow(words);
  });
});

describe('escaping', () => {
  test.each(['plain', 'a & b < c > d', '"q" \'s\'', 'tab\tline\nreturn\r', '茨城県 🌋'])(
    '%j comes back as text and as attribute',
    (text) => {
      const document = `<r><x k="${escapeAttribute(text)}">${escapeText(text)}</x></r>`;
      const [x] = read(utf8(document)).records;
      expect(x?.text).toBe(text);
      expect(x?.attributes.get('k')).toBe(text);
    },
  );

  test('what XML cannot hold becomes a replacement mark', () => {
    expect(escapeText('a\u0000b\u001fc\ud800d\udc00e\uffff')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffd',
    );
    expect(escapeText('🌋')).toBe('🌋');
  });
});
