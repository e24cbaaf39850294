// Reads Python pickles without ever running what they ask for: a pickle is a program for a small stack
// machine whose GLOBAL and REDUCE may call anything, so only names on the caller's list are known here.
// Opcodes: CPython's Lib/pickletools.py; those that PyTorch and NumPy write, protocols 2 to 5.

import { AppError } from '../../base/appError.ts';

/** A class or function of the allow-list as the pickle names it, not called. */
export interface PickledGlobal {
  readonly kind: 'global';
  /** `module.name` */
  readonly name: string;
}

/** What a pickle may name. A global without a function may be passed about but not called. */
export interface PickleRules {
  readonly globals: ReadonlyMap<string, ((args: readonly unknown[]) => unknown) | undefined>;
  /** What a persistent id stands for (PyTorch's storages). */
  readonly persistent?: (id: unknown) => unknown;
  /** For messages. */
  readonly fileName: string;
}

/**
 * The value a pickle holds: lists and tuples as arrays, dictionaries as Maps, None as null, integers
 * as numbers where they are safe. Throws `unreadable-file` for a name that is not allowed, an opcode
 * that is not data, and a pickle that ends early; nothing is ever executed.
 */
export function unpickle(bytes: Uint8Array, rules: PickleRules): unknown {
  return new Machine(bytes, rules).run();
}

/** Whether an unpickled value is a name of the allow-list. */
export function isPickledGlobal(value: unknown): value is PickledGlobal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
}

const MARK = Symbol('mark');
const STOP = 0x2e;

class Machine {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly rules: PickleRules;
  readonly memo = new Map<number, unknown>();
  stack: unknown[] = [];
  at = 0;

  constructor(bytes: Uint8Array, rules: PickleRules) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.rules = rules;
  }

  run(): unknown {
    for (;;) {
      const opcode = this.bytes[this.at];
      if (opcode === undefined) return this.fail('it ends before its end mark');
      this.at += 1;
      if (opcode === STOP) return this.pop();
      const step = OPCODES[opcode];
      if (step === undefined) {
        return this.fail(`it uses opcode 0x${opcode.toString(16)}, which is not plain data`);
      }
      step(this);
    }
  }

  fail(why: string): never {
    throw new AppError(
      'unreadable-file',
      `${this.rules.fileName} cannot be read: ${why}. Nothing in it was run.`,
    );
  }

  pop(): unknown {
    if (this.stack.length === 0) return this.fail('its stack is empty where a value is needed');
    const value = this.stack.pop();
    return value === MARK ? this.fail('a mark stands where a value is needed') : value;
  }

  top(): unknown {
    const value = this.stack.at(-1);
    return value === undefined || value === MARK ? this.fail('a value is missing') : value;
  }

  popToMark(): unknown[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) return this.fail('a mark is missing');
    const values = this.stack.slice(mark + 1);
    this.stack.length = mark;
    return values;
  }

  take(count: number): number {
    const from = this.at;
    if (count < 0 || from + count > this.bytes.length) return this.fail('it ends early');
    this.at += count;
    return from;
  }

  text(count: number): string {
    const from = this.take(count);
    return new TextDecoder().decode(this.bytes.subarray(from, from + count));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) return this.fail('it ends early');
    const line = this.text(end - this.at);
    this.at = end + 1;
    return line;
  }

  u8 = (): number => this.view.getUint8(this.take(1));
  u16 = (): number => this.view.getUint16(this.take(2), true);
  u32 = (): number => this.view.getUint32(this.take(4), true);
  i32 = (): number => this.view.getInt32(this.take(4), true);
  u64 = (): number => Number(this.view.getBigUint64(this.take(8), true));

  /** Little-endian two's complement of any length. */
  long(count: number): number | bigint {
    const from = this.take(count);
    let value = 0n;
    for (let k = count - 1; k >= 0; k -= 1)
      value = value * 256n + BigInt(this.bytes[from + k] ?? 0);
    const signed = BigInt.asIntN(Math.max(count, 1) * 8, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  global(name: string): void {
    if (!this.rules.globals.has(name)) {
      this.fail(
        `it names ${name}, which is not on the list of harmless names; only plain weights are read (save the state_dict)`,
      );
    }
    this.stack.push({ kind: 'global', name } satisfies PickledGlobal);
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    const make = isPickledGlobal(callee) ? this.rules.globals.get(callee.name) : undefined;
    if (make === undefined || !Array.isArray(args))
      return this.fail('it calls what may not be called');
    this.stack.push(make(args));
  }

  setItems(pairs: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map) || pairs.length % 2 !== 0) {
      return this.fail('it sets items of what is no dictionary');
    }
    for (let k = 0; k < pairs.length; k += 2) target.set(pairs[k], pairs[k + 1]);
  }

  append(values: readonly unknown[]): void {
    const target = this.top();
    if (!Array.isArray(target)) return this.fail('it appends to what is no list');
    for (const value of values) target.push(value);
  }

  recall(key: number): void {
    if (!this.memo.has(key)) this.fail('it recalls a value it never stored');
    this.stack.push(this.memo.get(key));
  }

  persistentLoad(): void {
    const id = this.pop();
    if (this.rules.persistent === undefined) return this.fail('it refers to data outside itself');
    this.stack.push(this.rules.persistent(id));
  }

  tuple(count: number): void {
    const values: unknown[] = [];
    for (let k = 0; k < count; k += 1) values.unshift(this.pop());
    this.stack.push(values);
  }
}

type Step = (machine: Machine) => void;

const push = (read: (machine: Machine) => unknown): Step => {
  return (machine) => {
    machine.stack.push(read(machine));
  };
};
const remember = (key: (machine: Machine) => number): Step => {
  return (machine) => {
    machine.memo.set(key(machine), machine.top());
  };
};

const OPCODES: Readonly<Record<number, Step>> = {
  0x80: (m) => void m.u8(), // PROTO
  0x95: (m) => void m.u64(), // FRAME
  0x28: push(() => MARK),
  0x30: (m) => void m.pop(), // POP
  0x31: (m) => void m.popToMark(), // POP_MARK
  0x32: push((m) => m.top()), // DUP
  0x4e: push(() => null), // NONE
  0x88: push(() => true), // NEWTRUE
  0x89: push(() => false), // NEWFALSE
  0x4a: push((m) => m.i32()), // BININT
  0x4b: push((m) => m.u8()), // BININT1
  0x4d: push((m) => m.u16()), // BININT2
  0x8a: push((m) => m.long(m.u8())), // LONG1
  0x8b: push((m) => m.long(m.i32())), // LONG4
  0x47: push((m) => m.view.getFloat64(m.take(8), false)), // BINFLOAT
  0x54: push((m) => m.text(m.i32())), // BINSTRING
  0x55: push((m) => m.text(m.u8())), // SHORT_BINSTRING
  0x58: push((m) => m.text(m.u32())), // BINUNICODE
  0x8c: push((m) => m.text(m.u8())), // SHORT_BINUNICODE
  0x8d: push((m) => m.text(m.u64())), // BINUNICODE8
  0x5d: push(() => []), // EMPTY_LIST
  0x61: (m) => m.append([m.pop()]), // APPEND
  0x65: (m) => m.append(m.popToMark()), // APPENDS
  0x29: push(() => []), // EMPTY_TUPLE
  0x74: push((m) => m.popToMark()), // TUPLE
  0x85: (m) => m.tuple(1),
  0x86: (m) => m.tuple(2),
  0x87: (m) => m.tuple(3),
  0x7d: push(() => new Map()), // EMPTY_DICT
  0x73: (m) => {
    const value = m.pop(); // SETITEM
    m.setItems([m.pop(), value]);
  },
  0x75: (m) => m.setItems(m.popToMark()), // SETITEMS
  0x63: (m) => {
    const module = m.line(); // GLOBAL
    m.global(`${module}.${m.line()}`);
  },
  0x93: (m) => {
    const name = m.pop(); // STACK_GLOBAL
    m.global(`${String(m.pop())}.${String(name)}`);
  },
  0x52: (m) => m.reduce(), // REDUCE
  // BUILD sets attributes (a state_dict's _metadata); the values are data already, the attributes are dropped.
  0x62: (m) => void m.pop(),
  0x51: (m) => m.persistentLoad(), // BINPERSID
  0x71: remember((m) => m.u8()), // BINPUT
  0x72: remember((m) => m.u32()), // LONG_BINPUT
  0x94: remember((m) => m.memo.size), // MEMOIZE
  0x68: (m) => m.recall(m.u8()), // BINGET
  0x6a: (m) => m.recall(m.u32()), // LONG_BINGET
};
