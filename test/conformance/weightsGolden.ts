// Runs networks on the reference windows of ../shared/golden/models.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { sharedDir } from '../shared.ts';

interface ArrayEntry {
  readonly file: string;
  readonly shape: readonly number[];
}
interface Case {
  readonly id: string;
  readonly params: { readonly model: string; readonly scaler?: string };
  readonly inputs: { readonly x: string };
  readonly outputs: { readonly y: string };
  readonly tolerance: { readonly absolute: number };
}
interface Manifest {
  readonly arrays: Readonly<Record<string, ArrayEntry>>;
  readonly cases: readonly Case[];
}

/** One reference window or batch: what the network is fed and what its original answers. */
export interface GoldenForward {
  readonly id: string;
  readonly scaler: string | undefined;
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly tolerance: number;
}

const shared = sharedDir() ?? '';
const folder = path.join(shared, 'golden/models');

/** The bytes of a file of the reference data. */
export function sharedFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(shared, name)));
}

function readManifest(): Manifest {
  if (shared === '') return { arrays: {}, cases: [] };
  return JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest;
}
const manifest = readManifest();

function floats(name: string): Float32Array {
  const bytes = readFileSync(path.join(folder, manifest.arrays[name]!.file));
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** All reference windows of one model. */
export function goldenForwards(model: string): GoldenForward[] {
  return manifest.cases
    .filter(({ params }) => params.model === model)
    .map(({ id, params, inputs, outputs, tolerance }) => {
      const { shape } = manifest.arrays[inputs.x]!;
      return {
        id,
        scaler: params.scaler,
        shape: shape.length === 2 ? [1, ...shape] : shape,
        x: floats(inputs.x),
        y: floats(outputs.y),
        tolerance: tolerance.absolute,
      };
    });
}

/** Answers of a graph on reference windows. */
export async function answers(
  graph: Uint8Array,
  cases: readonly Pick<GoldenForward, 'x' | 'shape'>[],
): Promise<Float32Array[]> {
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const all: Float32Array[] = [];
  for (const { x, shape } of cases) {
    const output = await session.run({ x: new Tensor('float32', x, shape) });
    all.push(output['y']!.data as Float32Array);
  }
  await session.release();
  return all;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let k = 0; k < a.length; k += 1) {
    const difference = Math.abs(a[k]! - b[k]!);
    // Not-a-number compares false, and is never a pass.
    if (!(difference <= worst))
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return worst;
}

/** Fails where answers differ by more than the case allows. */
export function expectSame(
  ours: readonly Float32Array[],
  theirs: readonly Float32Array[],
  cases: readonly GoldenForward[],
): void {
  const beyond = cases
    .map(({ id, tolerance }, k) => {
      return { id, tolerance, difference: largestDifference(ours[k]!, theirs[k]!) };
    })
    .filter(({ difference, tolerance }) => !(difference <= tolerance));
  expect(beyond).toEqual([]);
}

export function sharedJson(name: string): unknown {
  return JSON.parse(new TextDecoder().decode(sharedFile(name)));
}
