// Steim-2 compression, greedy: every word takes as many differences as fit (SEED manual 2.4, appendix B).

const FRAME_BYTES = 64;

/** Differences a word holds and the bits each takes, the fullest first. */
const PACKINGS = [
  { count: 7, bits: 4, code: 3, sub: 2 },
  { count: 6, bits: 5, code: 3, sub: 1 },
  { count: 5, bits: 6, code: 3, sub: 0 },
  { count: 4, bits: 8, code: 1, sub: -1 },
  { count: 3, bits: 10, code: 2, sub: 3 },
  { count: 2, bits: 15, code: 2, sub: 2 },
  { count: 1, bits: 30, code: 2, sub: 1 },
] as const;

/** The place in PACKINGS of the narrowest field that holds `difference`; 7 when none does. */
function widthClass(difference: number): number {
  const size = difference < 0 ? ~difference : difference;
  if (size < 8) return 0;
  if (size < 16) return 1;
  if (size < 32) return 2;
  if (size < 128) return 3;
  if (size < 512) return 4;
  if (size < 16_384) return 5;
  return size < 536_870_912 ? 6 : 7;
}

/** Whether every difference fits Steim-2's 30 bits. */
export function fitsSteim2(samples: Int32Array): boolean {
  for (let i = 1; i < samples.length; i++) {
    const difference = (samples[i] ?? 0) - (samples[i - 1] ?? 0);
    if (difference < -536_870_912 || difference > 536_870_911) return false;
  }
  return true;
}

export interface Packed {
  readonly samples: number;
  readonly frames: number;
}

const widths = new Uint8Array(8);

/** The fullest packing for the differences from `from`, at most `left` of them. */
function choosePacking(samples: Int32Array, from: number, left: number): number {
  const ahead = Math.min(7, left);
  let widest = 0;
  for (let k = 0; k < ahead; k++) {
    const i = from + k;
    // The very first difference has nothing before it; a reader never uses it.
    const difference = i === 0 ? 0 : (samples[i] ?? 0) - (samples[i - 1] ?? 0);
    widest = Math.max(widest, widthClass(difference));
    widths[k] = widest;
  }
  for (let kind = 0; kind < 7; kind++) {
    const count = 7 - kind;
    if (count <= ahead && (widths[count - 1] ?? 7) <= kind) return kind;
  }
  return 6;
}

function packWord(samples: Int32Array, from: number, kind: number): number {
  const packing = PACKINGS[kind] ?? PACKINGS[6];
  const { count, bits, sub } = packing;
  const mask = bits === 30 ? 0x3fffffff : (1 << bits) - 1;
  let word = 0;
  for (let k = 0; k < count; k++) {
    const i = from + k;
    const difference = i === 0 ? 0 : (samples[i] ?? 0) - (samples[i - 1] ?? 0);
    word |= (difference & mask) << (bits * (count - 1 - k));
  }
  return sub < 0 ? word : word | (sub << 30);
}

/**
 * Packs samples from `from` into at most `maxFrames` big-endian frames at `offset` of `view` (zeros before).
 * `fitsSteim2` must hold. Returns how many samples and frames were used.
 */
export function encodeSteim2(
  samples: Int32Array,
  from: number,
  view: DataView,
  offset: number,
  maxFrames: number,
): Packed {
  let at = from;
  let frame = 0;
  for (; frame < maxFrames && at < samples.length; frame++) {
    const base = offset + frame * FRAME_BYTES;
    let codes = 0;
    for (let w = frame === 0 ? 3 : 1; w < 16 && at < samples.length; w++) {
      const kind = choosePacking(samples, at, samples.length - at);
      const packing = PACKINGS[kind] ?? PACKINGS[6];
      view.setInt32(base + 4 * w, packWord(samples, at, kind), false);
      codes |= packing.code << (30 - 2 * w);
      at += packing.count;
    }
    view.setInt32(base, codes, false);
  }
  view.setInt32(offset + 4, samples[from] ?? 0, false);
  view.setInt32(offset + 8, samples[at - 1] ?? 0, false);
  return { samples: at - from, frames: frame };
}
