/** SHA-1 (FIPS 180-4) of some bytes, 20 bytes. For identifiers that others defined by it, never for safety. */
export function sha1(message: Uint8Array): Uint8Array {
  const words = padded(message);
  const hash = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const schedule = new Uint32Array(80);
  for (let block = 0; block < words.length; block += 16) {
    for (let t = 0; t < 80; t++) {
      schedule[t] =
        t < 16
          ? (words[block + t] ?? 0)
          : rotateLeft(
              at(schedule, t - 3) ^
                at(schedule, t - 8) ^
                at(schedule, t - 14) ^
                at(schedule, t - 16),
              1,
            );
    }
    addBlock(hash, schedule);
  }
  const out = new Uint8Array(20);
  const view = new DataView(out.buffer);
  hash.forEach((word, i) => view.setUint32(4 * i, word));
  return out;
}

function addBlock(hash: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e] = [at(hash, 0), at(hash, 1), at(hash, 2), at(hash, 3), at(hash, 4)];
  for (let t = 0; t < 80; t++) {
    const [f, k] = round(t, b, c, d);
    const next = (rotateLeft(a, 5) + f + e + k + at(schedule, t)) >>> 0;
    [e, d, c, b, a] = [d, c, rotateLeft(b, 30), a, next];
  }
  [a, b, c, d, e].forEach((word, i) => {
    hash[i] = (at(hash, i) + word) >>> 0;
  });
}

function round(t: number, b: number, c: number, d: number): [number, number] {
  if (t < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (t < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (t < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

/** The message, a one bit, zeros and the length in bits, as big-endian words in whole blocks of 16. */
function padded(message: Uint8Array): Uint32Array {
  const blocks = Math.ceil((message.length + 9) / 64);
  const bytes = new Uint8Array(64 * blocks);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setBigUint64(bytes.length - 8, BigInt(message.length) * 8n);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
}

function rotateLeft(word: number, bits: number): number {
  return ((word << bits) | (word >>> (32 - bits))) >>> 0;
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
