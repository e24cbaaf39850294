// Rows of samples in memory of WebAssembly, with the three passes over them that a window costs: sums, squares about
// the mean, and the row as it is fed. Two samples at a time, the same operations in the same order as in
// `preprocess.ts`, so the results are equal bit by bit.

import type { Samples } from '../domain/waveform/traceSegment.ts';
import {
  addInt,
  addPairs,
  type Code,
  type FunctionCode,
  get,
  i32,
  isBelow,
  loadDouble,
  loadFloatsAsPair,
  loadIntsAsPair,
  loadPair,
  loopWhile,
  moduleOf,
  multiplyPairs,
  set,
  splat,
  storePair,
  storePairAsFloats,
  subtractPairs,
  tee,
  TYPE,
} from '../signal/filter/wasmCode.ts';

// The memory: mean and factor, four sums, then the rows as they are fed, then the samples.
const MEAN_AT = 0;
const FACTOR_AT = 8;
const SUMS_AT = 16;
const BATCH_AT = 64;
const PAGE_BYTES = 65_536;

const KINDS = [
  { name: 'Int32Array', bytes: 4, load: loadIntsAsPair },
  { name: 'Float32Array', bytes: 4, load: loadFloatsAsPair },
  { name: 'Float64Array', bytes: 8, load: loadPair },
] as const;
type Kind = (typeof KINDS)[number];

/** Samples from byte `at` to `end`, four or a multiple; the row that is fed goes to byte `out`. */
interface Passes {
  readonly sum: (at: number, end: number) => void;
  readonly squares: (at: number, end: number) => void;
  readonly write: (at: number, end: number, out: number) => void;
}

/** Four running sums: of the first of every four samples, of the second, and so on. */
export type FourSums = readonly [number, number, number, number];

export class RowKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #passes: ReadonlyMap<string, Passes>;
  #head: Float64Array;

  constructor() {
    const code = KINDS.flatMap((kind) => [sumCode(kind), squaresCode(kind), writeCode(kind)]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleOf(code, 1)));
    this.#memory = exports['memory'] as WebAssembly.Memory;
    this.#head = new Float64Array(this.#memory.buffer, 0, BATCH_AT / 8);
    this.#passes = new Map(
      KINDS.map(({ name }) => [
        name,
        {
          sum: exports[`sum${name}`] as Passes['sum'],
          squares: exports[`squares${name}`] as Passes['squares'],
          write: exports[`write${name}`] as Passes['write'],
        },
      ]),
    );
  }

  /** Copies of the rows in its memory, and room for what is fed; good until the next call. */
  hold(
    rows: readonly (Samples | undefined)[],
    batchValues: number,
  ): { readonly rows: readonly (Samples | undefined)[]; readonly batch: Float32Array } {
    let at = BATCH_AT + align8(4 * batchValues);
    const places = rows.map((row) => {
      const place = at;
      at += align8(row?.byteLength ?? 0);
      return place;
    });
    const pages = Math.ceil(at / PAGE_BYTES) - this.#memory.buffer.byteLength / PAGE_BYTES;
    if (pages > 0) {
      this.#memory.grow(pages);
      this.#head = new Float64Array(this.#memory.buffer, 0, BATCH_AT / 8);
    }
    const { buffer } = this.#memory;
    const held = rows.map((row, k) => row && copyInto(buffer, places[k] ?? 0, row));
    return { rows: held, batch: new Float32Array(buffer, BATCH_AT, batchValues) };
  }

  /** Whether the passes can be made over these samples; others have to be gone over one by one. */
  holds(samples: Samples): boolean {
    return samples.buffer === this.#memory.buffer;
  }

  /** Over the samples `[from, from + count)` of a row it holds; `count` is a multiple of 4. */
  sums(samples: Samples, from: number, count: number): FourSums {
    if (count === 0) return [0, 0, 0, 0];
    const { at, end, passes } = this.#place(samples, from, count);
    passes.sum(at, end);
    return this.#sums();
  }

  /** Of the squares of what is left without `mean`. */
  squares(samples: Samples, from: number, count: number, mean: number): FourSums {
    if (count === 0) return [0, 0, 0, 0];
    const { at, end, passes } = this.#place(samples, from, count);
    this.#head[MEAN_AT / 8] = mean;
    passes.squares(at, end);
    return this.#sums();
  }

  /** Writes (sample − mean) · factor to `out[outAt …]`, which is in its memory. */
  write(
    samples: Samples,
    from: number,
    count: number,
    scale: { readonly mean: number; readonly factor: number },
    out: Float32Array,
    outAt: number,
  ): void {
    if (count === 0) return;
    const { at, end, passes } = this.#place(samples, from, count);
    this.#head[MEAN_AT / 8] = scale.mean;
    this.#head[FACTOR_AT / 8] = scale.factor;
    passes.write(at, end, out.byteOffset + 4 * outAt);
  }

  #place(
    samples: Samples,
    from: number,
    count: number,
  ): { at: number; end: number; passes: Passes } {
    const passes = this.#passes.get(samples.constructor.name);
    if (passes === undefined) throw new TypeError('samples of a kind the kernel does not know');
    const bytes = samples.BYTES_PER_ELEMENT;
    const at = samples.byteOffset + from * bytes;
    return { at, end: at + count * bytes, passes };
  }

  #sums(): FourSums {
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = this.#head.subarray(SUMS_AT / 8);
    return [s0, s1, s2, s3];
  }
}

function copyInto(buffer: ArrayBuffer, at: number, row: Samples): Samples {
  const { length } = row;
  const copy =
    row instanceof Int32Array
      ? new Int32Array(buffer, at, length)
      : row instanceof Float32Array
        ? new Float32Array(buffer, at, length)
        : new Float64Array(buffer, at, length);
  copy.set(row);
  return copy;
}

function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

const AT = 0;
const END = 1;

/** Once for every four samples, the first pair at byte `AT`. */
function everyFour({ bytes }: Kind, body: Code): Code {
  const next = tee(AT, addInt(get(AT), i32(4 * bytes)));
  return loopWhile(body, isBelow(next, get(END)));
}

function sumCode(kind: Kind): FunctionCode {
  const [first, second] = [2, 3];
  const body = [
    everyFour(kind, [
      set(first, addPairs(get(first), kind.load(get(AT)))),
      set(second, addPairs(get(second), kind.load(get(AT), 2 * kind.bytes))),
    ]),
    storeSums(first, second),
  ];
  const locals = [TYPE.v128, TYPE.v128];
  return { name: `sum${kind.name}`, parameters: 2, locals, body };
}

function squaresCode(kind: Kind): FunctionCode {
  const [first, second, mean, rest] = [2, 3, 4, 5];
  const addSquares = (sum: number, pair: Code): Code => [
    set(rest, subtractPairs(pair, get(mean))),
    set(sum, addPairs(get(sum), multiplyPairs(get(rest), get(rest)))),
  ];
  const body = [
    set(mean, splat(loadDouble(i32(MEAN_AT)))),
    everyFour(kind, [
      addSquares(first, kind.load(get(AT))),
      addSquares(second, kind.load(get(AT), 2 * kind.bytes)),
    ]),
    storeSums(first, second),
  ];
  const locals = [TYPE.v128, TYPE.v128, TYPE.v128, TYPE.v128];
  return { name: `squares${kind.name}`, parameters: 2, locals, body };
}

function writeCode(kind: Kind): FunctionCode {
  const [out, mean, factor] = [2, 3, 4];
  const scaled = (offset: number): Code =>
    multiplyPairs(subtractPairs(kind.load(get(AT), offset), get(mean)), get(factor));
  const body = [
    set(mean, splat(loadDouble(i32(MEAN_AT)))),
    set(factor, splat(loadDouble(i32(FACTOR_AT)))),
    everyFour(kind, [
      storePairAsFloats(get(out), scaled(0)),
      storePairAsFloats(get(out), scaled(2 * kind.bytes), 8),
      set(out, addInt(get(out), i32(16))),
    ]),
  ];
  const locals = [TYPE.v128, TYPE.v128];
  return { name: `write${kind.name}`, parameters: 3, locals, body };
}

function storeSums(first: number, second: number): Code {
  return [storePair(i32(SUMS_AT), get(first)), storePair(i32(SUMS_AT), get(second), 16)];
}
