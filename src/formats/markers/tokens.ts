// How a line of a marker file is cut. Not a shell: a quote inside a bare word is a plain character, quoted parts
// that touch are two tokens, and an unclosed quote is a plain character.

// Blank as Python has it: U+001C–U+001F and U+0085 are, U+FEFF is not.
const BLANK = String.raw`(?:(?!\uFEFF)[\s\u001c-\u001f\u0085])`;
const TOKEN = new RegExp(
  String.raw`"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:(?!${BLANK})[\s\S])+)`,
  'gu',
);

/** The tokens of one line, quotes taken off and escapes undone. */
export function tokenise(line: string): string[] {
  return Array.from(line.matchAll(TOKEN), ([, double, single, bare]) => {
    if (double !== undefined) return double.replace(/\\(["\\])/g, '$1');
    if (single !== undefined) return single.replace(/\\(['\\])/g, '$1');
    return bare ?? '';
  });
}

/**
 * A text as one token. What could be cut or taken for a quote is put in single quotes; line ends, which no quoting
 * can carry, become blanks. The empty text is `None`.
 */
export function quoteToken(text: string): string {
  const oneLine = text.replace(/\r\n|[\r\n]/g, ' ');
  if (oneLine === '') return 'None';
  if (!/['"\s\u001c-\u001f\u0085]/.test(oneLine)) return oneLine;
  return `'${oneLine.replace(/['\\]/g, (letter) => `\\${letter}`)}'`;
}
