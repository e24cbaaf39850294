// Reference: ObsPy 1.5.1 (golden/signal-resample), at the tolerance each case states.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { interpolateSlopes } from '../../src/models/archiveScan/interpolateSlopes.ts';
import { sharedDir, sharedNote } from '../shared.ts';

interface Case {
  readonly id: string;
  readonly op: string;
  readonly params: {
    readonly sampleRateHz: number;
    readonly method: string;
    readonly startShiftS?: number;
    readonly npts?: number;
  };
  readonly inputs: { readonly x: string };
  readonly outputs: { readonly y: string };
  readonly tolerance: { readonly relativeToPeak: number };
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
const cases =
  manifest?.cases.filter(
    ({ op, params }) => op === 'interpolate' && params.method === 'weighted_average_slopes',
  ) ?? [];
/** What the reference interpolates of each signal. */
const INPUT_SAMPLES = 600;
/** The reference's traces begin at a whole second of these years; from 2004 (2³⁰ s) on all of them round alike. */
const EPOCH_S = Date.UTC(2020, 0) / 1000;

function array(name: string): Float64Array {
  const bytes = readFileSync(path.join(folder, manifest!.arrays[name]!.file));
  return new Float64Array(new Uint8Array(bytes).buffer);
}

describe.skipIf(!manifest)(`interpolation by weighted slopes equals ObsPy's${sharedNote}`, () => {
  test('the reference has cases of three kinds for four signals', () => {
    expect(cases.length).toBe(12);
  });

  test.each(cases.map((c) => [c.id, c] as const))(
    '%s',
    (_, { params, inputs, outputs, tolerance }) => {
      const fromHz = manifest!.inputs[inputs.x.split('-')[0]!]!.sampleRateHz;
      const { sampleRateHz, startShiftS = 0, npts } = params;
      const input = array(inputs.x).subarray(0, INPUT_SAMPLES);
      const actual = interpolateSlopes(input, fromHz, sampleRateHz, {
        startShiftS,
        epochS: EPOCH_S,
        ...(npts === undefined ? {} : { length: npts }),
      });
      const expected = array(outputs.y);
      expect(actual.length).toBe(expected.length);
      const peak = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
      // On the last input sample ObsPy reads the number after it.
      const inside = (_: number, k: number): boolean =>
        startShiftS + k / sampleRateHz < (INPUT_SAMPLES - 1) / fromHz - 1e-9;
      const errors = expected.map((v, i) => Math.abs(v - actual[i]!)).filter(inside);
      const worst = errors.reduce((a, b) => Math.max(a, b), 0);
      expect(expected.length - errors.length).toBeLessThanOrEqual(1);
      expect(worst / peak).toBeLessThanOrEqual(tolerance.relativeToPeak);
    },
  );
});
