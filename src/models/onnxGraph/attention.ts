// Scaled dot-product attention with several heads (Vaswani et al. 2017).

import type { OnnxGraph, Value } from './graph.ts';
import { dense } from './layers.ts';
import type { Tensor } from './tensor.ts';

/** A matrix (in, out) and what is added. */
export interface Projection {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Projections to and from the heads; heads stand one after the other in the inner width. */
export interface MultiHeadAttention {
  readonly heads: number;
  /** Width of one head. */
  readonly headWidth: number;
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
  readonly output: Projection;
}

/**
 * Attention of `from` (batch, step, width) over `over` (batch, other step, other width); the answer has the
 * steps of `from` and the width of the output projection.
 */
export function multiHeadAttention(
  graph: OnnxGraph,
  from: Value,
  over: Value,
  layer: MultiHeadAttention,
): Value {
  const { heads, headWidth } = layer;
  const split = (value: Value, projection: Projection, perm: readonly number[]) => {
    const projected = dense(graph, value, projection);
    const parts = graph.node('Reshape', [projected, graph.integers([0, 0, heads, headWidth])]);
    return graph.node('Transpose', [parts], { perm });
  };
  const query = split(from, layer.query, [0, 2, 1, 3]);
  const scaled = graph.node('Mul', [query, graph.scalar(1 / Math.sqrt(headWidth))]);
  const scores = graph.node('MatMul', [scaled, split(over, layer.key, [0, 2, 3, 1])]);
  const shares = graph.node('Softmax', [scores], { axis: -1 });
  const seen = graph.node('MatMul', [shares, split(over, layer.value, [0, 2, 1, 3])]);
  const inSteps = graph.node('Transpose', [seen], { perm: [0, 2, 1, 3] });
  const joined = graph.node('Reshape', [inSteps, graph.integers([0, 0, heads * headWidth])]);
  return dense(graph, joined, layer.output);
}
