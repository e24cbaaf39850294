// CRED (Mousavi et al. 2019, doi:10.1038/s41598-019-45748-1) as SeisBench stores it: a spectrogram of 30 s,
// residual convolutions and LSTMs, and the probability of an earthquake at 19 steps of the window, each of which is
// held for its share of the window's samples, so that CRED is run as every other network.

import { AppError } from '../../base/appError.ts';
import { binsOf, frameSpectra, magnitudes, periodicHann } from '../onnxGraph/fourier.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { affine, conv2d, dense, relu, type PlanePadding } from '../onnxGraph/layers.ts';
import { joinedDirections, lstm, type LstmDirection } from '../onnxGraph/recurrent.ts';
import { modelArgument } from './settings.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 3000;
const FRAMES = 76;
/** 80 samples every 40, amplitudes as SciPy scales them. */
const TRANSFORM = { window: periodicHann(80), hop: 40, zeros: 40, scale: 0.025 } as const;
const BINS = binsOf(TRANSFORM);
const HIDDEN = 64;
/** What is left of the spectrogram after two strides of two: steps, frequencies, channels. */
const STEPS = 19;
const WIDTHS = [8, 16] as const;
const LEFT_BINS = 11;
const EPSILON = 1e-3;

/**
 * CRED from a SeisBench `.pt` and, where there is one, its `.json` (`original_compatible` shifts the second
 * convolution by one frame). The graph makes its spectrogram itself. Throws `bad-input`.
 */
export function credFromTorch(tensors: NamedTensors, settings: unknown): Uint8Array {
  const samples = modelArgument(settings, 'in_samples') ?? WINDOW;
  if (samples !== WINDOW) {
    const message = `These weights are no CRED known here: their settings say ${String(samples)} samples, not ${WINDOW}.`;
    throw new AppError('bad-input', message);
  }
  const original = modelArgument(settings, 'original_compatible') === true;
  return new Builder(tensors).build(original);
}

class Builder {
  readonly #weights: Weights;
  readonly #components: number;
  readonly #graph = new OnnxGraph('cred');

  constructor(tensors: NamedTensors) {
    this.#weights = new Weights(tensors, 'CRED of SeisBench');
    this.#components = tensors.get('conv1.weight')?.shape[1] ?? 3;
  }

  build(original: boolean): Uint8Array {
    const graph = this.#graph;
    const x = graph.input('x', ['batch', this.#components, WINDOW]);
    let value = this.#descend(this.#spectrogram(x), 0, 9, [4, 4, 4, 4]);
    value = this.#residual(value, 0, 7);
    value = this.#descend(value, 1, 5, original ? [1, 2, 2, 2] : [2, 2, 2, 2]);
    value = this.#residual(value, 1, 3);
    const inTime = graph.node('Transpose', [value], { perm: [2, 0, 3, 1] });
    const inputs = LEFT_BINS * WIDTHS[1];
    const steps = graph.node('Reshape', [inTime, graph.integers([STEPS, -1, inputs])]);
    const first = this.#recurrent(steps, 'lstm_block.lstms.0', inputs, true);
    const second = this.#recurrent(first, 'lstm_block.lstms.1', 2 * HIDDEN, true);
    const both = graph.node('Add', [first, second]);
    const last = this.#recurrent(both, 'lstm', 2 * HIDDEN, false);
    const rows = graph.node('Reshape', [last, graph.integers([-1, HIDDEN])]);
    const entered = affine(graph, rows, this.#norm('norm1', HIDDEN), 0);
    const hidden = relu(graph, this.#linear(entered, 'fc1', HIDDEN));
    const logits = this.#linear(affine(graph, hidden, this.#norm('norm2', HIDDEN), 0), 'fc2', 1);
    this.#weights.refuseLeftovers(/\.num_batches_tracked$/);
    const byStep = graph.node('Reshape', [logits, graph.integers([STEPS, -1, 1])]);
    const curve = graph.node('Transpose', [byStep], { perm: [1, 2, 0] });
    const y = graph.node('Gather', [graph.node('Sigmoid', [curve]), stepOfSample(graph)], {
      axis: 2,
    });
    graph.output('y', y, ['batch', 1, WINDOW]);
    return graph.toBytes();
  }

  #norm(name: string, channels: number) {
    return this.#weights.torchNorm(name, channels, EPSILON);
  }

  /** (batch, component, sample) → (batch, component, frame, bin). */
  #spectrogram(x: Value): Value {
    const graph = this.#graph;
    const traces = graph.node('Reshape', [x, graph.integers([-1, 1, 1, WINDOW])]);
    const sizes = magnitudes(graph, frameSpectra(graph, traces, TRANSFORM), BINS);
    const shape = graph.integers([-1, this.#components, BINS, FRAMES]);
    const apart = graph.node('Reshape', [sizes, shape]);
    return graph.node('Transpose', [apart], { perm: [0, 1, 3, 2] });
  }

  #descend(x: Value, depth: 0 | 1, kernel: number, padding: PlanePadding): Value {
    const name = `conv${depth + 1}`;
    const width = WIDTHS[depth];
    const from = depth === 0 ? this.#components : WIDTHS[0];
    const layer = {
      weight: this.#weights.take(`${name}.weight`, [width, from, kernel, kernel]),
      bias: this.#weights.take(`${name}.bias`, [width]),
    };
    return relu(this.#graph, conv2d(this.#graph, x, { ...layer, stride: 2, padding }));
  }

  #residual(x: Value, depth: 0 | 1, kernel: number): Value {
    const graph = this.#graph;
    const name = `cnn_block${depth + 1}`;
    const width = WIDTHS[depth];
    const layer = (k: number) => ({
      weight: this.#weights.take(`${name}.convs.${k}.weight`, [width, width, kernel, kernel]),
      bias: this.#weights.take(`${name}.convs.${k}.bias`, [width]),
    });
    const entered = relu(graph, affine(graph, x, this.#norm(`${name}.norms.0`, width), 2));
    const norm = this.#norm(`${name}.norms.1`, width);
    const middle = relu(graph, conv2d(graph, entered, { ...layer(0), norm }));
    return graph.node('Add', [conv2d(graph, middle, layer(1)), x]);
  }

  /** (time, batch, inputs) → (time, batch, 64 or 128). */
  #recurrent(x: Value, name: string, inputs: number, isBoth: boolean): Value {
    const cell = (ending: string): LstmDirection => {
      const take = (part: string, shape: readonly number[]) =>
        this.#weights.take(`${name}.${part}_l0${ending}`, shape);
      return {
        inputWeight: take('weight_ih', [4 * HIDDEN, inputs]),
        hiddenWeight: take('weight_hh', [4 * HIDDEN, HIDDEN]),
        inputBias: take('bias_ih', [4 * HIDDEN]),
        hiddenBias: take('bias_hh', [4 * HIDDEN]),
      };
    };
    const cells = isBoth ? [cell(''), cell('_reverse')] : [cell('')];
    const run = lstm(this.#graph, x, cells, false);
    return joinedDirections(this.#graph, run, cells.length * HIDDEN);
  }

  #linear(x: Value, name: string, outputs: number): Value {
    return dense(this.#graph, x, {
      weight: this.#weights.take(`${name}.weight`, [outputs, HIDDEN]),
      bias: this.#weights.take(`${name}.bias`, [outputs]),
      outputsFirst: true,
    });
  }
}

/** The step each sample belongs to: step k begins at sample 3000 k / 19. */
function stepOfSample(graph: OnnxGraph): Value {
  const steps = Array.from({ length: WINDOW }, (_, sample) =>
    Math.floor((sample * STEPS) / WINDOW),
  );
  return graph.integers(steps);
}
