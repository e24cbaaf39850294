// The whole of an HDF5 file in memory with the sizes its superblock states.
// HDF5 File Format Specification 3.0; section numbers in this folder are of that text.

/** A cursor over little-endian fields. Reading past the end throws RangeError. */
export class Cursor {
  readonly file: FileBytes;
  at: number;

  constructor(file: FileBytes, at: number) {
    this.file = file;
    this.at = at;
  }

  u8 = (): number => this.file.view.getUint8(this.#step(1));
  u16 = (): number => this.file.view.getUint16(this.#step(2), true);
  u32 = (): number => this.file.view.getUint32(this.#step(4), true);

  /** A whole number of any size up to what a double holds exactly. */
  unsigned(sizeBytes: number): number {
    const from = this.#step(sizeBytes);
    let value = 0;
    for (let k = sizeBytes - 1; k >= 0; k -= 1) {
      value = value * 256 + this.file.view.getUint8(from + k);
    }
    return value;
  }

  /** An address in the file; undefined where the file says there is none. */
  address(): number | undefined {
    const from = this.at;
    const value = this.unsigned(this.file.offsetBytes);
    const bytes = this.file.bytes.subarray(from, this.at);
    return bytes.every((byte) => byte === 0xff) ? undefined : value + this.file.base;
  }

  requiredAddress(): number {
    const address = this.address();
    if (address === undefined) throw new RangeError('a block it needs is not there');
    return address;
  }

  length = (): number => this.unsigned(this.file.lengthBytes);

  skip(count: number): this {
    this.#step(count);
    return this;
  }

  take(count: number): Uint8Array {
    const from = this.#step(count);
    return this.file.bytes.subarray(from, from + count);
  }

  text(count: number): string {
    return textOf(this.take(count));
  }

  /** Throws RangeError unless the next four bytes are this signature. */
  expect(signature: string): this {
    if (new TextDecoder().decode(this.take(4)) !== signature) {
      throw new RangeError(`a block is not marked ${signature}`);
    }
    return this;
  }

  #step(count: number): number {
    const from = this.at;
    if (count < 0 || from + count > this.file.bytes.length) {
      throw new RangeError('an address points outside the file');
    }
    this.at = from + count;
    return from;
  }
}

/** Bytes, sizes of addresses and lengths, and where addresses count from. */
export class FileBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly base: number;

  constructor(bytes: Uint8Array, offsetBytes: number, lengthBytes: number, base: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offsetBytes = offsetBytes;
    this.lengthBytes = lengthBytes;
    this.base = base;
  }

  cursor(at: number): Cursor {
    return new Cursor(this, at);
  }
}

/** Text up to its first zero byte. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether bytes begin as an HDF5 file does. */
export function looksLikeHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, k) => bytes[k] === byte);
}

/** Reads the superblock (II.A), versions 0 to 3: the file and its root group's object header. */
export function readSuperblock(bytes: Uint8Array): { file: FileBytes; rootAddress: number } {
  if (!looksLikeHdf5(bytes)) throw new RangeError('it does not begin as one');
  const version = bytes[8] ?? 0;
  const sizesAt = version < 2 ? 13 : 9;
  const [offsetBytes = 0, lengthBytes = 0] = bytes.subarray(sizesAt);
  const file = new FileBytes(bytes, offsetBytes, lengthBytes, 0);
  if (version < 2) {
    // Group leaf and internal k, consistency flags; version 1 adds the k of chunk indexes.
    const cursor = file.cursor(version === 0 ? 24 : 28);
    cursor.skip(4 * offsetBytes);
    cursor.skip(offsetBytes);
    return { file, rootAddress: cursor.requiredAddress() };
  }
  if (version > 3) throw new RangeError(`its superblock is of version ${version}`);
  return {
    file,
    rootAddress: file
      .cursor(12)
      .skip(3 * offsetBytes)
      .requiredAddress(),
  };
}
