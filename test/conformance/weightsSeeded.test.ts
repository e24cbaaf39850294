// Networks whose published weights cannot be had here: random weights made from a formula (seeded.ts) through our
// graph, against what SeisBench 0.12.6's own class (torch 2.15, float32) answers with the same weights and window.

import { describe, expect, test } from 'vitest';
import { convertWeights, type ConversionOptions } from '../../src/models/import/convertWeights.ts';
import { seededTensors, seededWindow, type Gains } from './seeded.ts';
import {
  credShapes,
  deepDenoiserShapes,
  eqcctShapes,
  obsTransformerShapes,
  phaseNetShapes,
  skynetShapes,
} from './seededShapes.ts';
import { answerTo, expectCurves, type Curve } from './seededCurves.ts';

interface Case {
  readonly name: string;
  readonly shapes: [string, number[]][];
  readonly gains: Gains;
  readonly window: readonly [components: number, samples: number];
  readonly options?: ConversionOptions;
  readonly is: object;
  /** Values along the original's curve where they are fewer than samples: ours holds each of them. */
  readonly steps?: number;
  readonly curves: readonly Curve[];
}

/** Every held value once: step k of n begins at sample k · samples / n. */
function stepsOf(y: Float32Array, steps: number): Float32Array {
  return Float32Array.from({ length: steps }, (_, k) => y[Math.ceil((k * y.length) / steps)]!);
}

const credGains: Gains = [
  [/lstm/, 6],
  [/fc2/, 60],
];

const cases: Case[] = [
  {
    name: 'Skynet',
    shapes: skynetShapes(),
    gains: [[/dconv9/, 20]],
    window: [3, 30000],
    is: { architecture: 'skynet', windowSamples: 30000, answers: 'each sample' },
    curves: [
      {
        mean: 0.2462716,
        at: [
          0.0196595, 0.5297961, 0.1266251, 0.4367906, 0.3777511, 0.0570406, 0.2652634, 0.0650672,
        ],
      },
      {
        mean: 0.5102883,
        at: [0.9768354, 0.3518625, 0.2168007, 0.51112, 0.2657602, 0.371631, 0.1212293, 0.9300715],
      },
      {
        mean: 0.2434401,
        at: [
          0.0035051, 0.1183415, 0.6565742, 0.0520895, 0.3564887, 0.5713283, 0.6135072, 0.0048613,
        ],
      },
    ],
  },
  {
    name: 'OBSTransformer',
    shapes: obsTransformerShapes(),
    gains: [[/^(conv_d|pick_convs)/, 20]],
    window: [3, 6000],
    options: {
      folder: 'obstransformer',
      settings: { model_args: { original_compatible: 'non-conservative' } },
    },
    is: { architecture: 'obstransformer', windowSamples: 6000, answers: 'each sample' },
    curves: [
      {
        mean: 0.5482547,
        at: [0.5501623, 0.5445974, 0.5503034, 0.5411581, 0.5515462, 0.5507205, 0.552314, 0.5508012],
      },
      {
        mean: 0.6025283,
        at: [0.6891171, 0.6394117, 0.6100515, 0.5710471, 0.5895322, 0.6024575, 0.598451, 0.590205],
      },
      {
        mean: 0.3057463,
        at: [0.313842, 0.3065442, 0.3082044, 0.3086754, 0.3024961, 0.2965212, 0.2936364, 0.2888618],
      },
    ],
  },
  {
    name: 'CRED',
    shapes: credShapes(),
    gains: credGains,
    window: [3, 3000],
    is: { architecture: 'cred', windowSamples: 3000, answers: 'each sample' },
    steps: 19,
    curves: [
      {
        mean: 0.8326049,
        at: [
          0.9819313, 0.9312896, 0.9473506, 0.9916601, 0.9878285, 0.9022945, 0.6060899, 0.3455531,
        ],
      },
    ],
  },
  {
    name: 'CRED as its first program had it',
    shapes: credShapes(),
    gains: credGains,
    window: [3, 3000],
    options: { settings: { model_args: { original_compatible: true } } },
    is: { architecture: 'cred', windowSamples: 3000, answers: 'each sample' },
    steps: 19,
    curves: [
      {
        mean: 0.9518376,
        at: [0.9799207, 0.9876166, 0.99031, 0.9873969, 0.9814044, 0.9285287, 0.9232388, 0.8408074],
      },
    ],
  },
  {
    name: 'EQCCT for P',
    shapes: eqcctShapes('P'),
    gains: [[/head/, 4]],
    window: [3, 6000],
    is: { architecture: 'eqcct-p', windowSamples: 6000, answers: 'each sample' },
    curves: [
      {
        mean: 0.4990137,
        at: [0.443438, 0.2877387, 0.267745, 0.6388983, 0.7849964, 0.1850634, 0.3035406, 0.7207362],
      },
    ],
  },
  {
    name: 'EQCCT for S',
    shapes: eqcctShapes('S'),
    gains: [[/head/, 4]],
    window: [3, 6000],
    is: { architecture: 'eqcct-s', windowSamples: 6000, answers: 'each sample' },
    curves: [
      {
        mean: 0.5093046,
        at: [
          0.4245501, 0.8793523, 0.1464076, 0.8842062, 0.4879223, 0.9350408, 0.4409246, 0.9208314,
        ],
      },
    ],
  },
  {
    name: 'DeepDenoiser, waveform to waveform',
    shapes: deepDenoiserShapes(),
    gains: [[/outc/, 6]],
    window: [1, 3000],
    is: { architecture: 'deep-denoiser', windowSamples: 3000, answers: 'waveform' },
    curves: [
      {
        mean: 0.2475364,
        at: [
          -0.3131652, 0.1167528, -0.3715778, -0.0542412, 0.0661516, -0.0598672, 0.0786486,
          0.4189188,
        ],
      },
    ],
  },
  {
    name: 'VariableLengthPhaseNet of two phases and 777 samples',
    shapes: phaseNetShapes(3, 2),
    gains: [[/^out/, 10]],
    window: [3, 777],
    options: { settings: { model_args: { in_samples: 777, output_activation: 'sigmoid' } } },
    is: { architecture: 'variable-length-phasenet', windowSamples: 777, anyLength: true },
    curves: [
      {
        mean: 0.3548688,
        at: [0.236225, 0.075981, 0.405494, 0.9086835, 0.1383706, 0.512983, 0.3688451, 0.1882571],
      },
      {
        mean: 0.3917546,
        at: [
          0.1253563, 0.1713878, 0.4183424, 0.6413061, 0.2777768, 0.2820126, 0.7019408, 0.6936926,
        ],
      },
    ],
  },
  {
    name: 'LFEDetect',
    shapes: phaseNetShapes(3, 3),
    gains: [[/^out/, 10]],
    window: [3, 600],
    options: {
      folder: 'lfedetect',
      settings: { model_args: { in_samples: 600, output_activation: 'softmax' } },
    },
    is: { architecture: 'lfe-detect', windowSamples: 600, anyLength: true },
    curves: [
      {
        mean: 0.1381423,
        at: [
          0.4116902, 0.2535348, 0.0591511, 0.2530719, 0.1550844, 0.2541634, 0.0946038, 0.0183559,
        ],
      },
      {
        mean: 0.2038493,
        at: [
          0.1728865, 0.1658363, 0.3987641, 0.3117946, 0.0600123, 0.0611323, 0.3806258, 0.0511159,
        ],
      },
      {
        mean: 0.6580084,
        at: [
          0.4154233, 0.5806289, 0.5420847, 0.4351335, 0.7849032, 0.6847043, 0.5247703, 0.9305283,
        ],
      },
    ],
  },
];

describe('random weights through our graph and through SeisBench', () => {
  test.each(cases)('$name', async ({ shapes, gains, window, options, is, curves, steps }) => {
    const tensors = seededTensors(shapes, { gains });
    const network = convertWeights(tensors, options ?? {});
    expect(network).toMatchObject(is);
    const [components, samples] = window;
    expect(network.components).toBe(network.answers === 'waveform' ? undefined : components);
    const one = seededWindow(components, samples);
    const alone = await answerTo(network.onnx, one, [1, components, samples]);
    const kept = (y: Float32Array) => (steps === undefined ? y : stepsOf(y, steps));
    expect(alone).toHaveLength(curves.length * samples);
    expectCurves(kept(alone), curves);
    // A louder neighbour in the batch changes nothing.
    const both = Float32Array.from([...one, ...one.map((value) => -3 * value)]);
    const batch = await answerTo(network.onnx, both, [2, components, samples]);
    expectCurves(kept(batch.subarray(0, alone.length)), curves);
  });

  test('CRED holds each of its steps for its share of the samples', async () => {
    const { onnx } = convertWeights(seededTensors(credShapes(), { gains: credGains }), {});
    const y = await answerTo(onnx, seededWindow(3, 3000), [1, 3, 3000]);
    const steps = stepsOf(y, 19);
    expect(new Set(steps).size).toBe(19);
    expect(y.every((value, k) => value === steps[Math.floor((k * 19) / 3000)])).toBe(true);
  });

  test('DeepDenoiser cleans each component by itself, and leaves silence silent', async () => {
    const { onnx } = convertWeights(seededTensors(deepDenoiserShapes()), {});
    const loud = seededWindow(1, 3000);
    const x = Float32Array.from([...loud, ...new Float32Array(3000), ...loud.map((v) => 1e6 * v)]);
    const three = await answerTo(onnx, x, [1, 3, 3000]);
    const one = await answerTo(onnx, loud, [1, 1, 3000]);
    expect(Math.max(...one)).toBeGreaterThan(0.1);
    one.forEach((value, k) => {
      expect(Math.abs(three[k]! - value)).toBeLessThan(1e-5);
      expect(three[3000 + k]).toBe(0);
      // Counts and metres are cleaned alike.
      expect(Math.abs(three[6000 + k]! / 1e6 - value)).toBeLessThan(1e-5);
    });
  });
});

describe('weights that do not fit their network', () => {
  test.each(cases)('$name without a tensor, with a misshapen one, with one more', (each) => {
    const tensors = seededTensors(each.shapes);
    const convert = () => convertWeights(tensors, each.options ?? {});
    const [name, { shape, values }] = [...tensors].at(-1)!;
    const wanted = shape.join(' × ');
    tensors.delete(name);
    expect(convert).toThrow(`tensor ${name} (${wanted}) is missing`);
    tensors.set(name, { shape: [1, ...shape], values });
    expect(convert).toThrow(`tensor ${name} is 1 × ${wanted} where ${wanted} is needed`);
    tensors.set(name, { shape, values: values.map(() => Number.NaN) });
    expect(convert).toThrow(`tensor ${name} holds numbers that are not finite`);
    tensors.set(name, { shape, values }).set('stray', { shape: [1], values: Float32Array.of(1) });
    expect(convert).toThrow('it has 1 tensors such a network has not, first stray');
  });

  test('a folder named after another network changes nothing; a window CRED does not have is refused', () => {
    const tensors = seededTensors(credShapes());
    expect(convertWeights(tensors, { folder: 'obstransformer' }).architecture).toBe('cred');
    const settings = { model_args: { in_samples: 6000 } };
    expect(() => convertWeights(tensors, { settings })).toThrow('say 6000 samples, not 3000');
  });
});
