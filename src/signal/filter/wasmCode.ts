// An assembler for WebAssembly functions over one memory of their own, just large enough for loops over samples.
// Opcodes: WebAssembly core specification 2.0, chapter 5.4 (and 5.4.8 for vectors).

/** Bytes of code, nested as it was written. */
export type Code = readonly (number | Code)[];

export const TYPE = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

/** Signed LEB128 of a number that is not negative. */
function positive(value: number): number[] {
  const bytes = unsigned(value);
  const last = bytes[bytes.length - 1] ?? 0;
  if ((last & 0x40) === 0) return bytes;
  return [...bytes.slice(0, -1), last | 0x80, 0];
}

const vector = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const access = (alignment: number, offset: number): number[] => [alignment, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, ...unsigned(local)];
export const tee = (local: number, value: Code): Code => [value, 0x22, ...unsigned(local)];
export const i32 = (value: number): Code => [0x41, ...positive(value)];

export const addInt = (a: Code, b: Code): Code => [a, b, 0x6a];
export const isBelow = (a: Code, b: Code): Code => [a, b, 0x49];
/** `a` where `condition` holds, else `b`. */
export const select = (a: Code, b: Code, condition: Code): Code => [a, b, condition, 0x1b];

export const add = (a: Code, b: Code): Code => [a, b, 0xa0];
export const subtract = (a: Code, b: Code): Code => [a, b, 0xa1];
export const multiply = (a: Code, b: Code): Code => [a, b, 0xa2];

export const loadIntAsDouble = (address: Code): Code => [address, 0x28, access(2, 0), 0xb7];
export const loadDouble = (address: Code, offset = 0): Code => [address, 0x2b, access(3, offset)];
export const storeDouble = (address: Code, value: Code, offset = 0): Code => [
  address,
  value,
  0x39,
  access(3, offset),
];

/** A double as both lanes of a vector, and the first lane of a vector. */
export const splat = (value: Code): Code => [value, vector(0x14)];
export const firstLane = (value: Code): Code => [value, vector(0x21), 0];

// Two doubles in a vector.
export const addPairs = (a: Code, b: Code): Code => [a, b, vector(0xf0)];
export const subtractPairs = (a: Code, b: Code): Code => [a, b, vector(0xf1)];
export const multiplyPairs = (a: Code, b: Code): Code => [a, b, vector(0xf2)];
export const loadPair = (address: Code, offset = 0): Code => [
  address,
  vector(0x00),
  access(0, offset),
];
const loadHalf = (address: Code, offset: number): Code => [
  address,
  vector(0x5d),
  access(0, offset),
];
export const loadIntsAsPair = (address: Code, offset = 0): Code => [
  loadHalf(address, offset),
  vector(0xfe),
];
export const loadFloatsAsPair = (address: Code, offset = 0): Code => [
  loadHalf(address, offset),
  vector(0x5f),
];
export const storePair = (address: Code, value: Code, offset = 0): Code => [
  address,
  value,
  vector(0x0b),
  access(0, offset),
];
export const storePairAsFloats = (address: Code, value: Code, offset = 0): Code => [
  address,
  [value, vector(0x5e)],
  vector(0x5b),
  access(0, offset),
  0,
];

// Four floats in a vector; loaded and stored as a pair is.
export const addFours = (a: Code, b: Code): Code => [a, b, vector(0xe4)];
export const multiplyFours = (a: Code, b: Code): Code => [a, b, vector(0xe6)];
/** All bits of a lane set where it holds: equal, at least. */
export const foursEqual = (a: Code, b: Code): Code => [a, b, vector(0x41)];
export const foursAtLeast = (a: Code, b: Code): Code => [a, b, vector(0x46)];
/** One float of the memory in all four lanes. */
export const loadAsFours = (address: Code): Code => [address, vector(0x09), access(0, 0)];

export const both = (a: Code, b: Code): Code => [a, b, vector(0x4e)];
export const either = (a: Code, b: Code): Code => [a, b, vector(0x50)];
export const inverted = (a: Code): Code => [a, vector(0x4d)];
/** Whether no bit of a vector is set. */
export const isNothing = (a: Code): Code => [a, vector(0x53), 0x45];
export const bothTrue = (a: Code, b: Code): Code => [a, b, 0x71];
export const storeInt = (address: Code, value: Code): Code => [address, value, 0x36, access(2, 0)];

/** The smaller, the larger of two, lane by lane; one instruction of the processor each, without a branch. */
export const smaller = (a: Code, b: Code): Code => [a, b, vector(0xf6)];
export const larger = (a: Code, b: Code): Code => [a, b, vector(0xf7)];

/** Runs `body`, and again while `condition` holds after it. */
export const loopWhile = (body: Code, condition: Code): Code => [
  [0x03, 0x40],
  body,
  condition,
  [0x0d, 0],
  0x0b,
];

export interface FunctionCode {
  /** As it is exported. */
  readonly name: string;
  /** All of type i32: local 0, 1, … */
  readonly parameters: number;
  /** Types of the locals that follow the parameters. */
  readonly locals: readonly number[];
  readonly body: Code;
}

/** A module that exports the functions by their names and its memory as `memory`. */
export function moduleOf(
  functions: readonly FunctionCode[],
  memoryPages: number,
): Uint8Array<ArrayBuffer> {
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
  const counted = (parts: readonly number[][]): number[] => [
    ...unsigned(parts.length),
    ...parts.flat(),
  ];
  const types = functions.map(({ parameters }) => {
    const each = Array.from({ length: parameters }, () => TYPE.i32);
    return [0x60, ...unsigned(parameters), ...each, 0];
  });
  const exported = functions.map((each, i) => [...name(each.name), 0, ...unsigned(i)]);
  const codes = functions.map(({ locals, body }) => {
    const declared = locals.flatMap((type) => [1, type]);
    const code = [...unsigned(locals.length), ...declared, ...flat(body), 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, counted(types)),
    ...section(3, counted(functions.map((_, i) => unsigned(i)))),
    ...section(5, [1, 0, ...unsigned(memoryPages)]),
    ...section(7, counted([...exported, [...name('memory'), 2, 0]])),
    ...section(10, counted(codes)),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function flat(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? [part] : flat(part)));
}
