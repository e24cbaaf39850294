import { expect } from 'vitest';
import { answers } from './weightsGolden.ts';

/** What is kept of a reference curve of n samples: the mean of |y|, and y at samples ⌊(2k + 1) n / 16⌋. */
export interface Curve {
  readonly mean: number;
  readonly at: readonly number[];
}

/** What a graph answers to `x`, which is (batch, component, sample); all of it in one row. */
export async function answerTo(
  onnx: Uint8Array,
  x: Float32Array,
  shape: readonly [number, number, number],
): Promise<Float32Array> {
  const [y] = await answers(onnx, [{ x, shape }]);
  return y!;
}

/** Fails where an answer (label after label) leaves its reference curves by more than the tolerance. */
export function expectCurves(y: Float32Array, curves: readonly Curve[], tolerance = 2e-5): void {
  const samples = y.length / curves.length;
  const found = curves.map((_, label): Curve => {
    const row = y.subarray(label * samples, (label + 1) * samples);
    return {
      mean: row.reduce((sum, value) => sum + Math.abs(value), 0) / samples,
      at: Array.from({ length: 8 }, (__, k) => row[Math.floor(((2 * k + 1) * samples) / 16)]!),
    };
  });
  const numbers = (all: readonly Curve[]) => all.flatMap(({ mean, at }) => [mean, ...at]);
  const references = numbers(curves);
  const beyond = numbers(found)
    .map((value, k) => ({ value, reference: references[k]! }))
    .filter(({ value, reference }) => !(Math.abs(value - reference) <= tolerance));
  expect(numbers(found)).toHaveLength(references.length);
  expect(beyond).toEqual([]);
}
