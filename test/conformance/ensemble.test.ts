// Reference: numpy and scipy after ELEP's published method (golden/ensemble), at the tolerance each case states.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Combination, bestMember, combineCurves } from '../../src/models/ensemble/combine.ts';
import {
  ELEP_PICK_RULE,
  ELEP_SEMBLANCE,
  pickEnsembleCurve,
  semblanceCurve,
} from '../../src/models/ensemble/semblance.ts';
import { sharedDir, sharedNote } from '../shared.ts';

interface SemblanceCase {
  readonly op: 'semblance';
  readonly params: {
    readonly windowSamples: number | null;
    readonly order: number;
    readonly weight: 'max' | 'mean' | 'none';
    readonly threshold: number;
    readonly silencedFirstSamples: number;
  };
  readonly outputs: { readonly curve: string; readonly picks: readonly Pick[] };
}
interface Pick {
  readonly on: number;
  readonly off: number;
  readonly peak: number;
  readonly value: number;
}
interface CombineCase {
  readonly op: 'combine';
  readonly params: { readonly how: string; readonly member?: number };
  readonly outputs: { readonly curve: string };
}
type Case = (SemblanceCase | CombineCase) & {
  readonly id: string;
  readonly inputs: { readonly curves: string };
  readonly tolerance: { readonly absolute: number };
};
interface Manifest {
  readonly arrays: Readonly<Record<string, { file: string; shape: readonly number[] }>>;
  readonly cases: readonly Case[];
}

const folder = path.join(sharedDir() ?? '', 'golden/ensemble');
const manifest: Manifest | undefined = sharedDir()
  ? (JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : undefined;

function rows(name: string): Float64Array[] {
  const { file, shape } = manifest!.arrays[name]!;
  const bytes = readFileSync(path.join(folder, file));
  const values = new Float64Array(new Uint8Array(bytes).buffer);
  const samples = shape.at(-1)!;
  return Array.from({ length: values.length / samples }, (_, row) =>
    values.subarray(row * samples, (row + 1) * samples),
  );
}

const combinations: Readonly<Record<string, Combination>> = {
  mean: { kind: 'mean' },
  'weighted-mean': { kind: 'ownMaximumMean' },
  'best-curve': { kind: 'bestCurve' },
  'pointwise-max': { kind: 'max' },
};

function worst(actual: Float64Array, expected: Float64Array): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((max, v, i) => Math.max(max, Math.abs(v - actual[i]!)), 0);
}

const cases = manifest?.cases ?? [];

describe.skipIf(!manifest)(`ensembles of curves equal the reference${sharedNote}`, () => {
  test('the reference has cases of every kind', () => {
    expect(cases.filter(({ op }) => op === 'semblance').length).toBe(20);
    expect(cases.filter(({ op }) => op === 'combine').length).toBe(8);
  });

  test("ELEP's own settings are those of a case", () => {
    const params = cases.find(({ id }) => id === 'semblance-p-50-2-max')?.params;
    expect(params).toMatchObject({ ...ELEP_SEMBLANCE, ...ELEP_PICK_RULE });
  });

  test.each(cases.map((c) => [c.id, c] as const))('%s', (_, entry) => {
    const curves = rows(entry.inputs.curves);
    const expected = rows(entry.outputs.curve)[0]!;
    if (entry.op === 'combine') {
      const actual = combineCurves(curves, combinations[entry.params.how]!);
      expect(worst(actual, expected)).toBeLessThanOrEqual(entry.tolerance.absolute);
      if (entry.params.member !== undefined) {
        expect(bestMember(curves)).toBe(entry.params.member);
      }
      return;
    }
    const { windowSamples, order, weight, threshold, silencedFirstSamples } = entry.params;
    const actual = semblanceCurve(curves, { windowSamples: windowSamples ?? 1, order, weight });
    expect(worst(actual, expected)).toBeLessThanOrEqual(entry.tolerance.absolute);
    const picks = pickEnsembleCurve(actual, { threshold, silencedFirstSamples });
    expect(picks.map(({ on, off, peak }) => ({ on, off, peak }))).toEqual(
      entry.outputs.picks.map(({ on, off, peak }) => ({ on, off, peak })),
    );
    picks.forEach((pick, k) => {
      const difference = Math.abs(pick.value - entry.outputs.picks[k]!.value);
      expect(difference).toBeLessThanOrEqual(entry.tolerance.absolute);
    });
  });
});
