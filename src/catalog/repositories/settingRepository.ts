import type { ProjectFile } from '../projectFile.ts';
import { text } from '../rows.ts';

/** Plain JSON values kept with the project: layout, last view, what the page wants to find again. */
export class SettingRepository {
  readonly #file: ProjectFile;

  constructor(file: ProjectFile) {
    this.#file = file;
  }

  all(): Record<string, unknown> {
    const rows = this.#file.read(() => this.#file.prepare('SELECT * FROM setting').all());
    return Object.fromEntries(
      rows.map((row) => [text(row, 'key'), JSON.parse(text(row, 'value')) as unknown]),
    );
  }

  get(key: string): unknown {
    const row = this.#file.prepare('SELECT value FROM setting WHERE key = ?').get(key);
    return row === undefined ? undefined : (JSON.parse(text(row, 'value')) as unknown);
  }

  /** Undefined forgets the key. */
  put(key: string, value: unknown): void {
    this.#file.write('bulk', () => {
      const json = JSON.stringify(value) as string | undefined;
      if (json === undefined) this.#file.prepare('DELETE FROM setting WHERE key = ?').run(key);
      else this.#file.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)').run(key, json);
    });
  }
}
