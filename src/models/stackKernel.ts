// Answers of windows and the curves they add up to in memory of WebAssembly: the network writes its answers there and four
// samples are added at a time. The same additions in the same order as in `stacking.ts`, so the results are equal bit by
// bit.

import {
  addFours,
  addInt,
  both,
  bothTrue,
  either,
  foursAtLeast,
  foursEqual,
  type FunctionCode,
  get,
  i32,
  inverted,
  isBelow,
  isNothing,
  loadAsFours,
  loadPair,
  loopWhile,
  moduleOf,
  multiplyFours,
  set,
  storeInt,
  storePair,
  tee,
  TYPE,
} from '../signal/filter/wasmCode.ts';

// The memory: what a pass tells, the level it looks for, the inverse cover, the sums, the answers.
const TOLD_AT = 0;
const LEVEL_AT = 16;
const BATCH_AT = 64;
const PAGE_BYTES = 65_536;

type Pass = (at: number, end: number, out: number) => void;

export class StackKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #add: Pass;
  readonly #scale: Pass;
  readonly #find: (at: number, end: number) => void;
  #head: Int32Array;
  #level: Float32Array;

  constructor() {
    const code = moduleOf([addCode(), scaleCode(), findCode()], 1);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
    this.#memory = exports['memory'] as WebAssembly.Memory;
    this.#add = exports['add'] as Pass;
    this.#scale = exports['scale'] as Pass;
    this.#find = exports['find'] as (at: number, end: number) => void;
    this.#head = new Int32Array(this.#memory.buffer, TOLD_AT, 4);
    this.#level = new Float32Array(this.#memory.buffer, LEVEL_AT, 1);
  }

  /** Room for answers, for so many sums that are 0, and a copy of `inverse`; good until the next call. */
  hold(
    inverse: Float32Array,
    sums: number,
    answerValues: number,
  ): {
    readonly answers: Float32Array;
    readonly sums: readonly Float32Array[];
    readonly inverse: Float32Array;
  } {
    const { length } = inverse;
    const bytes = align64(4 * length);
    const answersAt = BATCH_AT + (sums + 1) * bytes;
    const end = answersAt + 4 * answerValues;
    const pages = Math.ceil(end / PAGE_BYTES) - this.#memory.buffer.byteLength / PAGE_BYTES;
    if (pages > 0) {
      this.#memory.grow(pages);
      this.#head = new Int32Array(this.#memory.buffer, TOLD_AT, 4);
      this.#level = new Float32Array(this.#memory.buffer, LEVEL_AT, 1);
    }
    const floats = (at: number, count: number): Float32Array =>
      new Float32Array(this.#memory.buffer, at, count);
    const held = floats(BATCH_AT, length);
    held.set(inverse);
    return {
      answers: floats(answersAt, answerValues),
      sums: Array.from({ length: sums }, (_, k) =>
        floats(BATCH_AT + (k + 1) * bytes, length).fill(0),
      ),
      inverse: held,
    };
  }

  /** Whether the passes can be made over these values. */
  holds(values: Float32Array): boolean {
    return values.buffer === this.#memory.buffer;
  }

  /**
   * Adds `count` answers from the one at `at` on to the sum from `to` on, all but those that are not numbers; answers
   * whether there are such.
   */
  add(answers: Float32Array, at: number, count: number, sum: Float32Array, to: number): boolean {
    const fours = count - (count % 4);
    let missing = false;
    if (fours > 0) {
      const from = answers.byteOffset + 4 * at;
      this.#add(from, from + 4 * fours, sum.byteOffset + 4 * to);
      missing = this.#head.some((lane) => lane !== 0);
    }
    for (let i = fours; i < count; i += 1) {
      const value = answers[at + i] as number;
      if (value === value) sum[to + i] = (sum[to + i] as number) + value;
      else missing = true;
    }
    return missing;
  }

  /** Multiplies sums with as many factors. */
  scale(sum: Float32Array, factors: Float32Array): void {
    const fours = sum.length - (sum.length % 4);
    if (fours > 0) {
      const from = factors.byteOffset;
      this.#scale(from, from + 4 * fours, sum.byteOffset);
    }
    for (let i = fours; i < sum.length; i += 1) {
      sum[i] = (sum[i] as number) * (factors[i] as number);
    }
  }

  /** The first of the samples `[from, to)` that is `level` or more; `to` where there is none. */
  firstFrom(values: Float32Array, from: number, to: number, level: number): number {
    const fours = to - ((to - from) % 4);
    let i = from;
    if (fours > from) {
      // It stops at the four that hold it, or at the last four.
      this.#level[0] = roundedUp(level);
      const { byteOffset } = values;
      this.#find(byteOffset + 4 * from, byteOffset + 4 * fours);
      i = ((this.#head[0] as number) - byteOffset) / 4 - 4;
    }
    while (i < to && !((values[i] as number) >= level)) i += 1;
    return i;
  }
}

/** The least float that is not less: the floats that are not less than it are those not less than the value. */
function roundedUp(value: number): number {
  const near = Math.fround(value);
  if (near >= value) return near;
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = near;
  bits[0] = (bits[0] as number) + (near < 0 ? -1 : 1);
  return float[0] as number;
}

function align64(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

const AT = 0;
const END = 1;
const OUT = 2;
const NEXT = tee(AT, addInt(get(AT), i32(16)));
const NEXT_OUT = set(OUT, addInt(get(OUT), i32(16)));

function addCode(): FunctionCode {
  const [value, isNumber, missing] = [3, 4, 5];
  const body = [
    loopWhile(
      [
        set(value, loadPair(get(AT))),
        set(isNumber, foursEqual(get(value), get(value))),
        storePair(get(OUT), addFours(loadPair(get(OUT)), both(get(value), get(isNumber)))),
        set(missing, either(get(missing), inverted(get(isNumber)))),
        NEXT_OUT,
      ],
      isBelow(NEXT, get(END)),
    ),
    storePair(i32(TOLD_AT), get(missing)),
  ];
  return { name: 'add', parameters: 3, locals: [TYPE.v128, TYPE.v128, TYPE.v128], body };
}

function scaleCode(): FunctionCode {
  const body = loopWhile(
    [storePair(get(OUT), multiplyFours(loadPair(get(OUT)), loadPair(get(AT)))), NEXT_OUT],
    isBelow(NEXT, get(END)),
  );
  return { name: 'scale', parameters: 3, locals: [], body: [body] };
}

function findCode(): FunctionCode {
  const [level, found] = [2, 3];
  const body = [
    set(level, loadAsFours(i32(LEVEL_AT))),
    loopWhile(
      set(found, foursAtLeast(loadPair(get(AT)), get(level))),
      bothTrue(isNothing(get(found)), isBelow(NEXT, get(END))),
    ),
    // Past the four it stopped at.
    storeInt(i32(TOLD_AT), get(AT)),
  ];
  return { name: 'find', parameters: 2, locals: [TYPE.v128, TYPE.v128], body };
}
