// The little of protobuf's wire format that an ONNX file needs, written only, never read.

const textEncoder = new TextEncoder();

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A protobuf message being written, field by field in any order. */
export class ProtoMessage {
  readonly #parts: Uint8Array[] = [];
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** A whole number, negative ones as 64-bit two's complement (protobuf's int64). */
  integer(field: number, value: number): this {
    return this.#tag(field, VARINT).#push(varint(value));
  }

  float(field: number, value: number): this {
    return this.#tag(field, FIXED_32).#push(floatBytes([value]));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#push(varint(value.length)).#push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, textEncoder.encode(value));
  }

  message(field: number, value: ProtoMessage): this {
    this.#tag(field, LENGTH_DELIMITED).#push(varint(value.sizeBytes));
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#sizeBytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tag(field: number, wireType: number): this {
    return this.#push(varint(field * 8 + wireType));
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.#sizeBytes += part.length;
    return this;
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Little-endian float32, as every protobuf and ONNX field has them. */
export function floatBytes(values: ArrayLike<number>): Uint8Array {
  if (IS_LITTLE_ENDIAN) return new Uint8Array(Float32Array.from(values).buffer);
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < values.length; k += 1) view.setFloat32(4 * k, values[k] ?? 0, true);
  return bytes;
}

/** Little-endian int64. */
export function int64Bytes(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, k) => view.setBigInt64(8 * k, BigInt(value), true));
  return bytes;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
