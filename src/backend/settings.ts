// A person's settings for all projects: one JSON file, replaced whole so that a crash leaves the old one.

import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, messageOf } from '../base/appError.ts';

export class UserSettings {
  readonly #path: string;
  readonly #report: (text: string, file: string) => void;
  #values: Promise<Record<string, unknown>> | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** `report` is told when the file cannot be read and defaults are used instead. */
  constructor(path: string, report: (text: string, file: string) => void) {
    this.#path = path;
    this.#report = report;
  }

  load(): Promise<Record<string, unknown>> {
    this.#values ??= this.#read();
    return this.#values;
  }

  /** Resolves when the value is on the disk. Throws `bad-input`, or `service` when it cannot be written. */
  async save(key: string, value: unknown): Promise<void> {
    if (typeof key !== 'string' || key === '') {
      throw new AppError('bad-input', 'a setting needs a name');
    }
    // Joined before anything is awaited, so that two at once both stay.
    const values = this.load().then((before) => ({ ...before, [key]: value }));
    this.#values = values;
    const written = this.#writing.then(async () =>
      this.#replace(JSON.stringify(await values, undefined, 2)),
    );
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #read(): Promise<Record<string, unknown>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      this.#report(
        `Your settings cannot be read (${messageOf(error)}); defaults are used`,
        this.#path,
      );
      return {};
    }
    try {
      return parseSettings(text);
    } catch {
      const kept = `${this.#path}.unreadable`;
      await rename(this.#path, kept).catch(() => undefined);
      this.#report(
        `Your settings are damaged; defaults are used and the old file is kept as ${kept}`,
        this.#path,
      );
      return {};
    }
  }

  async #replace(text: string): Promise<void> {
    const fresh = `${this.#path}.${process.pid}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const file = await open(fresh, 'w', 0o600);
      try {
        await file.writeFile(`${text}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, this.#path);
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => undefined);
      throw new AppError(
        'service',
        `your settings could not be written: ${messageOf(error)}; make room or check the permissions of ${dirname(this.#path)}`,
        { cause: error },
      );
    }
  }
}

function parseSettings(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('unreadable-file', 'the settings are not an object');
  }
  return value as Record<string, unknown>;
}
