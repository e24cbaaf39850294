/**
 * What was wrong with a file, in sentences, bounded: of one kind the first few are told and the rest counted,
 * so that a bad catalog of a million picks gives a page of warnings and not a million.
 */
export class WarningList {
  readonly #sentences = new Map<string, string[]>();
  readonly #counts = new Map<string, number>();
  readonly #each: number;

  constructor(each = 5) {
    this.#each = each;
  }

  /** `kind` says in words what the sentences have in common: `negative uncertainties`. */
  add(kind: string, sentence: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > this.#each) return;
    const known = this.#sentences.get(kind);
    if (known) known.push(sentence);
    else this.#sentences.set(kind, [sentence]);
  }

  list(): string[] {
    return [...this.#sentences].flatMap(([kind, sentences]) => {
      const more = (this.#counts.get(kind) ?? 0) - sentences.length;
      return more > 0 ? [...sentences, `${kind}: ${more} more`] : sentences;
    });
  }
}
