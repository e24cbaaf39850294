// TPhaseNet (Myklebust and Köhler 2024, doi:10.1093/gji/ggae298) as NORSAR's array-tphasenet trains it: a U-Net of
// residual blocks with LSTMs and transformers on its deepest skips, 300 s at 40 Hz.

import { multiHeadAttention, type Projection } from '../onnxGraph/attention.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  affine,
  conv,
  dense,
  layerNorm,
  relu,
  repeated,
  swish,
  withHeight,
  withoutHeight,
  type Affine,
} from '../onnxGraph/layers.ts';
import { joinedDirections, lstm, type LstmDirection } from '../onnxGraph/recurrent.ts';
import { reshape, transpose, type Tensor } from '../onnxGraph/tensor.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 12000;
const KERNEL = 7;
/** Residual blocks on the way down, the first without pooling; one fewer on the way up. */
const LEVELS = 7;
/** Skips that get attention, from the deepest; the bottleneck has its own. */
const ATTENDED_SKIPS = 3;
const HEADS = 4;
const POOL = 4;
const BATCH_NORM_EPSILON = 1e-3;
const LAYER_NORM_EPSILON = 1e-6;

/** A curve in the graph, (batch, channel, 1, sample), and its size. */
interface Stretch {
  readonly value: Value;
  readonly channels: number;
  readonly samples: number;
}

/**
 * TPhaseNet from the variables of a Keras SavedModel (`saved_model_*.tf`), of any widths, channels and labels. A
 * SavedModel numbers its variables in the order of the layers: encoder, then the way up. Throws `bad-input`.
 */
export function tPhaseNetFromSavedModel(tensors: NamedTensors): Uint8Array {
  return new Builder(tensors).build();
}

class Builder {
  readonly #tensors: NamedTensors;
  readonly #weights: Weights;
  readonly #graph = new OnnxGraph('tphasenet');
  #variable = 0;

  constructor(tensors: NamedTensors) {
    this.#tensors = tensors;
    this.#weights = new Weights(tensors, 'TPhaseNet of a SavedModel');
  }

  build(): Uint8Array {
    const graph = this.#graph;
    const components = this.#shapeAhead(0)[1] ?? 0;
    const x = withHeight(graph, graph.input('x', ['batch', components, WINDOW]));
    let stretch: Stretch = { value: x, channels: components, samples: WINDOW };
    const skips: Stretch[] = [];
    for (let level = 0; level < LEVELS; level += 1) {
      stretch = this.#residual(stretch);
      if (level > 0) stretch = this.#pooled(stretch);
      skips.push(stretch);
    }
    const bottom = this.#seen(this.#recurrent(stretch), stretch);
    stretch = this.#merged(stretch, bottom);
    skips.pop();
    stretch = this.#ascended(stretch, skips.reverse());
    const from = (stretch.samples - WINDOW) / 2;
    const bounds = [graph.integers([from]), graph.integers([from + WINDOW]), graph.integers([3])];
    const cut = graph.node('Slice', [stretch.value, ...bounds]);
    const exit = this.#convolution(stretch.channels, this.#shapeAhead(0)[2] ?? 0, KERNEL);
    const norm = this.#batchNorm(exit.channels);
    const run = swish(graph, conv(graph, cut, { ...exit, norm, padding: 'same' }));
    const last = this.#convolution(exit.channels, this.#shapeAhead(0)[2] ?? 0, 1);
    const logits = withoutHeight(graph, conv(graph, run, { ...last, padding: [0, 0] }));
    this.#weights.refuseLeftovers(/^(optimizer|keras_api|save_counter)/);
    const y = graph.node('Softmax', [logits], { axis: 1 });
    graph.output('y', y, ['batch', last.channels, WINDOW]);
    return graph.toBytes();
  }

  /** The way up. The LSTM of a skip is stored before the merging of the level below it. */
  #ascended(bottom: Stretch, skips: readonly Stretch[]): Stretch {
    let stretch = bottom;
    let waiting: Stretch | undefined;
    skips.forEach((skip, step) => {
      const isAttended = step < ATTENDED_SKIPS;
      const run = isAttended ? this.#bothWays(skip) : undefined;
      if (waiting !== undefined) stretch = this.#merged(stretch, waiting);
      const query = run && this.#narrowed(run.value, run.width);
      const risen = this.#residual(stretch);
      const value = repeated(this.#graph, risen.value, 2);
      stretch = { ...risen, value, samples: 2 * risen.samples };
      waiting = query && this.#seen(query, skip);
    });
    return stretch;
  }

  #name(ahead = 0): string {
    return `variables/${this.#variable + ahead}/.ATTRIBUTES/VARIABLE_VALUE`;
  }

  #shapeAhead(ahead: number): readonly number[] {
    return this.#tensors.get(this.#name(ahead))?.shape ?? [];
  }

  #take(shape: readonly number[]): Tensor {
    const tensor = this.#weights.take(this.#name(), shape);
    this.#variable += 1;
    return tensor;
  }

  #convolution(inputs: number, outputs: number, kernel: number) {
    const weight = transpose(this.#take([kernel, inputs, outputs]), [2, 1, 0]);
    return { weight, bias: this.#take([outputs]), channels: outputs };
  }

  /** Variables of one norm that stand together. */
  #batchNorm(channels: number): Affine {
    const names = [0, 1, 2, 3].map((ahead) => this.#name(ahead));
    this.#variable += names.length;
    return this.#weights.normOf(names, channels, BATCH_NORM_EPSILON);
  }

  /** A 1-wide convolution beside norm, convolution, norm, swish, convolution; their sum normed and swished. */
  #residual({ value, channels, samples }: Stretch): Stretch {
    const graph = this.#graph;
    const width = this.#shapeAhead(0)[2] ?? 0;
    const aside = this.#convolution(channels, width, 1);
    const first = this.#convolution(channels, width, KERNEL);
    const second = this.#convolution(width, width, KERNEL);
    // Scales and shifts of the three norms stand before all their statistics.
    const start = this.#variable;
    const norm = (k: number, size: number) => {
      const at = [2 * k, 2 * k + 1, 6 + 2 * k, 7 + 2 * k];
      const names = at.map((ahead) => `variables/${start + ahead}/.ATTRIBUTES/VARIABLE_VALUE`);
      return this.#weights.normOf(names, size, BATCH_NORM_EPSILON);
    };
    const [entry, middle, last] = [norm(0, channels), norm(1, width), norm(2, width)];
    this.#variable += 12;
    const entered = affine(graph, value, entry, 2);
    const inner = swish(graph, conv(graph, entered, { ...first, norm: middle, padding: 'same' }));
    const scaled = { scale: last.scale, shift: new Float32Array(width) };
    const sum = graph.node('Add', [
      conv(graph, value, { ...aside, norm: scaled, padding: [0, 0] }),
      conv(graph, inner, { ...second, norm: last, padding: 'same' }),
    ]);
    return { value: swish(graph, sum), channels: width, samples };
  }

  #pooled({ value, channels, samples }: Stretch): Stretch {
    const attributes = { kernel_shape: [1, POOL], strides: [1, 2], auto_pad: 'SAME_UPPER' };
    const pooled = this.#graph.node('MaxPool', [value], attributes);
    return { value: pooled, channels, samples: Math.ceil(samples / 2) };
  }

  /** (batch, channel, 1, sample) → (batch, sample, channel). */
  #inTime(value: Value): Value {
    return this.#graph.node('Transpose', [withoutHeight(this.#graph, value)], { perm: [0, 2, 1] });
  }

  /** LSTM there and back: (batch, sample, 2 · width). */
  #bothWays({ value, channels }: Stretch): { readonly value: Value; readonly width: number } {
    const graph = this.#graph;
    const width = this.#shapeAhead(1)[0] ?? 0;
    const cell = (): LstmDirection => ({
      inputWeight: transpose(this.#take([channels, 4 * width]), [1, 0]),
      hiddenWeight: transpose(this.#take([width, 4 * width]), [1, 0]),
      inputBias: this.#take([4 * width]),
      hiddenBias: { shape: [4 * width], values: new Float32Array(4 * width) },
    });
    const cells = [cell(), cell()];
    const steps = graph.node('Transpose', [this.#inTime(value)], { perm: [1, 0, 2] });
    const joined = joinedDirections(graph, lstm(graph, steps, cells, false), 2 * width);
    return { value: graph.node('Transpose', [joined], { perm: [1, 0, 2] }), width };
  }

  #narrowed(x: Value, width: number): { readonly value: Value; readonly width: number } {
    const weight = reshape(this.#take([1, 2 * width, width]), [2 * width, width]);
    return { value: dense(this.#graph, x, { weight, bias: this.#take([width]) }), width };
  }

  #recurrent(stretch: Stretch): { readonly value: Value; readonly width: number } {
    const run = this.#bothWays(stretch);
    return this.#narrowed(run.value, run.width);
  }

  /** What a transformer asked by `query` sees in `over`. */
  #seen(query: { readonly value: Value; readonly width: number }, over: Stretch): Stretch {
    const graph = this.#graph;
    const { width } = query;
    const inner = HEADS * width;
    const projection = (inputs: number): Projection => ({
      weight: reshape(this.#take([inputs, HEADS, width]), [inputs, inner]),
      bias: reshape(this.#take([HEADS, width]), [inner]),
    });
    const attended = multiHeadAttention(graph, query.value, this.#inTime(over.value), {
      heads: HEADS,
      headWidth: width,
      query: projection(width),
      key: projection(over.channels),
      value: projection(over.channels),
      output: {
        weight: reshape(this.#take([HEADS, width, width]), [inner, width]),
        bias: this.#take([width]),
      },
    });
    const layer = (inputs: number, outputs: number): Projection => ({
      weight: this.#take([inputs, outputs]),
      bias: this.#take([outputs]),
    });
    const [wide, narrow] = [layer(width, 4 * width), layer(4 * width, width)];
    const norm = (value: Value) =>
      layerNorm(graph, value, {
        gamma: this.#take([width]),
        beta: this.#take([width]),
        epsilon: LAYER_NORM_EPSILON,
      });
    const first = norm(graph.node('Add', [query.value, attended]));
    const fed = dense(graph, relu(graph, dense(graph, first, wide)), narrow);
    const last = norm(graph.node('Add', [first, fed]));
    const value = withHeight(graph, graph.node('Transpose', [last], { perm: [0, 2, 1] }));
    return { value, channels: width, samples: over.samples };
  }

  /** Both side by side, the shorter with zeros around it, brought back to the width of the first. */
  #merged(first: Stretch, second: Stretch): Stretch {
    const graph = this.#graph;
    const lacking = first.samples - second.samples;
    let padded = second.value;
    if (lacking > 0) {
      const before = Math.floor(lacking / 2);
      const pads = graph.integers([0, 0, 0, before, 0, 0, 0, lacking - before]);
      padded = graph.node('Pad', [padded, pads]);
    }
    const both = graph.node('Concat', [first.value, padded], { axis: 1 });
    const layer = this.#convolution(first.channels + second.channels, first.channels, 1);
    return { ...first, value: conv(graph, both, { ...layer, padding: [0, 0] }) };
  }
}
