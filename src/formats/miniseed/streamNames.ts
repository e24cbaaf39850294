import { formatNslc, type Nslc } from '../../domain/waveform/nslc.ts';
import { parseSourceId } from './sourceId.ts';

export interface StreamName {
  readonly stream: Nslc;
  readonly key: string;
}

type Note = (offset: number, streamKey: string, code: string, message: string) => void;

/** The codes of records, each built once: most records repeat the one before. */
export class StreamNames {
  readonly #byRaw = new Map<string, StreamName>();
  #last: StreamName | undefined;
  #lastAt = -1;

  /** Of the miniSEED 2 header at `offset`. */
  at(bytes: Uint8Array, offset: number, note: Note): StreamName {
    if (this.#last && sameCodes(bytes, this.#lastAt + 8, offset + 8)) return this.#last;
    const raw = String.fromCharCode(...bytes.subarray(offset + 8, offset + 20));
    let name = this.#byRaw.get(raw);
    if (!name) {
      const stream = {
        network: code(raw, 10, 12),
        station: code(raw, 0, 5),
        location: code(raw, 5, 7),
        channel: code(raw, 7, 10),
      };
      name = { stream, key: formatNslc(stream) };
      this.#byRaw.set(raw, name);
      if (/[^\0 -~]/.test(raw)) {
        const text = 'its codes hold letters outside ASCII, which were left out';
        note(offset, name.key, 'odd-header', text);
      }
    }
    this.#last = name;
    this.#lastAt = offset;
    return name;
  }

  /** Of a miniSEED 3 source identifier. */
  ofSourceId(sourceId: string): StreamName {
    let name = this.#byRaw.get(sourceId);
    if (!name) {
      const stream = parseSourceId(sourceId);
      name = { stream, key: formatNslc(stream) };
      this.#byRaw.set(sourceId, name);
    }
    return name;
  }
}

function sameCodes(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < 12; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

function code(raw: string, from: number, to: number): string {
  return raw
    .slice(from, to)
    .replace(/[^ -~]/g, '')
    .trim();
}
