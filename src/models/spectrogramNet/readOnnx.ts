// Reads as much of an ONNX file as is needed to know a network again: its nodes in order and its tensors.

import { AppError } from '../../base/appError.ts';
import type { Tensor } from '../onnxGraph/tensor.ts';

/** A node as written: inputs by name, whole-number attributes. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly integers: ReadonlyMap<string, readonly number[]>;
}

/** A graph's nodes in the order of their execution, and its constant float32 tensors by name. */
export interface ReadGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const FLOAT = 1;
const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const textDecoder = new TextDecoder();

interface Field {
  readonly number: number;
  /** Of a varint; 0 otherwise. */
  readonly integer: number;
  /** Of a length-delimited or fixed field. */
  readonly bytes: Uint8Array;
}

/** Reads an ONNX file. Throws `bad-input` when it is cut short or no protobuf. */
export function readOnnx(file: Uint8Array): ReadGraph {
  const graph = messageOf(file, 7);
  if (graph === undefined) throw new AppError('bad-input', 'the ONNX file holds no graph');
  const nodes: OnnxNode[] = [];
  const tensors = new Map<string, Tensor>();
  for (const { number, bytes } of fields(graph)) {
    if (number === 1) nodes.push(readNode(bytes));
    else if (number === 5) readTensor(bytes, tensors);
  }
  return { nodes, tensors };
}

function messageOf(message: Uint8Array, wanted: number): Uint8Array | undefined {
  for (const { number, bytes } of fields(message)) if (number === wanted) return bytes;
  return undefined;
}

function readNode(message: Uint8Array): OnnxNode {
  let operator = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const integers = new Map<string, readonly number[]>();
  for (const { number, bytes } of fields(message)) {
    if (number === 1) inputs.push(textDecoder.decode(bytes));
    else if (number === 2) outputs.push(textDecoder.decode(bytes));
    else if (number === 4) operator = textDecoder.decode(bytes);
    else if (number === 5) readAttribute(bytes, integers);
  }
  return { operator, inputs, outputs, integers };
}

function readAttribute(message: Uint8Array, integers: Map<string, readonly number[]>): void {
  let name = '';
  const values: number[] = [];
  for (const { number, integer, bytes } of fields(message)) {
    if (number === 1) name = textDecoder.decode(bytes);
    else if (number === 3) values.push(integer);
    else if (number === 8) values.push(...(bytes.length > 0 ? varints(bytes) : [integer]));
  }
  if (values.length > 0) integers.set(name, values);
}

function readTensor(message: Uint8Array, tensors: Map<string, Tensor>): void {
  let name = '';
  let type = 0;
  let raw: Uint8Array | undefined;
  const shape: number[] = [];
  for (const { number, integer, bytes } of fields(message)) {
    if (number === 1) shape.push(...(bytes.length > 0 ? varints(bytes) : [integer]));
    else if (number === 2) type = integer;
    else if (number === 8) name = textDecoder.decode(bytes);
    else if (number === 9 || number === 4) raw = bytes;
  }
  if (type !== FLOAT || raw === undefined) return;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values = Float32Array.from({ length: raw.length >> 2 }, (_, k) =>
    view.getFloat32(4 * k, true),
  );
  if (values.length === shape.reduce((product, size) => product * size, 1)) {
    tensors.set(name, { shape, values });
  }
}

const NOTHING = new Uint8Array(0);

function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    const { value, next } = varintAt(message, at);
    at = next;
    return value;
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw cutShort();
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === VARINT) yield { number, integer: varint(), bytes: NOTHING };
    else if (wireType === LENGTH_DELIMITED) yield { number, integer: 0, bytes: take(varint()) };
    else if (wireType === FIXED_32) yield { number, integer: 0, bytes: take(4) };
    else if (wireType === FIXED_64) yield { number, integer: 0, bytes: take(8) };
    else throw new AppError('bad-input', `wire type ${wireType} does not occur in ONNX files`);
  }
}

function varints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, next } = varintAt(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

/** Negative numbers are 64-bit two's complement and come back as large as they are written. */
function varintAt(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let factor = 1;
  for (let next = at; next < bytes.length; next += 1) {
    const byte = bytes[next] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, next: next + 1 };
    factor *= 128;
  }
  throw cutShort();
}

function cutShort(): AppError {
  return new AppError('bad-input', 'the ONNX file is cut short');
}
