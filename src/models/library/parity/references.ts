// Reference numbers of published weights on windows made by formula, by the name the table of weights gives them.
// PhaseNet's and the spectrogram networks' were computed from the published weights by programs of their own;
// GPD's and EQTransformer pnw's from the weights too; the others are answers of ONNX exports that agree with
// SeisBench 0.12.6 (PyTorch 2.13) within 5e-6.

import type { ParityReference, ReferenceWindow } from './compare.ts';
import { fedWindow, type Recipe } from './recipes.ts';

/** A label whose value the reference does not state there. */
const UNSTATED = undefined;

/** Rows of values at a sample, in the order of the network's labels. */
type Values = Readonly<Record<number, readonly (number | typeof UNSTATED)[]>>;

interface SampleWise {
  readonly components: string;
  readonly samples: number;
  readonly recipe: Recipe;
  readonly values: Values;
  /** Label and the sample at which its curve is highest. */
  readonly peaks?: readonly (readonly [label: number, sample: number])[];
}

function sampleWise({
  components,
  samples,
  recipe,
  values,
  peaks = [],
}: SampleWise): ReferenceWindow {
  return {
    input: fedWindow(recipe, [...components], samples),
    values: new Map(Object.entries(values).map(([sample, row]) => [Number(sample), row])),
    peaks: peaks.map(([label, sample]) => ({ label, sample })),
  };
}

type Triple = readonly [number, number, number];

function spectrogram(a: Triple, b: Triple, c: Triple): ReferenceWindow[] {
  const recipes = ['spectrogramA', 'spectrogramB', 'spectrogramC'] as const;
  const answers = [a, b, c];
  return recipes.map((recipe, k) => ({
    input: fedWindow(recipe, ['N', 'E', 'Z'], 400),
    values: new Map([[0, answers[k] ?? []]]),
    peaks: [],
  }));
}

const alone = (windows: readonly ReferenceWindow[]): ReferenceWindow[][] => {
  return windows.map((window) => [window]);
};

const PHASENET_TEXT = 'windows by formula, answers computed from the authors’ checkpoint';
const SEISBENCH_TEXT = 'windows by formula, answers of an export checked against SeisBench 0.12.6';
const SPECTROGRAM_TEXT = 'windows A, B and C, answers computed from the published weights';
const GPD_TEXT = 'windows A, B and C, answers of Keras with these random weights';

/** Made when asked for: windows are computed, not kept. */
const REFERENCES: Readonly<Record<string, () => ParityReference>> = {
  'phasenet-original': () => ({
    text: PHASENET_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 0,
    batches: alone([
      sampleWise({
        components: 'ENZ',
        samples: 3001,
        recipe: 'pulse',
        values: { 1010: [0.329044, 0.67094, 0.000016], 1510: [0.382428, 0.000033, 0.617539] },
        peaks: [
          [1, 1000],
          [2, 1501],
        ],
      }),
      sampleWise({
        components: 'ENZ',
        samples: 3000,
        recipe: 'zeros',
        values: { 0: [0.9999669, 3.177e-5, 1.361e-6], 1500: [0.99999976, 9.646e-8, 1.387e-7] },
      }),
    ]),
  }),
  // The fixed length leaves out the second window.
  'phasenet-original-3001': () => ({
    text: PHASENET_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 0,
    batches: alone([
      sampleWise({
        components: 'ENZ',
        samples: 3001,
        recipe: 'pulse',
        values: { 1010: [0.329044, 0.67094, 0.000016], 1510: [0.382428, 0.000033, 0.617539] },
        peaks: [
          [1, 1000],
          [2, 1501],
        ],
      }),
    ]),
  }),
  'phasenetlight-ethz': () => ({
    text: SEISBENCH_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 0,
    batches: alone([
      sampleWise({
        components: 'ZNE',
        samples: 3001,
        recipe: 'pulse',
        values: {
          500: [0.0000613688, 0.00004614713, 0.9998925],
          1010: [0.8797196, 1.106339e-18, 0.1202805],
          1510: [0.6384684, 0.3613444, 0.000187211],
        },
        peaks: [[1, 1512]],
      }),
      sampleWise({
        components: 'ZNE',
        samples: 3001,
        recipe: 'pulseInNoise',
        values: {
          1000: [0.8520107, 2.34894e-11, 0.1479893],
          1010: [0.04255078, 6.407453e-10, 0.9574492],
          1500: [0.001455759, 0.9985433, 1.00709e-6],
        },
        peaks: [
          [0, 996],
          [1, 1503],
        ],
      }),
    ]),
  }),
  'eqtransformer-pnw': () => ({
    text: 'a window by formula, answers computed from the published weights',
    tolerance: 2e-5,
    peakToleranceSamples: 1,
    batches: alone([
      sampleWise({
        components: 'ZNE',
        samples: 6000,
        recipe: 'regional',
        values: {
          1994: [UNSTATED, 0.750983, UNSTATED],
          2000: [0.848715, 0.654865, 0],
          2332: [0.999516, UNSTATED, UNSTATED],
          2800: [0.99883, 0, 0.412299],
          2802: [UNSTATED, UNSTATED, 0.42672],
        },
        peaks: [
          [0, 2332],
          [1, 1994],
          [2, 2802],
        ],
      }),
    ]),
  }),
  'eqtransformer-conservative-random': () => ({
    text: SEISBENCH_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 1,
    batches: alone([
      sampleWise({
        components: 'ENZ',
        samples: 6000,
        recipe: 'pulse',
        values: {
          500: [0.3083625, 0.2889697, 0.4222428],
          1500: [0.3219006, 0.2745925, 0.4258449],
          5700: [0.3411846, 0.2858191, 0.4279562],
        },
      }),
      sampleWise({
        components: 'ENZ',
        samples: 6000,
        recipe: 'pulseInNoise',
        values: {
          1010: [0.2913464, 0.261498, 0.4094927],
          5700: [0.3236697, 0.276845, 0.4324466],
        },
      }),
    ]),
  }),
  'eqtransformer-non-conservative-random': () => ({
    text: SEISBENCH_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 1,
    batches: alone([
      sampleWise({
        components: 'ENZ',
        samples: 6000,
        recipe: 'pulse',
        values: {
          500: [0.9689658, 0.3231919, 0.2628527],
          1500: [0.9640369, 0.3085485, 0.2609965],
          5700: [0.9554737, 0.3136944, 0.2990097],
        },
      }),
      sampleWise({
        components: 'ENZ',
        samples: 6000,
        recipe: 'pulseInNoise',
        values: {
          1010: [0.9924048, 0.1904366, 0.2171985],
          5700: [0.9853241, 0.200805, 0.2108383],
        },
      }),
    ]),
  }),
  'seismo-performer-v2': () => ({
    text: SPECTROGRAM_TEXT,
    tolerance: 1e-4,
    peakToleranceSamples: 0,
    batches: alone(
      spectrogram(
        [0.638279, 0.027158, 0.334563],
        [0.562184, 0.347037, 0.090779],
        [0.001421, 0.000137, 0.998442],
      ),
    ),
  }),
  'seismo-performer-v2-batch': () => ({
    text: SPECTROGRAM_TEXT,
    tolerance: 1e-4,
    peakToleranceSamples: 0,
    batches: [
      spectrogram(
        [0.638279, 0.027158, 0.334563],
        [0.496144, 0.4158, 0.088056],
        [0.006125, 0.000633, 0.993242],
      ),
    ],
  }),
  'spec-cnn-v2': () => ({
    text: SPECTROGRAM_TEXT,
    tolerance: 1e-4,
    peakToleranceSamples: 0,
    batches: alone(
      spectrogram(
        [0.006498, 0.000002, 0.9935],
        [0.532113, 0.162267, 0.30562],
        [0.000287, 0.128038, 0.871676],
      ),
    ),
  }),
  'spec-cnn-v2-batch': () => ({
    text: SPECTROGRAM_TEXT,
    tolerance: 1e-4,
    peakToleranceSamples: 0,
    batches: [
      spectrogram(
        [0.006498, 0.000002, 0.9935],
        [0.414113, 0.486343, 0.099544],
        [0.017557, 0.031021, 0.951423],
      ),
    ],
  }),
  'gpd-fixed-random': () => ({
    text: GPD_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 0,
    batches: [
      spectrogram(
        [0.1195416, 0.2189123, 0.6615461],
        [0.1181245, 0.2197546, 0.662121],
        [0.1999439, 0.2959695, 0.5040866],
      ),
    ],
  }),
  'gpd-original-random': () => ({
    text: GPD_TEXT,
    tolerance: 2e-5,
    peakToleranceSamples: 0,
    batches: [
      spectrogram(
        [0.3288591, 0.2889228, 0.3822182],
        [0.3275938, 0.2892757, 0.3831305],
        [0.311833, 0.306323, 0.3818439],
      ),
    ],
  }),
};

/** The reference numbers of this name. Throws for a name the table of weights made up. */
export function parityReference(name: string): ParityReference {
  const make = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
  if (make === undefined) throw new Error(`bug: there are no reference numbers "${name}"`);
  return make();
}
