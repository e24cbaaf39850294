// Steim-1 and Steim-2 decompression: SEED manual 2.4, appendix B. A frame has 16 words of 32 bits, the first
// holding 16 two-bit codes that say how the others are cut. The first frame's words 1 and 2 are the first and
// the last sample (the integration constants). Everything runs on 32-bit integers and writes straight into
// the output; only the last words of a record, which may hold more differences than samples, go by scratch.

const FRAME_BYTES = 64;
const MAX_PER_WORD = 7;

/** Returned for a code that Steim-2 does not define. */
export const ILLEGAL_CODE = -1;

const tail = new Int32Array(MAX_PER_WORD);
const swapped = new DataView(new ArrayBuffer(1 << 20));

/** The last sample as the record states it, to check the decoded one against. */
export function lastSampleStated(view: DataView, offset: number, littleEndian: boolean): number {
  return view.getInt32(offset + 8, littleEndian);
}

/**
 * A little-endian record's frames as big-endian ones, in a scratch that lives until the next call. Writers swap
 * each field, not each word: the four 8-bit differences of a word keep their order, as do Steim-1's two of 16.
 */
function bigEndianCopy(
  view: DataView,
  offset: number,
  frames: number,
  halfWords: boolean,
): DataView {
  for (let frame = 0; frame < frames; frame++) {
    const base = frame * FRAME_BYTES;
    const codes = view.getUint32(offset + base, true);
    for (let w = 0; w < 16; w++) {
      const at = base + 4 * w;
      const code = (codes >>> (30 - 2 * w)) & 3;
      if (code === 1) {
        swapped.setInt32(at, view.getInt32(offset + at, false), false);
      } else if (code === 2 && halfWords) {
        swapped.setInt16(at, view.getInt16(offset + at, true), false);
        swapped.setInt16(at + 2, view.getInt16(offset + at + 2, true), false);
      } else {
        swapped.setInt32(at, view.getInt32(offset + at, true), false);
      }
    }
  }
  return swapped;
}

/** First difference in the record: needed because it is relative to the record before. */
function firstDifference(
  view: DataView,
  offset: number,
  cut: (word: number, code: number) => number,
) {
  const codes = view.getUint32(offset, false);
  for (let w = 3; w < 16; w++) {
    const code = (codes >>> (30 - 2 * w)) & 3;
    if (code === 0) continue;
    return cut(view.getInt32(offset + 4 * w, false), code) > 0 ? (tail[0] ?? 0) : 0;
  }
  return 0;
}

/**
 * Decodes `count` samples of Steim-2 frames at `offset` into `out` from `at`. Returns how many were there,
 * at most `count`, or ILLEGAL_CODE. `out` must have room for `at + count`.
 */
// eslint-disable-next-line max-lines-per-function -- unrolled by hand: this loop is the cost of opening a file
export function decodeSteim2(
  source: DataView,
  sourceOffset: number,
  byteLength: number,
  littleEndian: boolean,
  count: number,
  out: Int32Array,
  at: number,
): number {
  const frames = Math.floor(byteLength / FRAME_BYTES);
  if (frames === 0 || count === 0) return 0;
  const view = littleEndian ? bigEndianCopy(source, sourceOffset, frames, false) : source;
  const offset = littleEndian ? 0 : sourceOffset;
  let x = (view.getInt32(offset + 4, false) - firstDifference(view, offset, cutSteim2)) | 0;
  let p = at;
  const end = at + count;
  const safeEnd = end - MAX_PER_WORD;
  for (let frame = 0; frame < frames; frame++) {
    const base = (offset + frame * FRAME_BYTES) | 0;
    const codes = view.getUint32(base, false);
    for (let w = frame === 0 ? 3 : 1; w < 16; w++) {
      const code = (codes >>> (30 - 2 * w)) & 3;
      if (code === 0) continue;
      const word = view.getInt32((base + (w << 2)) | 0, false);
      if (p > safeEnd) {
        const n = cutSteim2(word, code);
        if (n < 0) return ILLEGAL_CODE;
        for (let i = 0; i < n && p < end; i++) out[p++] = x = (x + (tail[i] ?? 0)) | 0;
        if (p === end) return count;
        continue;
      }
      // Which packing comes next cannot be predicted, so nothing below branches on it: a word is cut into as
      // many fields as its class can have, those beyond its count add nothing and are overwritten by the next.
      if (code === 3) {
        // 5 of 6 bits, 6 of 5, 7 of 4 for sub-code 0, 1, 2.
        const sub = word >>> 30;
        if (sub === 3) return ILLEGAL_CODE;
        const bits = 6 - sub;
        const right = 32 - bits;
        let left = 2 + (sub & 2);
        out[p] = x = (x + ((word << left) >> right)) | 0;
        out[(p + 1) | 0] = x = (x + ((word << (left = (left + bits) | 0)) >> right)) | 0;
        out[(p + 2) | 0] = x = (x + ((word << (left = (left + bits) | 0)) >> right)) | 0;
        out[(p + 3) | 0] = x = (x + ((word << (left = (left + bits) | 0)) >> right)) | 0;
        out[(p + 4) | 0] = x = (x + ((word << (left = (left + bits) | 0)) >> right)) | 0;
        out[(p + 5) | 0] = x =
          (x + (((word << (left = (left + bits) | 0)) >> right) & (-sub >> 31))) | 0;
        out[(p + 6) | 0] = x = (x + (((word << (left + bits)) >> right) & ((1 - sub) >> 31))) | 0;
        p = (p + 5 + sub) | 0;
        continue;
      }
      // 4 of 8 bits for code 1; 1 of 30, 2 of 15, 3 of 10 for code 2 with sub-code 1, 2, 3.
      const even = -(code & 1);
      const n = (4 & even) | ((word >>> 30) & ~even);
      if (n === 0) return ILLEGAL_CODE;
      const bits = (0x080a0f1e >>> ((n - 1) << 3)) & 31;
      const right = 32 - bits;
      let left = ((n >> 2) ^ 1) << 1;
      out[p] = x = (x + ((word << left) >> right)) | 0;
      out[(p + 1) | 0] = x =
        (x + (((word << (left = (left + bits) | 0)) >> right) & ((1 - n) >> 31))) | 0;
      out[(p + 2) | 0] = x =
        (x + (((word << (left = (left + bits) | 0)) >> right) & ((2 - n) >> 31))) | 0;
      out[(p + 3) | 0] = x = (x + (((word << (left + bits)) >> right) & ((3 - n) >> 31))) | 0;
      p = (p + n) | 0;
    }
  }
  return p - at;
}

/** The differences in one Steim-2 word, into `tail`; how many, or ILLEGAL_CODE. */
function cutSteim2(word: number, code: number): number {
  if (code === 1) return cutEven(word, 4, 8);
  switch (((code & 1) << 2) | (word >>> 30)) {
    case 1:
      return cutEven(word, 1, 30);
    case 2:
      return cutEven(word, 2, 15);
    case 3:
      return cutEven(word, 3, 10);
    case 4:
      return cutEven(word, 5, 6);
    case 5:
      return cutEven(word, 6, 5);
    case 6:
      return cutEven(word, 7, 4);
    default:
      return ILLEGAL_CODE;
  }
}

function cutSteim1(word: number, code: number): number {
  return code === 1
    ? cutEven(word, 4, 8)
    : code === 2
      ? cutEven(word, 2, 16)
      : cutEven(word, 1, 32);
}

/** `n` signed fields of `bits`, right-aligned in the word. */
function cutEven(word: number, n: number, bits: number): number {
  for (let i = 0; i < n; i++) tail[i] = (word << (32 - bits * (n - i))) >> (32 - bits);
  return n;
}

/** As `decodeSteim2`, for Steim-1. */
export function decodeSteim1(
  source: DataView,
  sourceOffset: number,
  byteLength: number,
  littleEndian: boolean,
  count: number,
  out: Int32Array,
  at: number,
): number {
  const frames = Math.floor(byteLength / FRAME_BYTES);
  if (frames === 0 || count === 0) return 0;
  const view = littleEndian ? bigEndianCopy(source, sourceOffset, frames, true) : source;
  const offset = littleEndian ? 0 : sourceOffset;
  let x = (view.getInt32(offset + 4, false) - firstDifference(view, offset, cutSteim1)) | 0;
  let p = at;
  const end = at + count;
  for (let frame = 0; frame < frames; frame++) {
    const base = offset + frame * FRAME_BYTES;
    const codes = view.getUint32(base, false);
    for (let w = frame === 0 ? 3 : 1; w < 16; w++) {
      const code = (codes >>> (30 - 2 * w)) & 3;
      if (code === 0) continue;
      const word = view.getInt32(base + 4 * w, false);
      if (code === 1 && p + 4 <= end) {
        out[p] = x = (x + (word >> 24)) | 0;
        out[p + 1] = x = (x + ((word << 8) >> 24)) | 0;
        out[p + 2] = x = (x + ((word << 16) >> 24)) | 0;
        out[p + 3] = x = (x + ((word << 24) >> 24)) | 0;
        p += 4;
      } else {
        const n = cutSteim1(word, code);
        for (let i = 0; i < n && p < end; i++) out[p++] = x = (x + (tail[i] ?? 0)) | 0;
      }
      if (p === end) return count;
    }
  }
  return p - at;
}
