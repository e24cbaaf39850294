// Recurrent layers and additive attention, as EQTransformer and its relatives use them.

import type { OnnxGraph, Value } from './graph.ts';
import type { Tensor } from './tensor.ts';

/** One direction of an LSTM under PyTorch's conventions: gates in the order i, f, g, o. */
export interface LstmDirection {
  /** (4 · hidden, in) */
  readonly inputWeight: Tensor;
  /** (4 · hidden, hidden) */
  readonly hiddenWeight: Tensor;
  /** (4 · hidden) each */
  readonly inputBias: Tensor;
  readonly hiddenBias: Tensor;
}

/** Where ONNX's gates i, o, f, c stand among PyTorch's. */
const GATES = [0, 3, 1, 2] as const;

/**
 * LSTM over x (time, batch, in): one direction, or forwards and backwards.
 * Answers (time, direction, batch, hidden). `hardGates` as Keras 2 had them: clip(0.2 x + 0.5, 0, 1).
 */
export function lstm(
  graph: OnnxGraph,
  x: Value,
  directions: readonly LstmDirection[],
  hardGates: boolean,
): Value {
  const gates = (direction: LstmDirection, part: keyof LstmDirection) =>
    inOnnxOrder(direction[part]);
  const stack = (parts: readonly Float32Array[], shape: readonly number[]) =>
    graph.tensor({ shape: [directions.length, ...shape], values: joined(parts) });
  const [rows = 0, inputs = 0] = directions[0]?.inputWeight.shape ?? [];
  const hidden = rows / 4;
  const input = stack(
    directions.map((each) => gates(each, 'inputWeight')),
    [rows, inputs],
  );
  const recurrent = stack(
    directions.map((each) => gates(each, 'hiddenWeight')),
    [rows, hidden],
  );
  const bias = stack(
    directions.flatMap((each) => [gates(each, 'inputBias'), gates(each, 'hiddenBias')]),
    [2 * rows],
  );
  return graph.node('LSTM', [x, input, recurrent, bias], {
    direction: directions.length === 2 ? 'bidirectional' : 'forward',
    hidden_size: hidden,
    ...(hardGates ? hardSigmoid(directions.length) : {}),
  });
}

/** (time, direction, batch, hidden) → (time, batch, direction · hidden). */
export function joinedDirections(graph: OnnxGraph, value: Value, width: number): Value {
  const ordered = graph.node('Transpose', [value], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', [ordered, graph.integers([0, 0, width])]);
}

function hardSigmoid(directions: number) {
  return {
    activations: new Array<readonly string[]>(directions)
      .fill(['HardSigmoid', 'Tanh', 'Tanh'])
      .flat(),
    activation_alpha: new Float32Array(directions).fill(0.2),
    activation_beta: new Float32Array(directions).fill(0.5),
  };
}

function inOnnxOrder({ values }: Tensor): Float32Array {
  const block = values.length / 4;
  return joined(GATES.map((gate) => values.subarray(gate * block, (gate + 1) * block)));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Additive self-attention: e = tanh(x Wt + x' Wx + bh) Wa + ba, softmax with `epsilon` in its divisor. */
export interface AdditiveAttention {
  readonly queryWeight: Tensor;
  readonly keyWeight: Tensor;
  readonly hiddenBias: Tensor;
  readonly scoreWeight: Tensor;
  readonly scoreBias: Tensor;
  readonly epsilon: number;
  /** Only this many neighbouring steps are looked at; left out, all are. The row's maximum is of all. */
  readonly width?: number;
}

/** Attention over x (batch, time, channel) with `steps` steps; answers the same shape. */
export function additiveAttention(
  graph: OnnxGraph,
  x: Value,
  layer: AdditiveAttention,
  steps: number,
): Value {
  const query = graph.node('MatMul', [x, graph.tensor(layer.queryWeight)]);
  const key = graph.node('MatMul', [x, graph.tensor(layer.keyWeight)]);
  const biased = graph.node('Add', [key, graph.tensor(layer.hiddenBias)]);
  const pairs = graph.node('Add', [
    graph.node('Unsqueeze', [query, graph.integers([2])]),
    graph.node('Unsqueeze', [biased, graph.integers([1])]),
  ]);
  const hidden = graph.node('Tanh', [pairs]);
  const scored = graph.node('MatMul', [hidden, graph.tensor(layer.scoreWeight)]);
  const scores = graph.node('Squeeze', [
    graph.node('Add', [scored, graph.tensor(layer.scoreBias)]),
    graph.integers([3]),
  ]);
  const highest = graph.node('ReduceMax', [scores], { axes: [-1], keepdims: 1 });
  let weights = graph.node('Exp', [graph.node('Sub', [scores, highest])]);
  if (layer.width !== undefined) {
    weights = graph.node('Mul', [weights, graph.tensor(band(steps, layer.width))]);
  }
  const sum = graph.node('ReduceSum', [weights, graph.integers([-1])], { keepdims: 1 });
  const divisor = graph.node('Add', [sum, graph.scalar(layer.epsilon)]);
  return graph.node('MatMul', [graph.node('Div', [weights, divisor]), x]);
}

/** Ones where a column lies within `width` steps around its row, zeros elsewhere. */
function band(steps: number, width: number): Tensor {
  const values = new Float32Array(steps * steps);
  const before = Math.floor(width / 2);
  for (let row = 0; row < steps; row += 1) {
    for (let column = row - before; column < row - before + width; column += 1) {
      if (column >= 0 && column < steps) values[row * steps + column] = 1;
    }
  }
  return { shape: [steps, steps], values };
}
