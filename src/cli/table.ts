/** Rows as columns that line up; numbers to the right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<string> = new Set(),
): string {
  const widths = header.map((name, i) =>
    rows.reduce((width, row) => Math.max(width, (row[i] ?? '').length), name.length),
  );
  const line = (cells: readonly string[]): string =>
    header
      .map((name, i) => {
        const cell = cells[i] ?? '';
        return rightAligned.has(name) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [header, ...rows].map((row) => `${line(row)}\n`).join('');
}
