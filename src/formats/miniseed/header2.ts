// The fixed section of data header and its blockettes: SEED manual 2.4, chapter 8.

import { isControlHeader, isHeader2 } from './detect.ts';
import { ENCODING } from './encoding.ts';
import { daysToYear, type ParsedRecord, type RecordFault } from './record.ts';
import type { StreamNames } from './streamNames.ts';

const MIN_EXPONENT = 7;
const MAX_EXPONENT = 20;
const MAX_CHAIN = 64;

export type Note = (offset: number, streamKey: string, code: string, message: string) => void;

interface Blockettes {
  encoding: number;
  /** 0 little, 1 big; anything else is invalid. -1 without blockette 1000. */
  wordOrder: number;
  lengthExponent: number;
  rateHz: number;
  microseconds: number;
  found: number;
  brokenAt: number;
}

const blockettes: Blockettes = {
  encoding: -1,
  wordOrder: -1,
  lengthExponent: -1,
  rateHz: 0,
  microseconds: 0,
  found: 0,
  brokenAt: -1,
};

/** Whether year and day of year read sensibly in this byte order (the test every SEED reader uses). */
function dateFits(view: DataView, offset: number, littleEndian: boolean): boolean {
  const year = view.getUint16(offset + 20, littleEndian);
  const day = view.getUint16(offset + 22, littleEndian);
  return year >= 1900 && year <= 2100 && day >= 1 && day <= 366;
}

/** Sample rate from factor and multiplier, where a negative number divides (SEED manual, field 10 and 11). */
export function nominalRateHz(factor: number, multiplier: number): number {
  const rate = factor > 0 ? factor : factor < 0 ? -1 / factor : 0;
  if (multiplier > 0) return rate * multiplier;
  return multiplier < 0 ? -rate / multiplier : rate;
}

function readBlockettes(view: DataView, offset: number, littleEndian: boolean): void {
  const chain = blockettes;
  chain.encoding = chain.wordOrder = chain.lengthExponent = chain.brokenAt = -1;
  chain.rateHz = chain.microseconds = chain.found = 0;
  let at = view.getUint16(offset + 46, littleEndian);
  let previous = 47;
  while (at !== 0 && chain.found < MAX_CHAIN) {
    if (at <= previous || offset + at + 8 > view.byteLength) {
      chain.brokenAt = at;
      return;
    }
    const place = offset + at;
    const type = view.getUint16(place, littleEndian);
    if (type === 1000) {
      chain.encoding = view.getUint8(place + 4);
      chain.wordOrder = view.getUint8(place + 5);
      chain.lengthExponent = view.getUint8(place + 6);
    } else if (type === 1001) {
      chain.microseconds = view.getInt8(place + 5);
    } else if (type === 100) {
      chain.rateHz = view.getFloat32(place + 4, littleEndian);
    }
    chain.found++;
    previous = at;
    at = view.getUint16(place + 2, littleEndian);
  }
}

/** Whether the miniSEED 2 record at `offset` says its own length: blockette 1000. */
export function statesLength(view: DataView, offset: number): boolean {
  readBlockettes(view, offset, !dateFits(view, offset, false));
  return blockettes.lengthExponent >= 0;
}

/** Without blockette 1000 a record reaches to the next header, or to the end of the file. */
function lengthByNextHeader(bytes: Uint8Array, offset: number): number | undefined {
  for (let exponent = MIN_EXPONENT; exponent <= MAX_EXPONENT; exponent++) {
    const next = offset + 2 ** exponent;
    if (next > bytes.length) return undefined;
    if (next === bytes.length || isHeader2(bytes, next) || isControlHeader(bytes, next)) {
      return 2 ** exponent;
    }
  }
  return undefined;
}

function fault(
  code: string,
  text: string,
  streamKey: string | undefined,
  length?: number,
): RecordFault {
  return { fault: text, code, streamKey, length };
}

/** Parses the miniSEED 2 record at `offset`; `isHeader2` must hold there. */
export function parseHeader2(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  names: StreamNames,
  note: Note,
): ParsedRecord {
  const little = !dateFits(view, offset, false);
  if (little && !dateFits(view, offset, true)) {
    return fault('damaged-record', 'its year or day is impossible', undefined);
  }
  const name = names.at(bytes, offset, note);
  readBlockettes(view, offset, little);
  const chain = blockettes;
  const declared = view.getUint8(offset + 39);
  if (chain.brokenAt >= 0 && chain.lengthExponent < 0) {
    const text = `a blockette is said to lie at byte ${chain.brokenAt} of it, which cannot be`;
    return fault('damaged-record', text, name.key);
  }
  if (chain.brokenAt >= 0) {
    const text = `its chain of blockettes breaks off at byte ${chain.brokenAt}; the rest was read`;
    note(offset, name.key, 'odd-header', text);
  } else if (chain.found !== declared) {
    const text = `the header promises ${declared} blockettes, ${chain.found} were found; it was read all the same`;
    note(offset, name.key, 'odd-header', text);
  }
  let length: number | undefined;
  if (chain.lengthExponent < 0) {
    length = lengthByNextHeader(bytes, offset);
    if (length === undefined) {
      return fault(
        'truncated-record',
        'no blockette 1000 and no next header tell its length',
        name.key,
      );
    }
  } else if (chain.lengthExponent < MIN_EXPONENT || chain.lengthExponent > MAX_EXPONENT) {
    return fault(
      'damaged-record',
      `its length is given as 2^${chain.lengthExponent} bytes`,
      name.key,
    );
  } else {
    length = 2 ** chain.lengthExponent;
  }
  if (offset + length > bytes.length) {
    const text = `it should have ${length} bytes, only ${bytes.length - offset} are left`;
    return fault('truncated-record', text, name.key);
  }
  return finishHeader(view, offset, length, little, name, note);
}

function finishHeader(
  view: DataView,
  offset: number,
  length: number,
  little: boolean,
  name: ReturnType<StreamNames['at']>,
  note: Note,
): ParsedRecord {
  const chain = blockettes;
  const sampleCount = view.getUint16(offset + 30, little);
  const dataOffset = view.getUint16(offset + 44, little);
  if (sampleCount > 0 && (dataOffset < 48 || dataOffset >= length)) {
    const text = `its samples are said to begin at byte ${dataOffset} of ${length}`;
    return fault('damaged-record', text, name.key, length);
  }
  if (chain.wordOrder > 1) {
    const text = `word order ${chain.wordOrder} in blockette 1000 is not defined; that of the header was taken`;
    note(offset, name.key, 'odd-header', text);
  }
  const fraction = view.getUint16(offset + 28, little);
  if (fraction > 9999) {
    const text = `${fraction} ten-thousandths of a second were read as more than a second`;
    note(offset, name.key, 'odd-header', text);
  }
  const applied = (view.getUint8(offset + 36) & 2) !== 0;
  const correction = applied ? 0 : view.getInt32(offset + 40, little);
  const nanos = (fraction + correction) * 100_000 + chain.microseconds * 1000;
  const carry = nanos >= 0 && nanos < 1e9 ? 0 : Math.floor(nanos / 1e9);
  const days =
    daysToYear(view.getUint16(offset + 20, little)) + view.getUint16(offset + 22, little) - 1;
  const ofDay =
    view.getUint8(offset + 24) * 3600 +
    view.getUint8(offset + 25) * 60 +
    view.getUint8(offset + 26);
  return {
    offset,
    length,
    version: 2,
    stream: name.stream,
    streamKey: name.key,
    startS: days * 86_400 + ofDay + carry,
    startNanos: carry === 0 ? nanos : nanos - carry * 1e9,
    sampleRateHz:
      chain.rateHz > 0 && chain.rateHz < Infinity
        ? chain.rateHz
        : nominalRateHz(view.getInt16(offset + 32, little), view.getInt16(offset + 34, little)),
    sampleCount,
    encoding: chain.encoding < 0 ? ENCODING.steim1 : chain.encoding,
    littleEndian: chain.wordOrder === 0 || (chain.wordOrder !== 1 && little),
    dataOffset,
    dataLength: Math.max(0, length - dataOffset),
  };
}
