export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The rows of a CSV text (RFC 4180: quotes doubled inside quotes; LF, CRLF or CR end a row), each with the number
 * of the line on which it begins. Empty lines are passed over. A quote that is never closed ends with the text.
 */
export function* csvRows(text: string, separator: string): Generator<CsvRow, undefined> {
  const piece = new RegExp(
    `"((?:[^"]|"")*)("|$)|[^"${separator}\\r\\n]+|\\r\\n|[${separator}\\r\\n"]`,
    'g',
  );
  let line = 1;
  let begun = 1;
  let fields = [''];
  for (const [found, quoted] of text.matchAll(piece)) {
    const last = fields.length - 1;
    if (found === separator) fields.push('');
    else if (quoted !== undefined) fields[last] += quoted.replaceAll('""', '"');
    else if (found === '\n' || found === '\r\n' || found === '\r') {
      if (fields.length > 1 || fields[0] !== '') yield { line: begun, fields };
      fields = [''];
      line += 1;
      begun = line;
    } else fields[last] += found;
    if (quoted !== undefined) line += quoted.match(/\r\n|\r|\n/g)?.length ?? 0;
  }
  if (fields.length > 1 || fields[0] !== '') yield { line: begun, fields };
  return undefined;
}
