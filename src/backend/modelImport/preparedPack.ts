import { createHash } from 'node:crypto';

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A pack ready to be written. */
export interface PreparedPack {
  readonly id: string;
  readonly title: string;
  readonly architecture: string;
  /** Names of the files it was read from. */
  readonly from: readonly string[];
  readonly files: readonly NamedFile[];
  readonly warnings: readonly string[];
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function jsonBytes(json: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(json, undefined, 1)}\n`);
}
