import { type EpochNs, epochNs } from '../../base/time.ts';
import type { Changed } from '../journal.ts';
import type { ProjectFile } from '../projectFile.ts';
import { integer, nanoseconds, optionalText, orNull, text } from '../rows.ts';

/** A waveform file of the project, as it was when it was last read. */
export interface StoredSource {
  readonly path: string;
  readonly format: string | undefined;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
}

/** The waveform files of a project. They are named, never copied. */
export class SourceRepository {
  readonly #file: ProjectFile;
  readonly #told: (changed: Changed) => void;

  constructor(file: ProjectFile, told: (changed: Changed) => void) {
    this.#file = file;
    this.#told = told;
  }

  list(): StoredSource[] {
    const rows = this.#file.read(() =>
      this.#file.prepare('SELECT * FROM waveform_file ORDER BY path').all(),
    );
    return rows.map((row) => ({
      path: text(row, 'path'),
      format: optionalText(row, 'format'),
      sizeBytes: integer(row, 'size_bytes'),
      modifiedNs: nanoseconds(row, 'modified_ns') satisfies EpochNs,
    }));
  }

  /** Adds files, or replaces what was known of them. */
  put(sources: readonly StoredSource[]): void {
    this.#write(sources.length, () => {
      const put = this.#file.prepare(
        `INSERT INTO waveform_file(path, format, size_bytes, modified_ns) VALUES (?, ?, ?, ?)
          ON CONFLICT(path) DO UPDATE SET format = excluded.format,
            size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns`,
      );
      for (const { path, format, sizeBytes, modifiedNs } of sources) {
        put.run(path, orNull(format), sizeBytes, epochNs(modifiedNs));
      }
    });
  }

  /** Takes files out of the project; the files themselves are not touched. */
  remove(paths: readonly string[]): void {
    this.#write(paths.length, () => {
      const remove = this.#file.prepare('DELETE FROM waveform_file WHERE path = ?');
      for (const path of paths) remove.run(path);
    });
  }

  #write(count: number, act: () => void): void {
    if (count === 0) return;
    const tables = ['waveform_file'];
    const revision = this.#file.write('bulk', () => {
      act();
      return this.#file.nextRevision(tables);
    });
    this.#told({ revision, tables });
  }
}
