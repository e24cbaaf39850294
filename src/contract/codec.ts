// One message is one ArrayBuffer: u32 header length (little-endian), JSON header, then each typed
// array at an 8-byte boundary. JSON knows no bigint, no NaN and no arrays of samples; such a value
// is written as an object with one key that begins with `$`. Keys of the message that begin with `$`
// themselves get a second one, so that no data can pose as a tag.

import { AppError } from '../base/appError.ts';
import { MAX_FRAME_BYTES } from './transport.ts';

const ARRAYS = {
  Uint8Array,
  Int16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
} as const;
type ArrayName = keyof typeof ARRAYS;
type Slot = readonly [name: ArrayName, offset: number, length: number];
type Fields = Record<string, unknown>;

const ODD_NUMBERS: Readonly<Record<string, number>> = {
  NaN,
  Infinity,
  '-Infinity': -Infinity,
  '-0': -0,
};

const align8 = (n: number): number => Math.ceil(n / 8) * 8;

function isArrayName(name: unknown): name is ArrayName {
  return typeof name === 'string' && Object.hasOwn(ARRAYS, name);
}

/**
 * Writes one message as one frame. Throws `bad-input` above `limitBytes`, and TypeError (a bug) for
 * what cannot cross: functions, symbols, maps, dates, buffers and arrays of other types.
 */
export function encode(message: unknown, limitBytes = MAX_FRAME_BYTES): ArrayBuffer {
  const parts = encodeParts(message, limitBytes);
  const frame = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    frame.set(part, at);
    at += part.byteLength;
  }
  return frame.buffer;
}

/** The frame that `encode` writes, in pieces: those of typed arrays are views of the message's own. */
export function encodeParts(message: unknown, limitBytes = MAX_FRAME_BYTES): Uint8Array[] {
  const arrays: ArrayBufferView[] = [];
  const slots: Slot[] = [];
  let offset = 0;

  function place(array: ArrayBufferView): Fields {
    const name = kindOf(array);
    if (!isArrayName(name)) throw new TypeError(`a ${name} cannot cross the boundary`);
    slots.push([name, offset, array.byteLength / ARRAYS[name].BYTES_PER_ELEMENT]);
    arrays.push(array);
    offset = align8(offset + array.byteLength);
    return { $array: slots.length - 1 };
  }

  // `this[key]` is the value before toJSON, so a Node Buffer is seen as the Uint8Array it is.
  function replace(this: Fields, key: string): unknown {
    const raw = this[key];
    return ArrayBuffer.isView(raw) ? place(raw) : tagged(raw);
  }

  // `slots` is filled while `message` is walked, and written after it.
  const header = new TextEncoder().encode(JSON.stringify({ message, slots }, replace));
  const body = align8(4 + header.length);
  const byteLength = body + offset;
  if (byteLength > limitBytes) {
    throw new AppError(
      'bad-input',
      `a message of ${inMiB(byteLength)} is larger than the ${inMiB(limitBytes)} that may cross at once; ask for a shorter window or fewer streams`,
    );
  }
  const head = new Uint8Array(body);
  new DataView(head.buffer).setUint32(0, header.length, true);
  head.set(header, 4);
  const parts: Uint8Array[] = [head];
  for (const { buffer, byteOffset, byteLength: bytes } of arrays) {
    parts.push(new Uint8Array(buffer, byteOffset, bytes));
    if (bytes % 8 > 0) parts.push(new Uint8Array(8 - (bytes % 8)));
  }
  return parts;
}

const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const inMiB = (bytes: number): string => `${(bytes / 1048576).toFixed(1)} MiB`;

/** The value as JSON can hold it. */
function tagged(raw: unknown): unknown {
  switch (typeof raw) {
    case 'bigint':
      return { $ns: String(raw) };
    case 'number':
      if (Object.is(raw, -0)) return { $number: '-0' };
      return Number.isFinite(raw) ? raw : { $number: String(raw) };
    case 'undefined':
      // Kept in objects too: a change that clears a pick's polarity is `{ polarity: undefined }`.
      return { $undefined: true };
    case 'function':
    case 'symbol':
      throw new TypeError(`a ${typeof raw} cannot cross the boundary`);
    case 'object':
      return raw === null || Array.isArray(raw) ? raw : escaped(raw);
    default:
      return raw;
  }
}

function escaped(raw: object): object {
  const kind = kindOf(raw);
  if (kind !== 'Object') throw new TypeError(`a ${kind} cannot cross the boundary`);
  if (!Object.keys(raw).some((key) => key.startsWith('$'))) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key.startsWith('$') ? `$${key}` : key, value]),
  );
}

/**
 * Reads one frame. The arrays in the result are views on `frame`: decoding copies no samples.
 * Throws `bad-input` for anything that `encode` did not write.
 */
export function decode(frame: ArrayBuffer): unknown {
  if (frame.byteLength < 4) throw malformed('it is shorter than its own header');
  const length = new DataView(frame).getUint32(0, true);
  if (4 + length > frame.byteLength) throw malformed('its header is cut off');
  const body = align8(4 + length);
  const { message, slots } = parseHeader(new Uint8Array(frame, 4, length));

  function array(index: unknown): unknown {
    const [name, offset, count] = parseSlot(typeof index === 'number' ? slots[index] : undefined);
    const Kind = ARRAYS[name];
    if (body + offset + count * Kind.BYTES_PER_ELEMENT > frame.byteLength) {
      throw malformed('an array reaches past its end');
    }
    return new Kind(frame, body + offset, count);
  }

  function revive(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(revive);
    const entries = Object.entries(value);
    const [key, inner] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && key.startsWith('$') && !key.startsWith('$$')) {
      return key === '$array' ? array(inner) : untagged(key, inner);
    }
    return Object.fromEntries(entries.map(([k, v]) => [unescaped(k), revive(v)]));
  }

  return revive(message);
}

const malformed = (why: string): AppError =>
  new AppError('bad-input', `a frame cannot be read: ${why}`);

function parseHeader(bytes: Uint8Array): { message: unknown; slots: readonly unknown[] } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError('bad-input', 'a frame cannot be read: its header is not JSON', {
      cause: error,
    });
  }
  if (typeof header !== 'object' || header === null) throw malformed('its header is not an object');
  const { message, slots } = header as Fields;
  if (!Array.isArray(slots)) throw malformed('it has no table of arrays');
  return { message, slots };
}

function parseSlot(slot: unknown): Slot {
  if (!Array.isArray(slot) || slot.length !== 3) throw malformed('an array is not in its table');
  const [name, offset, count] = slot as unknown[];
  if (!isArrayName(name)) throw malformed('an array has an unknown type');
  if (!isCount(offset) || offset % 8 !== 0 || !isCount(count)) {
    throw malformed('an array has a wrong place or length');
  }
  return [name, offset, count];
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function untagged(key: string, inner: unknown): unknown {
  if (key === '$ns' && typeof inner === 'string' && /^-?\d{1,39}$/.test(inner))
    return BigInt(inner);
  if (key === '$number' && typeof inner === 'string' && Object.hasOwn(ODD_NUMBERS, inner)) {
    return ODD_NUMBERS[inner];
  }
  if (key === '$undefined') return undefined;
  throw malformed('a value has an unknown tag');
}

function unescaped(key: string): string {
  if (!key.startsWith('$')) return key;
  if (!key.startsWith('$$')) throw malformed('a value has an unknown tag');
  return key.slice(1);
}
