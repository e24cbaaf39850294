// Reference: NumPy 2.4.6 (golden/signal-stream), exact.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildPyramid } from '../../src/signal/pyramid.ts';
import { sharedDir, sharedNote } from '../shared.ts';

interface Case {
  id: string;
  op: string;
  params: { base: number; factor: number };
  inputs: { x: string };
  outputs: { levels: Record<string, { min: string; max: string }> };
}
interface Manifest {
  arrays: Record<string, { file: string; dtype: string }>;
  cases: Case[];
}

const folder = path.join(sharedDir() ?? '', 'golden/signal-stream');
const manifest: Manifest | undefined = sharedDir()
  ? (JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : undefined;

function array(name: string): Int32Array | Float32Array {
  const { file, dtype } = manifest!.arrays[name]!;
  const bytes = new Uint8Array(readFileSync(path.join(folder, file))).buffer;
  return dtype === 'i32' ? new Int32Array(bytes) : new Float32Array(bytes);
}

const cases = manifest?.cases.filter((c) => c.op === 'pyramid') ?? [];

describe.skipIf(!manifest)(`pyramids equal NumPy's${sharedNote}`, () => {
  test.each(cases.map((c) => [c.id, c] as const))('%s', (_, { params, inputs, outputs }) => {
    const pyramid = buildPyramid(array(inputs.x), params);
    const levels = new Map(pyramid.levels.map((level) => [level.blockSamples, level.minMax]));
    let compared = 0;
    for (const [block, names] of Object.entries(outputs.levels)) {
      const minMax = levels.get(Number(block));
      if (!minMax) continue;
      compared++;
      const [low, high] = [array(names.min), array(names.max)];
      expect([...minMax].filter((_v, i) => i % 2 === 0)).toEqual([...low]);
      expect([...minMax].filter((_v, i) => i % 2 === 1)).toEqual([...high]);
    }
    expect(compared).toBeGreaterThan(2);
  });
});
