// Finding by a few letters: all words of the query must begin a word, or be part, of what is sought.

export interface Part {
  readonly text: string;
  readonly hit: boolean;
}

const words = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);

/** 0 = not found; larger fits better. An empty query finds everything alike. */
export function score(query: string, label: string, detail: string): number {
  const lower = label.toLowerCase();
  const more = detail.toLowerCase();
  let total = 1;
  for (const word of words(query)) {
    const at = lower.indexOf(word);
    if (at === 0) total += 8;
    else if (at > 0) total += /\W/.test(lower[at - 1] ?? '') ? 6 : 3;
    else if (more.includes(word)) total += 1;
    else return 0;
  }
  return total;
}

/** The label cut where the query hits it, for the underline. */
export function matchParts(query: string, label: string): Part[] {
  const lower = label.toLowerCase();
  const hits = words(query)
    .map((word) => ({ from: lower.indexOf(word), to: lower.indexOf(word) + word.length }))
    .filter(({ from }) => from >= 0)
    .sort((a, b) => a.from - b.from);
  const parts: Part[] = [];
  let at = 0;
  for (const { from, to } of hits) {
    if (from < at) continue;
    if (from > at) parts.push({ text: label.slice(at, from), hit: false });
    parts.push({ text: label.slice(from, to), hit: true });
    at = to;
  }
  if (at < label.length) parts.push({ text: label.slice(at), hit: false });
  return parts;
}
