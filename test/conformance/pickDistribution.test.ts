// Reference: PNSN ml_prediction's steps with numpy, scipy and SeisBench's EQTransformer (golden/pick-distribution),
// at the tolerance each case states.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_DISTRIBUTION,
  type PickDistribution,
  pickDistribution,
  pickDistributions,
  qualityGrade,
} from '../../src/models/distribution/pickDistribution.ts';
import {
  type PredictionPreparation,
  predictionStarts,
  prepareWindows,
  stackPredictions,
} from '../../src/models/distribution/predictionWindows.ts';
import { formatPickFit, parsePickFit } from '../../src/domain/event/pickFit.ts';
import { pickCurves } from '../../src/models/pickRules/pickCurves.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { sharedDir, sharedNote } from '../shared.ts';

type Matrix = readonly (readonly number[])[];
interface DistributionCase {
  readonly params: {
    readonly row?: number;
    readonly threshold: number;
    readonly on: number;
    readonly off: number;
  };
  readonly inputs: { readonly curve: string };
  readonly outputs: {
    readonly peakSample?: number;
    readonly peakValue?: number;
    readonly statistics?: {
      readonly mean: number;
      readonly std: number;
      readonly skew: number;
      readonly kurtosis: number;
      readonly quantiles: Readonly<Record<string, number>>;
    } | null;
    readonly fit: {
      readonly scale: number;
      readonly mean: number;
      readonly sigma: number | 'NaN';
      readonly residualL2?: number;
      readonly samples: number;
      readonly converged: boolean;
      readonly covariance?: Matrix;
      readonly covarianceScaled?: Matrix;
    };
    readonly grade: number | null;
  };
  readonly tolerance: {
    readonly relative: number;
    readonly fitRelative: number;
    readonly covarianceRelative: number;
  };
}
interface WindowsCase {
  readonly params: {
    readonly window: number;
    readonly step: number;
    readonly detrend: PredictionPreparation['detrend'];
    readonly normalise: PredictionPreparation['normalise'];
    readonly taperSamples: number;
  };
  readonly outputs: { readonly windows: string; readonly starts: string };
  readonly tolerance: { readonly absolute: number };
}
interface StackCase {
  readonly params: {
    readonly merge: 'max' | 'mean';
    readonly blindingSamples: readonly [number, number];
    readonly trim: boolean;
    readonly startNs: string;
  };
  readonly inputs: { readonly preprocessing: string };
  readonly outputs: { readonly curve: string };
  readonly tolerance: { readonly absolute: number };
}
interface ForwardCase {
  readonly inputs: { readonly windows: string };
  readonly outputs: { readonly predictions: string };
  readonly tolerance: { readonly absolute: number };
}
interface GradeCase {
  readonly inputs: { readonly std: readonly number[] };
  readonly outputs: { readonly grade: readonly number[] };
}
interface Entry {
  readonly id: string;
  readonly op: string;
}
interface Manifest {
  readonly arrays: Readonly<Record<string, { file: string; shape: readonly number[] }>>;
  readonly cases: readonly Entry[];
}

const shared = sharedDir() ?? '';
const folder = path.join(shared, 'golden/pick-distribution');
const manifest: Manifest | undefined = sharedDir()
  ? (JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : undefined;
const WINDOW = 6000;
const LABELS = 3;
const RATE_HZ = 100;

function casesOf<T>(op: string): (readonly [string, T])[] {
  return (manifest?.cases ?? [])
    .filter((entry) => entry.op === op)
    .map((entry) => [entry.id, entry as unknown as T] as const);
}

function array(name: string): Float32Array | Float64Array | Int32Array {
  const { file } = manifest!.arrays[name]!;
  const { buffer } = new Uint8Array(readFileSync(path.join(folder, file)));
  if (file.endsWith('.i32')) return new Int32Array(buffer);
  return file.endsWith('.f64') ? new Float64Array(buffer) : new Float32Array(buffer);
}

function curveOf({ params, inputs }: DistributionCase): Float32Array | Float64Array {
  const values = array(inputs.curve) as Float32Array | Float64Array;
  const samples = manifest!.arrays[inputs.curve]!.shape.at(-1)!;
  const row = params.row ?? 0;
  return values.subarray(row * samples, (row + 1) * samples);
}

function worst(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i]!)), 0);
}

/** Relative, and absolute where the reference is no more than rounding. */
function expectNear(actual: number | undefined, expected: number, relative: number): void {
  const tolerance = Math.max(relative * Math.abs(expected), 1e-11);
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(tolerance);
}

function expectFit(actual: PickDistribution['fit'], entry: DistributionCase): void {
  const { outputs, tolerance } = entry;
  const expected = outputs.fit;
  expectNear(actual.scale, expected.scale, tolerance.fitRelative);
  expectNear(actual.meanS, expected.mean, tolerance.fitRelative);
  expect(actual.samples).toBe(expected.samples);
  expect(actual.kind).toBe(expected.converged ? 'normal' : 'none');
  if (actual.kind !== 'normal') return;
  expectNear(actual.sigmaS, expected.sigma as number, tolerance.fitRelative);
  expectNear(actual.residualL2, expected.residualL2!, tolerance.fitRelative);
  for (const name of ['covariance', 'covarianceScaled'] as const) {
    const own = actual[name];
    expected[name]!.forEach((row, a) =>
      row.forEach((value, b) => {
        // The reference's Jacobian is one of differences, with steps relative to times of a hundred
        // seconds: a correlation near 0 is known to no more than 1e-4.
        const tied = Math.sqrt(expected[name]![a]![a]! * expected[name]![b]![b]!);
        const relative = tolerance.covarianceRelative * Math.abs(value);
        const allowed = Math.max(relative, 1e-4 * tied, 1e-24);
        expect(Math.abs(own[a]![b]! - value)).toBeLessThanOrEqual(allowed);
      }),
    );
  }
}

describe.skipIf(!manifest)(`pick distributions equal the reference${sharedNote}`, () => {
  const cases = casesOf<DistributionCase>('pickDistribution');

  test('the reference has triggers with and without a fit', () => {
    const fitted = cases.filter(([, { outputs }]) => outputs.fit.converged);
    expect([cases.length, fitted.length]).toEqual([46, 34]);
  });

  test.each(cases)('%s', (_, entry) => {
    const { params, outputs, tolerance } = entry;
    const { on, off, threshold } = params;
    const options = { ...DEFAULT_DISTRIBUTION, threshold };
    const actual = pickDistribution(curveOf(entry), RATE_HZ, { on, off }, options);
    if (outputs.peakSample !== undefined) {
      expect([actual.peakSample, actual.peakValue]).toEqual([
        outputs.peakSample,
        outputs.peakValue,
      ]);
    }
    expectFit(actual.fit, entry);
    expect(actual.grade ?? null).toBe(outputs.grade);
    const { statistics } = actual;
    expect(statistics === undefined).toBe((outputs.statistics ?? null) === null);
    if (!statistics || !outputs.statistics) return;
    expectNear(statistics.meanS, outputs.statistics.mean, tolerance.relative);
    expectNear(statistics.standardDeviationS, outputs.statistics.std, tolerance.relative);
    expectNear(statistics.skewness, outputs.statistics.skew, tolerance.relative);
    expectNear(statistics.kurtosis, outputs.statistics.kurtosis, tolerance.relative);
    const quantiles = Object.entries(outputs.statistics.quantiles);
    expect(statistics.quantiles.map(({ part }) => part)).toEqual(quantiles.map(([p]) => Number(p)));
    quantiles.forEach(([, timeS], k) =>
      expectNear(statistics.quantiles[k]?.timeS, timeS, tolerance.relative),
    );
  });

  test('the triggers of a curve are found', () => {
    const curves = Map.groupBy(
      cases.filter(([id]) => /^pdf-\d/.test(id)),
      ([, { inputs, params }]) => [inputs.curve, params.row, params.threshold].join(' '),
    );
    for (const group of curves.values()) {
      const entry = group[0]![1];
      const options = { ...DEFAULT_DISTRIBUTION, threshold: entry.params.threshold };
      const found = pickDistributions(curveOf(entry), RATE_HZ, options);
      expect(found.map(({ on, off }) => [on, off])).toEqual(
        group.map(([, { params }]) => [params.on, params.off]),
      );
    }
  });

  test('quality grades follow the standard deviation', () => {
    const [, entry] = casesOf<GradeCase>('qualityGrade')[0]!;
    expect(entry.inputs.std.map(qualityGrade)).toEqual(entry.outputs.grade);
  });
});

function record(): Int32Array[] {
  const bytes = new Uint8Array(readFileSync(path.join(folder, 'record.mseed')));
  const { segments } = readMiniseed(bytes);
  return ['Z', 'N', 'E'].map((letter) => {
    const names = letter === 'Z' ? ['Z'] : letter === 'N' ? ['N', '1'] : ['E', '2'];
    return segments.find(({ stream }) => names.includes(stream.channel.at(-1)!))!
      .samples as Int32Array;
  });
}

let session: Promise<InferenceSession> | undefined;

async function predict(windows: Float32Array): Promise<Float32Array> {
  session ??= InferenceSession.create(
    new Uint8Array(readFileSync(path.join(shared, 'models/eqtransformer-pnw/model.onnx'))),
    { intraOpNumThreads: 1 },
  );
  const shape = [windows.length / WINDOW / LABELS, LABELS, WINDOW];
  const { y } = await (await session).run({ x: new Tensor('float32', windows, shape) });
  return y!.data as Float32Array;
}

describe.skipIf(!manifest)(`prediction windows equal the reference${sharedNote}`, () => {
  test.each(casesOf<WindowsCase>('prepareWindows'))('%s', (_, { params, outputs, tolerance }) => {
    const starts = [...array(outputs.starts)];
    const windowing = { windowSamples: params.window, stepSamples: params.step } as const;
    const components = record();
    const all = predictionStarts(components[0]!.length, { ...windowing, tail: 'drop' });
    expect(all.slice(0, starts.length)).toEqual(starts);
    const actual = prepareWindows(components, starts, params.window, params);
    expect(worst(actual, array(outputs.windows))).toBeLessThanOrEqual(tolerance.absolute);
  });

  test.each(casesOf<ForwardCase>('forward'))('%s', async (_, { inputs, outputs, tolerance }) => {
    const actual = await predict(array(inputs.windows) as Float32Array);
    expect(worst(actual, array(outputs.predictions))).toBeLessThanOrEqual(tolerance.absolute);
  });

  test.each(casesOf<StackCase>('stackPredictions'))(
    '%s',
    async (_, { params, inputs, outputs, tolerance }) => {
      const preparation = casesOf<WindowsCase>('prepareWindows').find(
        ([id]) => id === `pre-${inputs.preprocessing}`,
      )![1].params;
      const components = record();
      const starts = predictionStarts(components[0]!.length, {
        windowSamples: WINDOW,
        stepSamples: preparation.step,
        tail: 'drop',
      });
      const predictions = await predict(prepareWindows(components, starts, WINDOW, preparation));
      const { curves, firstSample } = stackPredictions(
        predictions,
        { starts, windowSamples: WINDOW, labels: LABELS },
        params,
      );
      const expected = array(outputs.curve);
      curves.forEach((curve, label) => {
        const row = expected.subarray(label * curve.length, (label + 1) * curve.length);
        expect(worst(curve, row)).toBeLessThanOrEqual(tolerance.absolute);
      });
      const recordStartNs = readMiniseed(
        new Uint8Array(readFileSync(path.join(folder, 'record.mseed'))),
      ).segments[0]!.startNs;
      expect(recordStartNs + BigInt(firstSample) * 10_000_000n).toBe(BigInt(params.startNs));
    },
  );
});

describe.skipIf(!manifest)(`picks by PNSN's preset have the reference's fits${sharedNote}`, () => {
  const fitted = casesOf<DistributionCase>('pickDistribution').filter(
    ([, { params, outputs }]) => params.threshold === 0.1 && outputs.fit.converged,
  );
  const rule = { kind: 'trigger', off: { ratio: 1 }, minimumWidthSamples: 0 } as const;
  const fitOf = (entry: DistributionCase) => {
    const curve = Float32Array.from(curveOf(entry));
    const options = { uncertainty: 'normal fit' } as const;
    const picks = pickCurves(rule, { P: entry.params.threshold }, { P: curve }, RATE_HZ, options);
    return picks.find(({ startSample }) => startSample === entry.params.on);
  };

  test('there are enough of them', () => expect(fitted).toHaveLength(14));

  test.each(fitted)('%s', (_, entry) => {
    const { fit: expected } = entry.outputs;
    const pick = fitOf(entry)!;
    const fit = pick.fit!;
    // The curve's float64 reference is cut to float32 here.
    const relative = Math.max(1e-5, entry.tolerance.fitRelative);
    expect(fit.samples).toBe(expected.samples);
    expectNear(fit.scale, expected.scale, relative);
    expectNear(fit.meanS + pick.sample / RATE_HZ, expected.mean, relative);
    expectNear(fit.sigmaS, expected.sigma as number, relative);
    expect(fit.residualL2).toBeCloseTo(expected.residualL2!, 6);
    [0, 1, 2].forEach((i) => {
      expectNear(fit.covariance[i], expected.covariance![i]![i]!, 1e-3);
    });
    expect(parsePickFit(formatPickFit(fit))).toMatchObject({ samples: fit.samples });
    const sigmaS = Math.min(1, Math.max(0.005, fit.sigmaS));
    expect(pick).toMatchObject({ lowerUncertaintyS: sigmaS, upperUncertaintyS: sigmaS });
  });
});
