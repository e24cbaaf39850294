// Seismo-Performer (Stepnov et al. 2021, doi:10.3390/s21186290): a spectrogram of 4 s in 11 patches along
// frequency, two transformer blocks with linear attention (FAVOR's ReLU kernel, no random projection).

import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { dense, gelu, layerNorm, relu } from '../onnxGraph/layers.ts';
import { reshape, type Tensor } from '../onnxGraph/tensor.ts';
import {
  SPECTROGRAM_BINS,
  SPECTROGRAM_COMPONENTS,
  SPECTROGRAM_FRAMES,
  SPECTROGRAM_WINDOW,
  spectrogramFront,
  type SpectrogramScaler,
} from './spectrogramFront.ts';
import { Weights, type NamedTensors } from './weights.ts';

const PATCH_BINS = 3;
const PATCHES = SPECTROGRAM_BINS / PATCH_BINS;
const PATCH = SPECTROGRAM_FRAMES * PATCH_BINS * SPECTROGRAM_COMPONENTS;
const TOKENS = PATCHES + 1;
const WIDTH = 48;
const HEADS = 2;
const HEAD_WIDTH = WIDTH / HEADS;
const FEED_FORWARD = 96;
const LABELS = 3;
const NORM_EPSILON = 1e-6;
const KERNEL_EPSILON = 0.001;

/**
 * Seismo-Performer from its Keras weights file. Layers carry running numbers that differ between
 * releases; they are taken in the order of those numbers. Throws `bad-input`.
 */
export function seismoPerformerFromKeras(
  tensors: NamedTensors,
  scaler: SpectrogramScaler,
): Uint8Array {
  return new Builder(canonical(tensors)).build(scaler);
}

/**
 * The same tensors with each layer's running number replaced by its rank among its siblings of the same
 * kind: `dense_37/dense_37/bias:0` becomes `dense 1 bias:0`, inside a block `performer_block 0 dense 1 bias:0`.
 */
function canonical(tensors: NamedTensors): NamedTensors {
  const named = [...tensors].map(([name, tensor]) => {
    const path = name.split('/');
    // Most layers' names stand twice: as the group's and in the weight's.
    return { path: path[0] === path[1] ? path.slice(1) : path, tensor };
  });
  const paths = named.map(({ path }) => path);
  return new Map(
    named.map(({ path, tensor }): [string, Tensor] => [
      path.map((_, depth) => canonicalPart(paths, path, depth)).join(' '),
      tensor,
    ]),
  );
}

function canonicalPart(
  paths: readonly (readonly string[])[],
  path: readonly string[],
  depth: number,
): string {
  const part = path[depth] ?? '';
  const layer = numberedLayer(part);
  if (layer === undefined) return part;
  const place = path.slice(0, depth).join('/');
  const before = new Set<number>();
  for (const other of paths) {
    const sibling = numberedLayer(other[depth] ?? '');
    const isNear = sibling?.kind === layer.kind && other.slice(0, depth).join('/') === place;
    if (isNear && sibling.number < layer.number) before.add(sibling.number);
  }
  return `${layer.kind} ${before.size}`;
}

/** Kind and running number of a layer's name, 0 where it has none; undefined for a tensor's name. */
function numberedLayer(name: string): { kind: string; number: number } | undefined {
  const match = /^([a-z_]+?)_?(\d*)$/.exec(name);
  return match === null ? undefined : { kind: match[1] ?? '', number: Number(match[2]) };
}

class Builder {
  readonly #weights: Weights;
  readonly #graph = new OnnxGraph('seismo-performer');

  constructor(tensors: NamedTensors) {
    this.#weights = new Weights(tensors, 'Seismo-Performer');
  }

  build(scaler: SpectrogramScaler): Uint8Array {
    const graph = this.#graph;
    const x = graph.input('x', ['batch', SPECTROGRAM_COMPONENTS, SPECTROGRAM_WINDOW]);
    let value = this.#tokens(this.#patches(spectrogramFront(graph, x, scaler)));
    value = this.#block(value, 'performer_block 0');
    value = this.#block(value, 'performer_block 1');
    const bounds = [graph.integers([0]), graph.integers([1]), graph.integers([1])];
    const first = graph.node('Slice', [value, ...bounds]);
    const token = graph.node('Squeeze', [first, graph.integers([1])]);
    value = this.#norm(token, 'layer_normalization 0');
    value = gelu(graph, this.#dense(value, 'dense 1', WIDTH, FEED_FORWARD));
    value = gelu(graph, this.#dense(value, 'dense 2', FEED_FORWARD, WIDTH));
    const logits = this.#dense(value, 'dense 3', WIDTH, LABELS);
    this.#weights.refuseLeftovers(/^$/);
    graph.output('y', graph.node('Softmax', [logits], { axis: 1 }), ['batch', LABELS]);
    return graph.toBytes();
  }

  /** (batch, component, bin, frame) → (batch, patch, frame · bin · component). */
  #patches(spectrogram: Value): Value {
    const graph = this.#graph;
    const cut = [-1, SPECTROGRAM_COMPONENTS, PATCHES, PATCH_BINS, SPECTROGRAM_FRAMES];
    const patches = graph.node('Reshape', [spectrogram, graph.integers(cut)]);
    const ordered = graph.node('Transpose', [patches], { perm: [0, 2, 4, 3, 1] });
    return graph.node('Reshape', [ordered, graph.integers([-1, PATCHES, PATCH])]);
  }

  /** Patches embedded, the class token before them, positions added. */
  #tokens(patches: Value): Value {
    const graph = this.#graph;
    const embedded = this.#dense(patches, 'dense 0', PATCH, WIDTH);
    const token = graph.tensor(this.#weights.take('cls_token 0 ClsTokenW:0', [1, 1, WIDTH]));
    const batch = graph.node('Shape', [embedded], { start: 0, end: 1 });
    const shape = graph.node('Concat', [batch, graph.integers([1, WIDTH])], { axis: 0 });
    const tokens = graph.node('Expand', [token, shape]);
    const all = graph.node('Concat', [tokens, embedded], { axis: 1 });
    const positions = 'pos_embeding 0 embedding 0 embeddings:0';
    return graph.node('Add', [all, graph.tensor(this.#weights.take(positions, [TOKENS, WIDTH]))]);
  }

  /** One block; its single layer normalisation is used before attention and before the feed-forward. */
  #block(x: Value, name: string): Value {
    const graph = this.#graph;
    const norm = `${name} layer_normalization 0`;
    const attended = this.#attention(this.#norm(x, norm), `${name} attention 0`);
    const sum = graph.node('Add', [x, attended]);
    let value = this.#norm(sum, norm);
    value = gelu(graph, this.#dense(value, `${name} dense 0`, WIDTH, FEED_FORWARD));
    value = gelu(graph, this.#dense(value, `${name} dense 1`, FEED_FORWARD, WIDTH));
    return graph.node('Add', [sum, value]);
  }

  #attention(x: Value, name: string): Value {
    const graph = this.#graph;
    const heads = (part: string) => {
      const weight = this.#weights.take(`${name} ${part}`, [WIDTH, HEADS, HEAD_WIDTH]);
      const product = dense(graph, x, { weight: reshape(weight, [WIDTH, WIDTH]) });
      const split = graph.integers([-1, TOKENS, HEADS, HEAD_WIDTH]);
      return graph.node('Transpose', [graph.node('Reshape', [product, split])], {
        perm: [0, 2, 1, 3],
      });
    };
    const feature = (value: Value) =>
      graph.node('Add', [relu(graph, value), graph.scalar(KERNEL_EPSILON)]);
    const query = feature(heads('query 0 kernel:0'));
    const key = feature(heads('key 0 kernel:0'));
    const values = heads('value 0 kernel:0');
    const keysLast = graph.node('Transpose', [key], { perm: [0, 1, 3, 2] });
    const memory = graph.node('MatMul', [keysLast, values]);
    const keySum = graph.node('ReduceSum', [key, graph.integers([2])], { keepdims: 1 });
    const shares = graph.node('Mul', [query, keySum]);
    const divisor = graph.node('ReduceSum', [shares, graph.integers([3])], { keepdims: 1 });
    const answer = graph.node('Div', [graph.node('MatMul', [query, memory]), divisor]);
    const joined = graph.node('Reshape', [
      graph.node('Transpose', [answer], { perm: [0, 2, 1, 3] }),
      graph.integers([-1, TOKENS, WIDTH]),
    ]);
    const output = `${name} output_transform 0 kernel:0`;
    const weight = this.#weights.take(output, [HEADS, HEAD_WIDTH, WIDTH]);
    return dense(graph, joined, { weight: reshape(weight, [WIDTH, WIDTH]) });
  }

  #norm(x: Value, name: string): Value {
    return layerNorm(this.#graph, x, {
      gamma: this.#weights.take(`${name} gamma:0`, [WIDTH]),
      beta: this.#weights.take(`${name} beta:0`, [WIDTH]),
      epsilon: NORM_EPSILON,
    });
  }

  #dense(x: Value, name: string, inputs: number, outputs: number): Value {
    return dense(this.#graph, x, {
      weight: this.#weights.take(`${name} kernel:0`, [inputs, outputs]),
      bias: this.#weights.take(`${name} bias:0`, [outputs]),
    });
  }
}
