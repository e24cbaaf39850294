// Reference: ObsPy 1.5.1 (golden/signal-resample), at the tolerance each case states.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resampleFourier } from '../../src/models/annotate/resample.ts';
import { sharedDir, sharedNote } from '../shared.ts';

interface Case {
  readonly id: string;
  readonly op: string;
  readonly params: { sampleRateHz: number; window: string | null; noFilter: boolean };
  readonly inputs: { x: string };
  readonly outputs: { y: string };
  readonly tolerance: { relativeToPeak: number };
}
interface Manifest {
  readonly arrays: Readonly<Record<string, { file: string }>>;
  readonly inputs: Readonly<Record<string, { sampleRateHz: number }>>;
  readonly cases: readonly Case[];
}

const folder = path.join(sharedDir() ?? '', 'golden/signal-resample');
const manifest: Manifest | undefined = sharedDir()
  ? (JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : undefined;

// SeisBench resamples with the Hann window and without a filter; the other cases are not its.
const cases =
  manifest?.cases.filter(
    ({ op, params }) => op === 'resampleFourier' && params.window === 'hann' && params.noFilter,
  ) ?? [];

function array(name: string): Float64Array {
  const bytes = readFileSync(path.join(folder, manifest!.arrays[name]!.file));
  return new Float64Array(new Uint8Array(bytes).buffer);
}

describe.skipIf(!manifest)(`Fourier resampling equals ObsPy's${sharedNote}`, () => {
  test('the reference has cases of both directions and of odd lengths', () => {
    expect(cases.length).toBeGreaterThan(9);
  });

  test.each(cases.map((c) => [c.id, c] as const))(
    '%s',
    (_, { params, inputs, outputs, tolerance }) => {
      const fromHz = manifest!.inputs[inputs.x.split('-')[0]!]!.sampleRateHz;
      const actual = resampleFourier(array(inputs.x), fromHz, params.sampleRateHz);
      const expected = array(outputs.y);
      expect(actual.length).toBe(expected.length);
      const peak = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
      const worst = expected.reduce((max, v, i) => Math.max(max, Math.abs(v - actual[i]!)), 0);
      expect(worst / peak).toBeLessThanOrEqual(tolerance.relativeToPeak);
    },
  );
});
