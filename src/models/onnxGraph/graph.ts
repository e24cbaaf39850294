// Writes ONNX files (opset 17). A network is built node by node; every node answers the name of its output.
// Fields by number as in onnx.proto; see https://onnx.ai/onnx/repo-docs/IR.html.

import { floatBytes, int64Bytes, ProtoMessage } from './protobuf.ts';
import type { Tensor } from './tensor.ts';

/** The name of a value inside the graph. */
export type Value = string;

/** Whole numbers are ints, `{ float }` one float, a Float32Array floats. */
export type Attribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | Float32Array
  | string
  | readonly string[];

/** A dimension by its size, or by a name where it is free. */
export type Dimension = number | string;

const IR_VERSION = 9;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, floats: 6, ints: 7, texts: 8 } as const;

/** An ONNX graph being built: float32 values, opset 17. */
export class OnnxGraph {
  readonly #graph = new ProtoMessage();
  #names = 0;

  constructor(name: string) {
    this.#graph.text(2, name);
  }

  input(name: string, dimensions: readonly Dimension[]): Value {
    this.#graph.message(11, valueInfo(name, dimensions));
    return name;
  }

  output(name: string, from: Value, dimensions: readonly Dimension[]): void {
    this.#graph.message(1, nodeMessage('Identity', [from], [name], {}));
    this.#graph.message(12, valueInfo(name, dimensions));
  }

  tensor({ shape, values }: Tensor): Value {
    return this.#initializer(FLOAT, shape, floatBytes(values));
  }

  /** One float32, as a tensor of one element. */
  scalar(value: number): Value {
    return this.#initializer(FLOAT, [1], floatBytes([value]));
  }

  /** A list of int64, as axes, shapes and slices are given. */
  integers(values: readonly number[]): Value {
    return this.#initializer(INT64, [values.length], int64Bytes(values));
  }

  /** Adds a node with one output. An empty name stands for an input left out. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const output = this.#name(operator);
    this.#graph.message(1, nodeMessage(operator, inputs, [output], attributes));
    return output;
  }

  /** Adds a node that cuts its input into two along `axis`. */
  splitInTwo(input: Value, axis: number, sizes: readonly [number, number]): [Value, Value] {
    const outputs: [Value, Value] = [this.#name('Split'), this.#name('Split')];
    const split = nodeMessage('Split', [input, this.integers(sizes)], outputs, { axis });
    this.#graph.message(1, split);
    return outputs;
  }

  /** The whole file. */
  toBytes(): Uint8Array {
    return new ProtoMessage()
      .integer(1, IR_VERSION)
      .text(2, 'onset')
      .message(7, this.#graph)
      .message(8, new ProtoMessage().text(1, '').integer(2, OPSET))
      .toBytes();
  }

  #initializer(type: number, shape: readonly number[], raw: Uint8Array): Value {
    const name = this.#name('constant');
    const tensor = new ProtoMessage();
    for (const size of shape) tensor.integer(1, size);
    this.#graph.message(5, tensor.integer(2, type).text(8, name).bytes(9, raw));
    return name;
  }

  #name(operator: string): Value {
    this.#names += 1;
    return `${operator.toLowerCase()}${this.#names}`;
  }
}

function nodeMessage(
  operator: string,
  inputs: readonly Value[],
  outputs: readonly Value[],
  attributes: Readonly<Record<string, Attribute>>,
): ProtoMessage {
  const node = new ProtoMessage();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(4, operator);
  for (const [name, value] of Object.entries(attributes)) {
    node.message(5, attributeMessage(name, value));
  }
  return node;
}

function attributeMessage(name: string, value: Attribute): ProtoMessage {
  const message = new ProtoMessage().text(1, name);
  const typed = (type: keyof typeof ATTRIBUTE_TYPE) => message.integer(20, ATTRIBUTE_TYPE[type]);
  if (typeof value === 'number') return typed('int').integer(3, value);
  if (typeof value === 'string') return typed('text').text(4, value);
  if (value instanceof Float32Array) {
    typed('floats');
    for (const each of value) message.float(7, each);
    return message;
  }
  if ('float' in value) return typed('float').float(2, value.float);
  typed(typeof value[0] === 'string' ? 'texts' : 'ints');
  for (const each of value) {
    if (typeof each === 'string') message.text(9, each);
    else message.integer(8, each);
  }
  return message;
}

function valueInfo(name: string, dimensions: readonly Dimension[]): ProtoMessage {
  const shape = new ProtoMessage();
  for (const size of dimensions) {
    const dimension = new ProtoMessage();
    if (typeof size === 'number') dimension.integer(1, size);
    else dimension.text(2, size);
    shape.message(1, dimension);
  }
  const tensor = new ProtoMessage().integer(1, FLOAT).message(2, shape);
  return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
}
