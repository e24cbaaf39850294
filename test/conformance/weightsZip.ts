interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Given when `bytes` are packed by DEFLATE. */
  readonly unpackedBytes?: number;
  readonly flags?: number;
}

/** A small zip archive; `zip64` writes sizes and offsets the way archives beyond 4 GB do. */
export function writeZip(files: readonly ZipFile[], zip64 = false): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  const add = (part: Uint8Array) => {
    parts.push(part);
    offset += part.length;
  };
  for (const { name, bytes, unpackedBytes, flags = 0 } of files) {
    const method = unpackedBytes === undefined ? 0 : 8;
    const text = new TextEncoder().encode(name);
    const sizes = [u32(bytes.length), u32(unpackedBytes ?? bytes.length)];
    const start = offset;
    const common = [u16(20), u16(flags), u16(method), u32(0), u32(0)];
    add(joined(u32(0x04034b50), ...common, ...sizes, u16(text.length), u16(0), text, bytes));
    const extra = zip64
      ? joined(u16(1), u16(24), u64(unpackedBytes ?? bytes.length), u64(bytes.length), u64(start))
      : new Uint8Array(0);
    const stated = zip64 ? [u32(0xffffffff), u32(0xffffffff)] : sizes;
    directory.push(
      joined(
        ...[u32(0x02014b50), u16(20), ...common, ...stated, u16(text.length), u16(extra.length)],
        ...[u16(0), u16(0), u16(0), u32(0), u32(zip64 ? 0xffffffff : start), text, extra],
      ),
    );
  }
  const at = offset;
  directory.forEach(add);
  const size = offset - at;
  if (zip64) {
    const end = offset;
    add(joined(u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0)));
    add(joined(u64(files.length), u64(files.length), u64(size), u64(at)));
    add(joined(u32(0x07064b50), u32(0), u64(end), u32(1)));
  }
  const count = u16(zip64 ? 0xffff : files.length);
  const place = u32(zip64 ? 0xffffffff : at);
  add(joined(u32(0x06054b50), u16(0), u16(0), count, count, u32(size), place, u16(0)));
  return joined(...parts);
}

/** The bytes of several pieces, one after the other. */
export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

const little = (count: number) => (value: number) =>
  Uint8Array.from({ length: count }, (_, k) => Math.floor(value / 256 ** k) % 256);
const u16 = little(2);
const u32 = little(4);
const u64 = little(8);
