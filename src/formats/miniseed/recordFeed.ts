// miniSEED as it comes through a pipe: bytes in pieces of any length, whole records out as soon as they are there.

import { isHeader2, isHeader3 } from './detect.ts';
import { parseHeader2, statesLength } from './header2.ts';
import { parseHeader3 } from './header3.ts';
import { readMiniseed, type DecodedSegment } from './read.ts';
import { isFault, type ParsedRecord } from './record.ts';
import { StreamNames } from './streamNames.ts';

/** No record of this length is waited for: its header is damaged. */
const LONGEST_RECORD = 2 ** 20;
/** The shortest miniSEED 2 record: its blockettes may lie anywhere in it. */
const SHORTEST_RECORD_2 = 128;
/** What has to be there for a header to be known as one. */
const HEADER_BYTES = 48;

export class RecordFeed {
  readonly #names = new StreamNames();
  #bytes = new Uint8Array(0);
  #passedOver = 0;
  #damaged = 0;

  /** Bytes that belonged to no record. */
  get passedOver(): number {
    return this.#passedOver;
  }

  /** Records that could not be decoded. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Takes the next bytes; answers the samples of the records that are whole now, in the order they came. */
  take(bytes: Uint8Array): DecodedSegment[] {
    const joined = new Uint8Array(this.#bytes.length + bytes.length);
    joined.set(this.#bytes);
    joined.set(bytes, this.#bytes.length);
    this.#bytes = joined;
    return this.#read(false);
  }

  /** No more bytes: a record that was cut off is lost. */
  end(): DecodedSegment[] {
    return this.#read(true);
  }

  #read(ended: boolean): DecodedSegment[] {
    const segments: DecodedSegment[] = [];
    let offset = 0;
    for (;;) {
      const length = this.#recordAt(offset, ended);
      if (length === 'wait') break;
      if (length === undefined || length === 'cut off') {
        const next = this.#nextHeader(offset, ended);
        // What the end of the pipe cut off is nobody's fault.
        const isLast = length === 'cut off' && next === this.#bytes.length;
        if (!isLast) this.#passedOver += next - offset;
        if (length === 'cut off' && !isLast) this.#damaged += 1;
        offset = next;
        continue;
      }
      segments.push(...this.#decode(this.#bytes.subarray(offset, offset + length)));
      offset += length;
    }
    this.#bytes = this.#bytes.slice(offset);
    return segments;
  }

  /** Length of the record at a place; undefined where there is none. */
  #recordAt(offset: number, ended: boolean): number | 'wait' | 'cut off' | undefined {
    const left = this.#bytes.length - offset;
    if (left === 0 || (left < HEADER_BYTES && !ended)) return 'wait';
    const is2 = isHeader2(this.#bytes, offset);
    if (is2 && left < SHORTEST_RECORD_2 && !ended) return 'wait';
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    const known = !is2 || statesLength(view, offset);
    const parsed = this.#parse(view, offset);
    if (parsed === undefined) return undefined;
    if (isFault(parsed)) {
      const cutOff = parsed.code === 'truncated-record';
      if (cutOff && left < LONGEST_RECORD) return ended ? 'cut off' : 'wait';
      this.#damaged += 1;
      return undefined;
    }
    // Without its own word a record's length shows only in the header that follows it.
    if (!known && !ended && parsed.length === left) return 'wait';
    return parsed.length;
  }

  #parse(view: DataView, offset: number): ParsedRecord | undefined {
    if (isHeader2(this.#bytes, offset)) {
      return parseHeader2(this.#bytes, view, offset, this.#names, () => undefined);
    }
    return isHeader3(this.#bytes, offset)
      ? parseHeader3(this.#bytes, view, offset, this.#names)
      : undefined;
  }

  /** Where a header may begin next: where one does, or in the last bytes, which do not show it yet. */
  #nextHeader(from: number, ended: boolean): number {
    const last = ended ? this.#bytes.length : this.#bytes.length - HEADER_BYTES;
    let offset = from + 1;
    while (offset < last && !isHeader2(this.#bytes, offset) && !isHeader3(this.#bytes, offset)) {
      offset += 1;
    }
    return Math.min(offset, this.#bytes.length);
  }

  #decode(record: Uint8Array): DecodedSegment[] {
    const { segments } = readMiniseed(record);
    if (segments.length === 0) this.#damaged += 1;
    return segments.filter(({ samples, sampleRateHz }) => samples.length > 0 && sampleRateHz > 0);
  }
}
