import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeError } from '../exchange/atomicWrite.ts';

/** A file that is there whole or not at all: written under another name in the same folder, then renamed. */
export class WholeFile {
  readonly #path: string;
  readonly #unfinished: string;
  readonly #handle: FileHandle;

  private constructor(path: string, unfinished: string, handle: FileHandle) {
    this.#path = path;
    this.#unfinished = unfinished;
    this.#handle = handle;
  }

  static async create(path: string): Promise<WholeFile> {
    const name = `.onset-curves-${randomBytes(6).toString('hex')}.tmp`;
    const unfinished = join(dirname(path), name);
    try {
      return new WholeFile(path, unfinished, await open(unfinished, 'wx'));
    } catch (error) {
      throw writeError(error, path);
    }
  }

  async append(part: string | Uint8Array): Promise<void> {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    try {
      // One call may write less than it was given, as on a disk that is filling up.
      for (let from = 0; from < bytes.length;) {
        from += (await this.#handle.write(bytes, from)).bytesWritten;
      }
    } catch (error) {
      throw writeError(error, this.#path);
    }
  }

  /** The file has its name from now on. */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#unfinished, this.#path);
    } catch (error) {
      throw writeError(error, this.#path);
    }
  }

  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#unfinished, { force: true });
  }
}
