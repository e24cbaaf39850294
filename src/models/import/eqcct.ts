// EQCCT (Saad et al. 2023, doi:10.1109/TGRS.2023.3319440) as SeisBench stores it: a compact convolutional
// transformer of 6000 samples, one network for P and a deeper one for S.

import { multiHeadAttention, type Projection } from '../onnxGraph/attention.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { conv, dense, gelu, layerNorm, withHeight, withoutHeight } from '../onnxGraph/layers.ts';
import { transpose } from '../onnxGraph/tensor.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 6000;
const COMPONENTS = 3;
const WIDTHS = [COMPONENTS, 10, 20, 40] as const;
const KERNEL = 11;
const PATCH_SAMPLES = 40;
const PATCHES = WINDOW / PATCH_SAMPLES;
const WIDTH = 40;
const HEADS = 4;
const HEAD_WIDTH = 40;
const BLOCKS = 4;
const LAST_KERNEL = 15;
const BATCH_NORM_EPSILON = 1e-3;
const LAYER_NORM_EPSILON = 1e-6;

/** EQCCT's network for P or the one for S from a SeisBench `.pt`. Throws `bad-input`. */
export function eqcctFromTorch(tensors: NamedTensors, phase: 'P' | 'S'): Uint8Array {
  return new Builder(tensors, phase).build();
}

class Builder {
  readonly #weights: Weights;
  readonly #phase: 'P' | 'S';
  readonly #graph: OnnxGraph;

  constructor(tensors: NamedTensors, phase: 'P' | 'S') {
    this.#weights = new Weights(tensors, `EQCCT for ${phase} of SeisBench`);
    this.#phase = phase;
    this.#graph = new OnnxGraph(`eqcct-${phase.toLowerCase()}`);
  }

  build(): Uint8Array {
    const graph = this.#graph;
    let curves = withHeight(graph, graph.input('x', ['batch', COMPONENTS, WINDOW]));
    for (const k of [1, 2, 3]) {
      curves = this.#convolutions(curves, `conv${k}`, WIDTHS[k - 1] ?? 0, WIDTHS[k] ?? 0);
    }
    let value = this.#encoded(this.#inTime(curves));
    for (let k = 0; k < BLOCKS; k += 1) value = this.#block(value, k);
    value = this.#layerNorm(value, 'norm');
    const line = graph.node('Reshape', [value, graph.integers([-1, 1, 1, WINDOW])]);
    const reach = (LAST_KERNEL - 1) / 2;
    const logits = conv(graph, line, {
      weight: this.#take('head.conv.weight', [1, 1, LAST_KERNEL]),
      bias: this.#take('head.conv.bias', [1]),
      padding: [reach, reach],
    });
    this.#weights.refuseLeftovers(/\.num_batches_tracked$/);
    const y = withoutHeight(graph, graph.node('Sigmoid', [logits]));
    graph.output('y', y, ['batch', 1, WINDOW]);
    return graph.toBytes();
  }

  #take(name: string, shape: readonly number[]) {
    return this.#weights.take(`_eqcct_backbone.${name}`, shape);
  }

  /** Three convolutions, the second of them around a shortcut; (batch, channel, 1, sample). */
  #convolutions(x: Value, name: string, from: number, to: number): Value {
    const graph = this.#graph;
    const reach = (KERNEL - 1) / 2;
    const layer = (value: Value, k: number, width: number) => {
      const shape = [width, from, KERNEL];
      const norm = `_eqcct_backbone.${name}.bn${k}`;
      const weight = this.#take(`${name}.conv${k}.weight`, shape);
      return gelu(
        graph,
        conv(graph, value, {
          weight,
          bias: this.#take(`${name}.conv${k}.bias`, [width]),
          norm: this.#weights.torchNorm(norm, width, BATCH_NORM_EPSILON),
          padding: [reach, reach],
        }),
      );
    };
    const second = layer(layer(x, 1, from), 2, from);
    return layer(graph.node('Add', [second, x]), 3, to);
  }

  /** (batch, channel, 1, sample) → (batch, sample, channel), and back. */
  #inTime(x: Value): Value {
    const flat = withoutHeight(this.#graph, x);
    return this.#graph.node('Transpose', [flat], { perm: [0, 2, 1] });
  }

  #inChannels(x: Value): Value {
    return withHeight(this.#graph, this.#graph.node('Transpose', [x], { perm: [0, 2, 1] }));
  }

  #encoded(x: Value): Value {
    const graph = this.#graph;
    const inputs = PATCH_SAMPLES * WIDTHS[3];
    const patches = graph.node('Reshape', [x, graph.integers([-1, PATCHES, inputs])]);
    const projected = dense(graph, patches, this.#linear('encoder.projection', inputs, WIDTH));
    const positions = this.#take('encoder.position_embedding.weight', [PATCHES, WIDTH]);
    return graph.node('Add', [projected, graph.tensor(positions)]);
  }

  #block(x: Value, k: number): Value {
    const graph = this.#graph;
    const isDeep = this.#phase === 'S';
    const name = isDeep ? `transformers.${k}` : `transformer.${k}`;
    const around = (value: Value, part: string) =>
      isDeep
        ? this.#inTime(this.#convolutions(this.#inChannels(value), `${part}.${k}`, WIDTH, WIDTH))
        : value;
    const entered = around(x, 'extra_pre');
    const normed = this.#layerNorm(entered, `${name}.norm1`);
    const inner = HEADS * HEAD_WIDTH;
    const attended = multiHeadAttention(graph, normed, normed, {
      heads: HEADS,
      headWidth: HEAD_WIDTH,
      query: this.#linear(`${name}.attn.q`, WIDTH, inner),
      key: this.#linear(`${name}.attn.k`, WIDTH, inner),
      value: this.#linear(`${name}.attn.v`, WIDTH, inner),
      output: this.#linear(`${name}.attn.o`, inner, WIDTH),
    });
    const sum = graph.node('Add', [entered, around(attended, 'extra_post')]);
    let fed = this.#layerNorm(sum, `${name}.norm2`);
    for (const part of ['fc1', 'fc2']) {
      fed = gelu(graph, dense(graph, fed, this.#linear(`${name}.mlp.${part}`, WIDTH, WIDTH)));
    }
    return graph.node('Add', [sum, fed]);
  }

  #linear(name: string, inputs: number, outputs: number): Projection {
    return {
      weight: transpose(this.#take(`${name}.weight`, [outputs, inputs]), [1, 0]),
      bias: this.#take(`${name}.bias`, [outputs]),
    };
  }

  #layerNorm(x: Value, name: string): Value {
    return layerNorm(this.#graph, x, {
      gamma: this.#take(`${name}.weight`, [WIDTH]),
      beta: this.#take(`${name}.bias`, [WIDTH]),
      epsilon: LAYER_NORM_EPSILON,
    });
  }
}
