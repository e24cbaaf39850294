// CRC-32C (Castagnoli), reflected polynomial 0x82F63B78, four bytes a step.

const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(4 * 256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[i] = crc;
  }
  for (let i = 256; i < 1024; i++) {
    const before = tables[i - 256] ?? 0;
    tables[i] = (before >>> 8) ^ (tables[before & 255] ?? 0);
  }
  return tables;
}

/** The CRC of `bytes` from `from` to `to`, continuing `seed`. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, seed = 0): number {
  const table = TABLES;
  let crc = ~seed;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    crc ^=
      (bytes[i] ?? 0) |
      ((bytes[i + 1] ?? 0) << 8) |
      ((bytes[i + 2] ?? 0) << 16) |
      ((bytes[i + 3] ?? 0) << 24);
    crc =
      (table[768 + (crc & 255)] ?? 0) ^
      (table[512 + ((crc >>> 8) & 255)] ?? 0) ^
      (table[256 + ((crc >>> 16) & 255)] ?? 0) ^
      (table[crc >>> 24] ?? 0);
  }
  for (; i < to; i++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0);
  return ~crc >>> 0;
}

const ZEROS = new Uint8Array(4);

/** The CRC of a miniSEED 3 record, its own checksum field taken as zeros. */
export function recordCrc(bytes: Uint8Array, offset: number, length: number): number {
  const head = crc32c(bytes, offset, offset + 28);
  return crc32c(bytes, offset + 32, offset + length, crc32c(ZEROS, 0, 4, head));
}
