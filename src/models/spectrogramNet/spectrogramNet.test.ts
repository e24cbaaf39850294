import { describe, expect, test } from 'vitest';
import { noise, randomCnn, randomPerformer } from '../../../test/spectrogramWeights.ts';
import { convertWeights } from '../import/convertWeights.ts';
import { OnnxGraph } from '../onnxGraph/graph.ts';
import { FrameStore, WINDOW_FRAMES, WINDOW_VALUES } from './frameStore.ts';
import { FRAME_BINS } from './frontGraph.ts';
import { readSpectrogramNetwork } from './packWeights.ts';
import { readOnnx } from './readOnnx.ts';
import { sharesFrames } from './spectrogramScorer.ts';

describe('ONNX files', () => {
  test('are read as they were written', () => {
    const graph = new OnnxGraph('small');
    const x = graph.input('x', ['batch', 4]);
    const weight = { shape: [4, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const product = graph.node('MatMul', [x, graph.tensor(weight)]);
    const largest = graph.node('ReduceMax', [product], { axes: [0, 1], keepdims: 1 });
    graph.output('y', largest, ['batch', 2]);
    const { nodes, tensors } = readOnnx(graph.toBytes());
    expect(nodes.map(({ operator }) => operator)).toEqual(['MatMul', 'ReduceMax', 'Identity']);
    expect(nodes[1]!.inputs).toEqual([product]);
    expect(Object.fromEntries(nodes[1]!.integers)).toEqual({ axes: [0, 1], keepdims: [1] });
    expect([...tensors.values()]).toEqual([weight]);
  });

  test('that are cut short are refused', () => {
    const bytes = convertWeights(randomCnn(), {}).onnx;
    expect(() => readOnnx(bytes.subarray(0, bytes.length - 7))).toThrow('cut short');
    expect(() => readOnnx(new Uint8Array(0))).toThrow('no graph');
  });
});

describe('the networks', () => {
  test.each([
    ['seismo-performer', randomPerformer(), 36],
    ['spec-cnn', randomCnn(), 10],
  ] as const)('%s is known again with its scaler', (architecture, weights, count) => {
    for (const scaler of ['window', 'batch'] as const) {
      const { onnx } = convertWeights(weights, { scaler });
      const network = readSpectrogramNetwork(onnx);
      expect([network?.architecture, network?.scaler]).toEqual([architecture, scaler]);
      expect(network?.tensors.length).toBe(count);
    }
  });

  test('no other file is', () => {
    const graph = new OnnxGraph('other');
    graph.output('y', graph.node('Relu', [graph.input('x', [3])]), [3]);
    expect(readSpectrogramNetwork(graph.toBytes())).toBeUndefined();
    expect(readSpectrogramNetwork(Uint8Array.of(10, 200))).toBeUndefined();
    const { onnx } = convertWeights(randomCnn(), {});
    // The smallest magnitude of the decibels, 1e-5 as float32, is changed: another front end.
    const bytes = Buffer.from(onnx);
    const at = bytes.indexOf(Buffer.from(Float32Array.of(1e-5).buffer));
    expect(at).toBeGreaterThan(0);
    bytes.writeFloatLE(1e-4, at);
    expect(readSpectrogramNetwork(new Uint8Array(bytes))).toBeUndefined();
  });
});

describe('frames', () => {
  // A stand-in for the front graph: bin b of a frame is its sample b.
  const run = (frames: Float32Array, count: number): Promise<Float32Array> =>
    Promise.resolve(
      Float32Array.from(
        { length: count * FRAME_BINS },
        (_, i) => frames[Math.floor(i / FRAME_BINS) * 64 + (i % FRAME_BINS)]!,
      ),
    );

  test.each([1, 7, 10, 16, 40, 400])(
    'of windows every %d samples lie where they belong',
    async (shift) => {
      const next = noise(3);
      const samples = 400 + 9 * shift;
      const rows = Array.from({ length: 3 }, () =>
        Float32Array.from({ length: samples + 20 }, () => next()),
      );
      for (const layout of ['patches', 'planes'] as const) {
        const store = new FrameStore(layout, shift, samples);
        await store.fill(rows, 20, { samples, unit: 0.5, run });
        for (let w = 0; w < 10; w += 1) {
          const expected = new Float32Array(WINDOW_VALUES);
          for (let c = 0; c < 3; c += 1) {
            for (let frame = 0; frame < WINDOW_FRAMES; frame += 1) {
              for (let bin = 0; bin < FRAME_BINS; bin += 1) {
                const value = 2 * rows[c]![20 + w * shift + frame * 16 + bin]!;
                const patch = (Math.floor(bin / 3) * WINDOW_FRAMES + frame) * 9 + (bin % 3) * 3 + c;
                const plane = (c * WINDOW_FRAMES + frame) * FRAME_BINS + bin;
                expected[layout === 'patches' ? patch : plane] = value;
              }
            }
          }
          const actual = new Float32Array(WINDOW_VALUES);
          store.copyWindow(w * shift, actual, 0);
          expect(actual).toEqual(expected);
          expect(store.highest(w * shift)).toBe(Math.max(...expected));
          expect(store.lowest(w * shift)).toBe(Math.min(...expected));
        }
      }
    },
  );

  test('are shared where that saves work', () => {
    expect([1, 10, 16, 21, 40, 100, 336].filter(sharesFrames)).toEqual([1, 10, 16, 21, 40, 336]);
    expect([23, 25, 101, 400, 401].filter(sharesFrames)).toEqual([]);
  });
});
