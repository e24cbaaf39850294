import type { Pick } from '../../src/domain/event/pick.ts';

/** Rows of a long list of which only some pages are loaded. Immutable: every change makes a new one. */
export class RowPages {
  readonly total: number;
  readonly #pageRows: number;
  readonly #pages: ReadonlyMap<number, readonly Pick[]>;
  #indexById: Map<number, number> | undefined;

  constructor(
    pageRows: number,
    pages: ReadonlyMap<number, readonly Pick[]> = new Map(),
    total = 0,
  ) {
    this.#pageRows = pageRows;
    this.#pages = pages;
    this.total = total;
  }

  at(index: number): Pick | undefined {
    const page = Math.floor(index / this.#pageRows);
    return this.#pages.get(page)?.[index - page * this.#pageRows];
  }

  /** The place of a pick among the rows that are loaded. */
  indexOf(id: number): number | undefined {
    this.#indexById ??= new Map(
      [...this.#pages].flatMap(([page, picks]) =>
        picks.map((pick, i) => [pick.id, page * this.#pageRows + i] as const),
      ),
    );
    return this.#indexById.get(id);
  }

  /** The first loaded row from `start` that fits, before any row that is not loaded. */
  findFrom(start: number, fits: (pick: Pick) => boolean): number | undefined {
    for (let i = start; i < this.total; i++) {
      const pick = this.at(i);
      if (!pick) return undefined;
      if (fits(pick)) return i;
    }
    return undefined;
  }

  missingPages(first: number, last: number): number[] {
    const to = Math.min(last, this.total - 1);
    const missing: number[] = [];
    for (let p = Math.floor(Math.max(0, first) / this.#pageRows); p * this.#pageRows <= to; p++) {
      if (!this.#pages.has(p)) missing.push(p);
    }
    return missing;
  }

  withPage(page: number, picks: readonly Pick[], total: number): RowPages {
    return new RowPages(this.#pageRows, new Map(this.#pages).set(page, picks), total);
  }

  /** Rows whose picks have changed show them; nothing moves. */
  withChanged(changed: readonly Pick[]): RowPages {
    const pages = new Map(this.#pages);
    for (const pick of changed) {
      const index = this.indexOf(pick.id);
      if (index === undefined) continue;
      const page = Math.floor(index / this.#pageRows);
      const rows = [...(pages.get(page) ?? [])];
      rows[index - page * this.#pageRows] = pick;
      pages.set(page, rows);
    }
    const next = new RowPages(this.#pageRows, pages, this.total);
    next.#indexById = this.#indexById;
    return next;
  }
}
